//! The settings of a deployment, and the origin of each value.
//!
//! Every setting is declared once in [`all`]: key, environment variables, default, kind and persistence. A flag overrides
//! the environment, which overrides the file, which overrides the deployed stack, which overrides the default.

mod check;
mod deployment;
mod layers;
mod list;
mod parameters;
mod setting;
mod sources;
mod value;

pub use deployment::{DeploymentSettings, SourceFolder};
pub use layers::{FileValue, Layers, Origin, Problem, Problems, Resolved};
pub use list::{all, setting};
pub use parameters::{REMEMBERED, Remembered, StackParameters};
pub use setting::{Persistence, Setting, ValueKind};
