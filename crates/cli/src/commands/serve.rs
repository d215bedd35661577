//! `kiro-analytics serve`: the dashboard as a live page.

use crate::alert_listener::AlertListener;
use crate::args::ServeArgs;
use crate::audience;
use crate::command_error::CommandError;
use crate::context::CommandContext;
use crate::live_page::LivePage;

pub(crate) async fn run(args: ServeArgs, context: &CommandContext<'_>) -> Result<(), CommandError> {
    let config = &context.config(&args.data)?;
    let cancellation = context.cancellation;
    let visibility = audience::visibility(config, &args.audience).await?;
    // A page for some people posts no alerts about all.
    let sends = args.alerts || (config.alerts_while_serving && !args.audience.is_restricted());
    let listener = if sends {
        Some(AlertListener::of_settings(config).await?)
    } else {
        None
    };
    let mut page = LivePage::new(config, args.source, args.page, visibility).await?;
    page.listener = listener;
    page.run(cancellation).await
}
