//! All settings of a deployment, in the order of the output.

mod access;
mod dashboard;
mod exports;
mod function;
mod identity;
mod names;
mod registry;
mod results;

pub use registry::{all, setting};
