//! `kiro-analytics serve`: the dashboard as a live page.

use crate::args::ServeArgs;
use crate::command_error::CommandError;
use crate::context::CommandContext;
use crate::live_page::LivePage;

pub(crate) async fn run(args: ServeArgs, context: &CommandContext<'_>) -> Result<(), CommandError> {
    let config = &context.config(&args.data)?;
    let cancellation = context.cancellation;
    let page = LivePage::new(config, args.source, args.page).await?;
    page.run(cancellation).await
}
