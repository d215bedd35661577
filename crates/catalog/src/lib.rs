//! The catalogue: every table and view, its columns, their types and meanings.
//!
//! The SQL is in `athena/*.sql`, one view per file. This crate renders it for one set of options, reads the columns from the
//! declarations beside each expression, and orders the views by dependency. It knows no engine.

mod catalogue;
mod column;
mod declaration;
mod error;
mod identity_columns;
mod nearest;
mod options;
mod relation;
mod row_rules;
mod seen_users;
mod settings;
mod sql;
mod tables;
mod template;
mod views;

pub use catalogue::Catalogue;
pub use column::{Column, ColumnType};
pub use error::{CatalogueError, CatalogueErrorKind};
pub use identity_columns::IDENTITY_COLUMNS;
pub use nearest::{did_you_mean, nearest};
pub use options::{Emails, RenderOptions, salt_in};
pub use relation::{Relation, Source};
pub use row_rules::{EVERYBODY, RowRules, UserNames};
pub use seen_users::SEEN_USERS;
pub use settings::{
    AlertRule, Alerts, Anchor, Budget, Code, Movers, NameSettings, Overage, OverageReading, Plan,
    Plans, Quality, Seats, Section, Segments, Settings,
};
