//! `kiro-analytics serve`: the dashboard as a live page.

use crate::args::ServeArgs;
use crate::context::CommandContext;
use crate::failure::Failure;
use crate::live_page::LivePage;

pub(crate) async fn run(args: ServeArgs, context: &CommandContext<'_>) -> Result<(), Failure> {
    let config = &context.config()?;
    let interrupt = context.interrupt;
    let page = LivePage::new(config, &args.data, args.source, args.page).await?;
    page.run(interrupt).await
}
