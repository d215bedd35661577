//! The dashboard: defined once in YAML, checked against the catalogue, compiled to local queries and figures, and to what
//! Amazon Quick Sight's API takes.
//!
//! [`Spec::load`] reads and checks a file. [`Spec::page`] is what a page needs before any data, [`Spec::query`] the SQL of
//! one visual for one selection, [`Spec::figure`] what that SQL's rows look like on the page. No engine, no HTML, no
//! clock: the days of the data and the selection are values.

mod check;
mod compile;
mod error;
mod figure;
mod load;
mod page;
pub mod quicksight;
mod relations;
mod request;
mod schema;
mod selection;
pub mod spec;
mod sql;
mod table;
mod text;
mod value;
mod window;

pub use compile::{
    ColumnRole, Facet, FacetedQuery, FacetedResults, FacetedStatement, LocalQuery, Role, Statement,
};
pub use error::{RequestError, SpecError, SpecErrorKind, SpecErrors};
pub use figure::{Empty, Figure, FigureColumn, FigurePart, Note, NoteValue, OTHER, ValueType};
pub use load::{Spec, builtin_text};
pub use page::{PageModel, PagePicker, PageSheet, PageVisual};
pub use request::{ChoiceRow, Request};
pub use schema::json_schema;
pub use selection::{Selection, SelectionError};
pub use table::TableView;
pub use text::{Language, Texts};
pub use value::{ResultSet, Value};
pub use window::{DataWindow, Span};
