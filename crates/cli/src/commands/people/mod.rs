//! `kiro-analytics people`: who the users are.

mod export;
mod forget;
mod import;
mod list;
mod selection;
mod show;
mod summary;
mod sync;

use crate::args::{PeopleArgs, PeopleCommand};
use crate::command_error::CommandError;
use crate::context::CommandContext;

pub(crate) async fn run(
    args: PeopleArgs,
    context: &CommandContext<'_>,
) -> Result<(), CommandError> {
    match args.command {
        PeopleCommand::Sync(args) => sync::run(args, context).await,
        PeopleCommand::Import(args) => import::run(args, context).await,
        PeopleCommand::List(args) => list::run(args, context).await,
        PeopleCommand::Show(args) => show::run(args, context).await,
        PeopleCommand::Export(args) => export::run(&args, context),
        PeopleCommand::Forget(args) => forget::run(args, context).await,
    }
}
