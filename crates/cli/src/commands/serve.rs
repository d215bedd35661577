//! `kiro-analytics serve`: the dashboard as a live page.

use crate::args::ServeArgs;
use crate::audience;
use crate::command_error::CommandError;
use crate::context::CommandContext;
use crate::live_page::LivePage;

pub(crate) async fn run(args: ServeArgs, context: &CommandContext<'_>) -> Result<(), CommandError> {
    let config = &context.config(&args.data)?;
    let cancellation = context.cancellation;
    let visibility = audience::visibility(config, &args.audience).await?;
    let page = LivePage::new(config, args.source, args.page, visibility).await?;
    page.run(cancellation).await
}
