//! The dashboard as Amazon Quick Sight's API takes it: datasets, a theme, and the definition of the analysis and the
//! dashboard.
//!
//! Everything is a plain JSON value, made from the spec, the catalogue and names alone: nothing is called, and equal input
//! gives equal bytes. What `QuickSight` says in another way is a [`Fallback`], what it cannot say an error.

mod action;
mod assets;
mod calculated;
mod colour;
mod columns;
mod compiler;
mod condition;
mod control;
mod data_set;
mod definition;
mod dimension;
mod error;
mod expression;
mod fallback;
mod field;
mod filter;
mod format;
mod label;
mod layout;
mod notes;
mod period;
mod texts;
mod theme;
mod value;
mod visual;

pub use assets::{Assets, IdentityMapping, Mode};
pub use data_set::{DataSet, datasets};
pub use definition::definition;
pub use error::{QuickSightError, QuickSightErrors};
pub use fallback::{Fallback, FallbackKind, fallbacks};
pub(crate) use texts::TEXTS;
pub use theme::theme;
