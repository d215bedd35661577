//! The commands of a deployment, in the order in which they are needed.

use clap::Subcommand;

use super::{
    ConfigArgs, DeployArgs, InitArgs, LogsArgs, OpenArgs, PermissionsArgs, PreflightArgs,
    RefreshArgs, StatusArgs, SynthArgs, TeardownArgs,
};

#[derive(Debug, Subcommand)]
pub(crate) enum CloudCommand {
    Init(InitArgs),
    Preflight(PreflightArgs),
    Permissions(PermissionsArgs),
    Deploy(DeployArgs),
    Status(StatusArgs),
    Refresh(RefreshArgs),
    Logs(LogsArgs),
    Open(OpenArgs),
    Teardown(TeardownArgs),
    Synth(SynthArgs),
    Config(ConfigArgs),
}
