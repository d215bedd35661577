//! The command line of a deployment: what can be typed, and what `--help` prints of it.

mod command;
mod deployment;
mod operations;
mod permissions;

pub(crate) use command::CloudCommand;
pub(crate) use deployment::{
    CloudArgs, ConfigArgs, ConfigCommand, ConfigShowArgs, DeployArgs, InitArgs, SynthArgs,
};
pub(crate) use operations::{
    LogsArgs, OpenArgs, PreflightArgs, RefreshArgs, RefreshPart, StatusArgs, TeardownArgs,
};
pub(crate) use permissions::{PermissionsArgs, PermissionsOutput};
