//! All settings of a deployment, in the order people read them.

mod access;
mod dashboard;
mod exports;
mod function;
mod identity;
mod names;
mod registry;
mod results;

pub use registry::{all, setting};
