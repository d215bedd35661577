//! Runs one command of a deployment.

use crate::cloud::args::CloudCommand;
use crate::cloud::commands;
use crate::command_error::CommandError;
use crate::context::CommandContext;

pub(crate) async fn dispatch(
    command: CloudCommand,
    context: &CommandContext<'_>,
) -> Result<(), CommandError> {
    match command {
        CloudCommand::Init(args) => commands::init::run(args, context).await,
        CloudCommand::Preflight(args) => commands::preflight::run(args, context).await,
        CloudCommand::Permissions(args) => commands::permissions::run(&args, context),
        CloudCommand::Deploy(args) => Box::pin(commands::deploy::run(args, context)).await,
        CloudCommand::Status(args) => Box::pin(commands::status::run(args, context)).await,
        CloudCommand::Refresh(args) => commands::refresh::run(args, context).await,
        CloudCommand::Logs(args) => commands::logs::run(args, context).await,
        CloudCommand::Open(args) => commands::open::run(args, context).await,
        CloudCommand::Teardown(args) => commands::teardown::run(args, context).await,
        CloudCommand::Synth(args) => commands::synth::run(args, context).await,
        CloudCommand::Config(args) => commands::config::run(args, context).await,
    }
}
