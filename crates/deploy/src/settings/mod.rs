//! What a person decides about a deployment, and where each decision comes from.
//!
//! Every setting stands once in [`all`]: its key, its environment variables, its default, its kind, what remembers it. A
//! flag wins over the environment, that over the file, that over what the deployed stack remembers, that over the default.

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
