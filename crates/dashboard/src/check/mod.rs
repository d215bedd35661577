//! The checks of a dashboard: every name exists, every aggregation fits, no tiles overlap.
//!
//! All mistakes are collected. A check that needs an unknown name leaves the rest to the others.

mod checker;
mod datasets;
mod document;
mod layout;
mod measures;
mod pickers;
mod predicates;
mod visuals;

pub(crate) use document::check;
