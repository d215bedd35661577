//! The commands that check, show, refresh and remove a deployment.

use std::time::Duration;

use clap::{Args, ValueEnum};

use super::CloudArgs;
use crate::args::Output;

/// Check what a deployment needs, before anything is created
///
/// Numbered checks of credentials, permissions, exports and Amazon Quick Sight (`QuickSight` in its API): each passes, warns or fails, with
/// what was found and what to do. Reads the header of one export of each report, and lists no more of a bucket than the way to it. Changes
/// nothing. Ends with 0 if nothing fails (warnings are fine), else with the code of the gravest failure.
///
/// With --definition, Quick Sight validates the dashboard instead: it makes an analysis of its own, reads the errors of each visual, and
/// deletes the analysis again, also after Ctrl-C.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kiro-analytics preflight
  kiro-analytics preflight --output json | jq '.checks[] | select(.verdict == \"fail\")'
  kiro-analytics preflight --set exports=s3://BUCKET/PREFIX --region eu-central-1
  kiro-analytics preflight --definition
")]
pub(crate) struct PreflightArgs {
    #[command(flatten)]
    pub(crate) cloud: CloudArgs,

    /// Have Quick Sight validate the dashboard's definition, once the datasets exist
    #[arg(long)]
    pub(crate) definition: bool,

    /// Format of the output
    #[arg(long, value_enum, default_value_t)]
    pub(crate) output: Output,
}

/// Show what is deployed and its problems
///
/// Stacks and versions, the last run of the normalizer, the newest day, the parts, the last import of every dataset, alarms, schedule, the
/// dashboard's address, and what it costs. Changes nothing. Ends with 0 if all is well, with 1 if data are late or failed, with 3 if AWS
/// could not be asked or an asset is broken.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kiro-analytics status
  kiro-analytics status --watch
  kiro-analytics status --output json | jq .normalization
")]
pub(crate) struct StatusArgs {
    #[command(flatten)]
    pub(crate) cloud: CloudArgs,

    /// Repeat until Ctrl-C
    #[arg(long)]
    pub(crate) watch: bool,

    /// Seconds between updates
    #[arg(long, value_name = "SECONDS", default_value_t = 10, requires = "watch", value_parser = clap::value_parser!(u64).range(2..=3600))]
    pub(crate) every: u64,

    /// What to print; with --watch, json is one document a line
    #[arg(long, value_enum, default_value_t)]
    pub(crate) output: Output,
}

/// Read new exports now, then import every dataset again
///
/// Runs the normalizer until no export is left, then lets Amazon Quick Sight import the views, and waits for both. An interrupted
/// refresh can be repeated: it continues.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kiro-analytics refresh
  kiro-analytics refresh --only normalize
  kiro-analytics refresh --only import --dataset user_totals
")]
pub(crate) struct RefreshArgs {
    #[command(flatten)]
    pub(crate) cloud: CloudArgs,

    /// Only one part of it
    #[arg(long, value_name = "WHAT", value_enum)]
    pub(crate) only: Option<RefreshPart>,

    /// Import only the dataset of this view; may be given several times
    #[arg(long, value_name = "VIEW")]
    pub(crate) dataset: Vec<String>,

    /// Accept a directory without most of the known users; they are shown as left
    #[arg(long)]
    pub(crate) accept_shrink: bool,

    /// Forget a person by id, e-mail address or user name: show a mask instead, now and after every later run; may be given
    /// several times
    #[arg(long, value_name = "PERSON")]
    pub(crate) forget: Vec<String>,

    /// Format of the output
    #[arg(long, value_enum, default_value_t)]
    pub(crate) output: Output,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum RefreshPart {
    /// Read new exports
    Normalize,
    /// Map user ids to names
    Names,
    /// Import the datasets
    Import,
}

/// Show what failed, and on which export
///
/// Reads the normalizer's log: exports that could not be read and why, runs that failed, events that could not be delivered; and with
/// identity mapping that of the function that maps names: the last map, warnings and runs that failed. The logs hold keys, counts and
/// reasons, never the content of an export and never a name.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kiro-analytics logs
  kiro-analytics logs --since 30d --all
  kiro-analytics logs --output json | jq -r '.exports[] | select(.is_unread) | .export'
")]
pub(crate) struct LogsArgs {
    #[command(flatten)]
    pub(crate) cloud: CloudArgs,

    /// The time to cover: 90m, 12h, 7d
    #[arg(long, value_name = "TIME", default_value = "7d", value_parser = back)]
    pub(crate) since: Duration,

    /// Also list the runs that went well
    #[arg(long)]
    pub(crate) all: bool,

    /// Format of the output
    #[arg(long, value_enum, default_value_t)]
    pub(crate) output: Output,
}

/// Open the dashboard in the browser
///
/// Prints the address of the dashboard in Amazon Quick Sight (`QuickSight` in its API), and opens it.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kiro-analytics open
  kiro-analytics open --print-only
")]
pub(crate) struct OpenArgs {
    #[command(flatten)]
    pub(crate) cloud: CloudArgs,

    /// Only print the address
    #[arg(long)]
    pub(crate) print_only: bool,
}

/// Remove a deployment; the exports are never touched
///
/// Shows what is removed and what is retained and why, asks, then removes the dashboard, datasets, grants, policy, and stacks, in the order in which
/// they depend on each other. Only what has the tag of this deployment is removed. The bucket with the parts is retained, unless --delete-data
/// is given. Run again after an interruption, it continues.
#[derive(Debug, Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of the command line"
)]
#[command(after_long_help = "\
Examples:
  kiro-analytics teardown --dry-run
  kiro-analytics teardown
  kiro-analytics teardown --delete-data
  kiro-analytics teardown --delete-data --yes --output json
")]
pub(crate) struct TeardownArgs {
    #[command(flatten)]
    pub(crate) cloud: CloudArgs,

    /// Keep the bucket with parts and query results (this is the default)
    #[arg(long, conflicts_with = "delete_data")]
    pub(crate) keep_data: bool,

    /// Also delete that bucket with everything in it, all versions
    #[arg(long)]
    pub(crate) delete_data: bool,

    /// Only show what would go and what would stay
    #[arg(long)]
    pub(crate) dry_run: bool,

    /// Do not ask
    #[arg(long, short = 'y')]
    pub(crate) yes: bool,

    /// Format of the output
    #[arg(long, value_enum, default_value_t)]
    pub(crate) output: Output,
}

/// `90m`, `12h`, `7d`
fn back(text: &str) -> Result<Duration, String> {
    let wrong = || "expected a time such as 90m, 12h or 7d".to_owned();
    let text = text.trim();
    let unit = text.chars().last().ok_or_else(wrong)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return Err(wrong()),
    };
    let number = text.strip_suffix(unit).ok_or_else(wrong)?;
    let number: u64 = number.parse().map_err(|_| wrong())?;
    if number == 0 || number > 10_000_000 {
        return Err(wrong());
    }
    Ok(Duration::from_secs(number * seconds))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::back;

    #[test]
    fn times_have_units() {
        assert_eq!(back("90m"), Ok(Duration::from_mins(90)));
        assert_eq!(back("7d"), Ok(Duration::from_hours(168)));
        for wrong in ["", "7", "d", "0d", "-1d", "1w", "7dd "] {
            assert!(back(wrong).is_err(), "{wrong}");
        }
    }
}
