//! One file per command: takes arguments, writes standard output or returns an error.

pub(crate) mod alerts;
pub(crate) mod completions;
pub(crate) mod demo;
pub(crate) mod export;
pub(crate) mod man;
pub(crate) mod normalize;
pub(crate) mod people;
pub(crate) mod query;
pub(crate) mod report;
mod report_delivery;
mod report_mail;
pub(crate) mod serve;
pub(crate) mod views;
