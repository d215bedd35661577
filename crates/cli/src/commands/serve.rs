//! `kiro-analytics serve`: the dashboard as a live page.

use crate::args::ServeArgs;
use crate::config::Config;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::live_page::LivePage;

pub(crate) async fn run(
    args: ServeArgs,
    config: &Config,
    interrupt: &Interrupt,
) -> Result<(), Failure> {
    let page = LivePage::new(config, &args.data, args.source, args.page).await?;
    page.run(interrupt).await
}
