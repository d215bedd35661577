//! The command that sends alerts.

use clap::Args;

use super::{DataArgs, Output};

/// Tell who nears the allowance, spends far more than usual, and which data are late
///
/// Shows the alerts that are new: each is sent once per person and month (allowance, overage, budget) or day (spikes, late
/// data). Without a flag nothing is sent and nothing is remembered, so the same alerts are shown again. --webhook posts
/// them as one message to `alert_webhook_url`; --record prints them. Both remember what was sent, each for itself, in the
/// data folder, and say nothing when nothing is new. `[alerts]` in the settings has the rules.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kiro-analytics alerts
  kiro-analytics alerts --all --output json | jq '.alerts[].key'
  kiro-analytics alerts --webhook --dry-run
By cron, after `normalize`: to a webhook, or as a mail that cron makes of the output:
  30 5 * * *  kiro-analytics alerts --data /srv/kiro --webhook
  30 5 * * *  kiro-analytics alerts --data /srv/kiro --record
While the page is open:
  kiro-analytics serve SOURCE --alerts
")]
#[expect(clippy::struct_excessive_bools, reason = "flags")]
pub(crate) struct AlertsArgs {
    #[command(flatten)]
    pub(crate) data: DataArgs,

    /// Post the new alerts to `alert_webhook_url`, and remember them as sent
    #[arg(long)]
    pub(crate) webhook: bool,

    /// Print the new alerts, and remember them as sent
    #[arg(long, conflicts_with = "webhook")]
    pub(crate) record: bool,

    /// Show what would be posted or printed; send and remember nothing
    #[arg(long)]
    pub(crate) dry_run: bool,

    /// Show all alerts, also those that were sent before
    #[arg(long, conflicts_with_all = ["webhook", "record"])]
    pub(crate) all: bool,

    /// Format of the output
    #[arg(long, value_enum, default_value_t)]
    pub(crate) output: Output,
}
