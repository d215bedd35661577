//! The parameters of the data stack, written from the settings.

mod language;
mod parameters;
mod sources;

pub(crate) use language::{language, report_language};
pub use parameters::stack_parameters;
