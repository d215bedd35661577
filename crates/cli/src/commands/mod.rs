//! One file per command: arguments in, an answer on standard output or a failure out.

pub(crate) mod completions;
pub(crate) mod demo;
pub(crate) mod export;
pub(crate) mod man;
pub(crate) mod normalize;
pub(crate) mod query;
pub(crate) mod report;
pub(crate) mod serve;
pub(crate) mod views;
