//! The dashboard spec: `dashboards/kiro.yaml` as a model, its checks against the catalogue, and its texts.
//!
//! [`Spec::load`] reads and checks a file, [`Spec::page`] gives what a page needs before any data. SQL and figures are in
//! `kiro-dashboard-sql`, Quick Sight's documents in `kiro-dashboard-quicksight`. No SQL, no HTML, no clock.

mod alias;
mod check;
mod checked_spec;
mod error;
mod load;
mod page;
mod relations;
mod schema;
pub mod spec;
mod text;
mod text_keys;

pub use alias::column_alias;
pub use checked_spec::Spec;
pub use error::{LookupError, SpecError, SpecErrorKind, SpecErrors, join_lines};
pub use load::builtin_text;
pub use page::{PageModel, PagePicker, PageSheet, PageVisual};
pub use schema::json_schema;
pub use text::{Language, Texts};
