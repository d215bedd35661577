//! The dashboard as Amazon Quick Sight's API takes it: datasets, a theme, and the definition of the analysis and the
//! dashboard.
//!
//! All documents are plain JSON values, made from the spec, the catalogue and names alone: no call is made, and equal input
//! gives equal bytes. What `QuickSight` shows in another way is a [`Fallback`], what it cannot show an error.

mod action;
mod assets;
mod bucket;
mod calculated;
mod colour;
mod compiler;
mod condition;
mod control;
mod data_set;
mod definition;
mod derived_columns;
mod dimension_field;
mod error;
mod expression;
mod fallback;
mod field;
mod filled_columns;
mod filter;
mod format;
mod layout;
mod measure_field;
mod named_column;
mod notes;
mod period;
mod picker_form;
mod row_level_security;
mod syntax;
mod theme;
mod titles;
mod used_columns;
mod value_names;
mod visual;

pub use assets::{Assets, IdentityMapping, Mode, RowLevelSecurity};
pub use data_set::{DataSet, datasets};
pub use definition::definition;
pub use error::{QuickSightError, QuickSightErrors};
pub use fallback::{Fallback, FallbackKind, fallbacks};
pub use row_level_security::RULES;
pub use theme::theme;
