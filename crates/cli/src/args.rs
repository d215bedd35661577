//! The command line: what can be typed, and the manual that `--help` prints.

mod alerts;
mod mail;
mod page;
mod people;
mod report;

use std::ffi::OsStr;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use chrono::NaiveDate;
use clap::builder::styling::{AnsiColor, Styles};
use clap::builder::{PossibleValue, TypedValueParser};
use clap::{Arg, Args, Parser, Subcommand, ValueEnum, ValueHint};
use clap_complete::Shell;

#[cfg(feature = "aws")]
use crate::cloud::args::CloudCommand;
use crate::location::Location;

pub(crate) use alerts::AlertsArgs;
pub(crate) use mail::MailArgs;
pub(crate) use page::{AudienceArgs, PageArgs, ServeArgs};
pub(crate) use people::{
    PeopleArgs, PeopleCommand, PeopleExportArgs, PeopleForgetArgs, PeopleImportArgs,
    PeopleListArgs, PeopleShowArgs, PeopleSyncArgs,
};
pub(crate) use report::{ReportArgs, ReportFormat, ReportLanguage};

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

/// Who uses Kiro, with which models, at what cost: answers from its daily CSV exports.
///
/// Kiro writes a CSV export of every user's activity to an S3 bucket each night. This program reads that bucket
/// or a copy of it (or a few exports from a mail) and shows who is active, which models are used, how many credits are left,
/// who will run out and who has stopped: on a page in the browser, in a file to mail, or by SQL. It needs no AWS account
/// and sends nothing anywhere but to buckets, webhooks and mail addresses that you name; only `people sync` also asks IAM Identity Center.
#[derive(Debug, Parser)]
#[command(
    name = "kiro-analytics",
    version,
    styles = STYLES,
    disable_help_subcommand = true,
    subcommand_required = true,
    arg_required_else_help = true,
    max_term_width = 110,
    after_long_help = manual()
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,

    /// Read settings from this file instead of ./kiro-analytics.toml
    #[arg(long, value_name = "FILE", env = "KIRO_ANALYTICS_CONFIG", hide_env_values = true, global = true, display_order = 900, value_hint = ValueHint::FilePath)]
    pub(crate) config: Option<PathBuf>,
}

/// The end of `--help`.
fn manual() -> String {
    [LOCAL_MANUAL, AWS_MANUAL, COMMON_MANUAL].join("\n")
}

const LOCAL_MANUAL: &str = "\
A first look, with invented people:
  kiro-analytics demo --open

With your own exports:
  kiro-analytics serve s3://BUCKET/PREFIX --open
The page reads what is new. A copy will do, too: aws s3 sync s3://BUCKET/PREFIX exports
Without a page:
  kiro-analytics normalize exports kiro-analytics-data
  kiro-analytics report --out report.html
  kiro-analytics query \"SELECT * FROM user_totals ORDER BY credits_used DESC LIMIT 10\"
With names and teams, from IAM Identity Center or a CSV file:
  kiro-analytics people sync
  kiro-analytics people import roster.csv
Every day: who nears the allowance or spends far more than usual, and whose data are late:
  kiro-analytics alerts
Every week: the report, for cron, of everybody and of each team:
  kiro-analytics report --to s3://BUCKET/REPORTS --period last-week --each-team
";

#[cfg(feature = "aws")]
const AWS_MANUAL: &str = "\
In your AWS account, every night, with a dashboard in Amazon Quick Sight (QuickSight):
  kiro-analytics init
  kiro-analytics deploy
";

#[cfg(not(feature = "aws"))]
const AWS_MANUAL: &str = "\
This program was built without AWS: it reads folders and has no `deploy`. `cargo build --release` builds all of it.
";

const COMMON_MANUAL: &str = "\
Settings come from flags, then environment variables (KIRO_ANALYTICS_…, named at each flag), then
the file kiro-analytics.toml in the current folder, then defaults. kiro-analytics.example.toml
explains every setting.

Exit codes:
  0    done
  1    something is wrong with the data; everything that could be done was done
  2    something is wrong with the command or the configuration
  3    AWS or the webhook refused or could not be reached
  101  a bug of this program
  130  interrupted; nothing half-written is left

Answers go to standard output, remarks and errors to standard error. NO_COLOR is honoured.
";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Serve(ServeArgs),
    Report(ReportArgs),
    Normalize(NormalizeArgs),
    Query(QueryArgs),
    Views(ViewsArgs),
    Export(ExportArgs),
    People(PeopleArgs),
    Alerts(AlertsArgs),
    Demo(DemoArgs),
    #[cfg(feature = "aws")]
    #[command(flatten)]
    Cloud(CloudCommand),
    Completions(CompletionsArgs),
    Man(ManArgs),
}

/// Turn exports (CSV) into typed, partitioned Parquet
///
/// Reads every export below SOURCE that DEST does not have yet and writes it as Parquet parts: facts, models, code and
/// issues, one folder per day. Both reports, both log roots, several accounts and Regions, and loose folders of .csv
/// files are understood; everything else is ignored and counted. Running it again reads only what is new or has changed.
/// One bad export never stops the others; it is reported and the exit code is 1. --since and --until compare with the
/// day of an export.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kiro-analytics normalize exports kiro-analytics-data
  kiro-analytics normalize exports kiro-analytics-data --since 2026-07-01
  kiro-analytics normalize exports kiro-analytics-data --output json | jq .failures
  kiro-analytics normalize s3://BUCKET/PREFIX kiro-analytics-data
  AWS_PROFILE=audit kiro-analytics normalize s3://BUCKET/PREFIX s3://OTHER/normalized
")]
pub(crate) struct NormalizeArgs {
    /// Folder or bucket (`s3://BUCKET/PREFIX`) with exports at any depth, or a folder of loose .csv files
    #[arg(value_hint = ValueHint::DirPath)]
    pub(crate) source: Location,

    /// Folder for the Parquet parts, created if missing, or a bucket (`s3://BUCKET/PREFIX`)
    #[arg(value_hint = ValueHint::DirPath)]
    pub(crate) dest: Location,

    #[command(flatten)]
    pub(crate) window: Window,

    /// Read again exports that were read before (after an upgrade, for example)
    #[arg(long)]
    pub(crate) reprocess: bool,

    /// Number of concurrent exports [default: the number of processors]
    #[arg(long, value_name = "N")]
    pub(crate) jobs: Option<NonZeroUsize>,

    /// Format of the output
    #[arg(long, value_enum, default_value_t)]
    pub(crate) output: Output,
}

/// Answer one SQL query over the tables and views
///
/// The tables and views are listed by `kiro-analytics views`. SQL is what Athena (Trino) and the
/// embedded engine both understand. Only queries are allowed: nothing can change the data. A dataset that does not
/// exist yet is an empty table.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kiro-analytics query \"SELECT user_label, credits_used FROM user_totals ORDER BY 2 DESC LIMIT 10\"
  kiro-analytics query --format csv \"SELECT * FROM user_month\" > user_month.csv
  kiro-analytics query --format json - < question.sql
  kiro-analytics query --hash-emails --since 2026-07-01 \"SELECT * FROM user_totals\"
")]
pub(crate) struct QueryArgs {
    #[command(flatten)]
    pub(crate) data: DataArgs,

    #[command(flatten)]
    pub(crate) window: Window,

    /// Format of the rows; json is one array of objects
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: QueryFormat,

    /// With --format csv: write texts as they are. Without, a text that a spreadsheet would run as a formula gets an
    /// apostrophe in front
    #[arg(long)]
    pub(crate) raw: bool,

    /// The query; - reads it from standard input
    pub(crate) sql: String,
}

/// List the tables and views: rows, columns, types and meanings
///
/// The names of views and columns are the interface of this program: the same in Athena, in exports and on dashboards.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kiro-analytics views
  kiro-analytics views --output json | jq '.[].name'
")]
pub(crate) struct ViewsArgs {
    #[command(flatten)]
    pub(crate) data: DataArgs,

    #[command(flatten)]
    pub(crate) window: Window,

    /// Format of the output
    #[arg(long, value_enum, default_value_t)]
    pub(crate) output: Output,
}

/// Write a table or view, or all of them, to files
///
/// Rows are streamed, so a view may be bigger than memory. A file appears under its name only when it is complete. Only its
/// owner can read it.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kiro-analytics export user_month --format csv --out user_month.csv
  kiro-analytics export all --format parquet --out report/
  kiro-analytics export daily_trends --format json --out - | jq length
")]
pub(crate) struct ExportArgs {
    #[command(flatten)]
    pub(crate) data: DataArgs,

    #[command(flatten)]
    pub(crate) window: Window,

    /// Name of a table or view (see `kiro-analytics views`), or all for every curated view
    #[arg(value_name = "VIEW")]
    pub(crate) view: String,

    /// Format of the files; json is one array of objects
    #[arg(long, value_enum)]
    pub(crate) format: ExportFormat,

    /// With --format csv: write texts as they are. Without, a text that a spreadsheet would run as a formula gets an
    /// apostrophe in front
    #[arg(long)]
    pub(crate) raw: bool,

    /// File to write; with all: folder, created if missing. - writes csv or json to standard output
    #[arg(long, value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub(crate) out: PathBuf,
}

/// Show what this program does, with invented people
///
/// Writes realistic exports of an invented organisation in Kiro's own layout (DIR/exports), normalizes it (DIR/data), prints the
/// headline numbers and serves the page, whose address is the last line, until Ctrl-C. The exports have everything real
/// ones have: two accounts, drifting headers, a re-export, a split day, and one file that is broken on purpose. A directory
/// and a roster (DIR/people) give most people names and teams. The same options and end date give the same bytes.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kiro-analytics demo --open
  kiro-analytics demo --no-serve
  kiro-analytics demo --users 2000 --days 365 --dir /tmp/big-demo
  kiro-analytics query --data kiro-analytics-demo/data \"SELECT * FROM wow_movers LIMIT 5\"
")]
pub(crate) struct DemoArgs {
    /// Number of users
    #[arg(long, value_name = "N", default_value_t = 120, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) users: u32,

    /// Number of days of exports
    #[arg(long, value_name = "N", default_value_t = 90, value_parser = clap::value_parser!(u32).range(1..=20_000))]
    pub(crate) days: u32,

    /// Seed of the random numbers: the same seed gives the same data
    #[arg(long, value_name = "N", default_value_t = 42)]
    pub(crate) seed: u64,

    /// Folder to write to: a new or empty one, or that of an earlier demo
    #[arg(long, value_name = "DIR", default_value = "kiro-analytics-demo", value_hint = ValueHint::DirPath)]
    pub(crate) dir: PathBuf,

    /// The last day of activity, YYYY-MM-DD [default: yesterday]
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(crate) end_date: Option<NaiveDate>,

    /// Print all headline numbers and end, without a page
    #[arg(long)]
    pub(crate) no_serve: bool,

    #[command(flatten)]
    pub(crate) page: PageArgs,

    /// Format of the output; json is one document and ends without a page
    #[arg(long, value_enum, default_value_t)]
    pub(crate) output: Output,
}

/// Print a script that completes commands and flags in your shell
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kiro-analytics completions bash > ~/.local/share/bash-completion/completions/kiro-analytics
  kiro-analytics completions zsh > \"${fpath[1]}/_kiro-analytics\"
  kiro-analytics completions fish > ~/.config/fish/completions/kiro-analytics.fish
")]
pub(crate) struct CompletionsArgs {
    /// The shell
    pub(crate) shell: Shell,
}

/// Print the manual page (roff)
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kiro-analytics man | man -l -
  kiro-analytics man --out /usr/local/share/man/man1
")]
pub(crate) struct ManArgs {
    /// Write one page per command into this folder instead
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) out: Option<PathBuf>,
}

/// Where the normalized data is, and how e-mail addresses are shown. The settings read the environment: each variable has one
/// parser.
#[derive(Debug, Args)]
#[expect(
    clippy::doc_markdown,
    reason = "help, with variables as clap writes them"
)]
pub(crate) struct DataArgs {
    /// Folder that `normalize` wrote to [default: kiro-analytics-data]
    ///
    /// [env: KIRO_ANALYTICS_DATA]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) data: Option<PathBuf>,

    /// Replace every e-mail address by its SHA-256: no plain address reaches a view
    ///
    /// [env: KIRO_ANALYTICS_HASH_EMAILS]
    #[arg(
        long,
        value_name = "BOOL",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true",
        value_parser = FlagParser
    )]
    pub(crate) hash_emails: Option<bool>,

    /// Text mixed into the hash, so that addresses cannot be guessed; better given by the environment
    ///
    /// [env: KIRO_ANALYTICS_HASH_SALT]
    #[arg(long, value_name = "TEXT")]
    pub(crate) hash_salt: Option<String>,
}

/// Where the normalized data is, for commands that show addresses as they are.
#[derive(Debug, Args)]
#[expect(
    clippy::doc_markdown,
    reason = "help, with variables as clap writes them"
)]
pub(crate) struct FolderArgs {
    /// Folder that `normalize` wrote to [default: kiro-analytics-data]
    ///
    /// [env: KIRO_ANALYTICS_DATA]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) data: Option<PathBuf>,
}

/// The days to look at.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Window {
    /// The first day, YYYY-MM-DD, inclusive
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(crate) since: Option<NaiveDate>,

    /// The last day, YYYY-MM-DD, inclusive
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(crate) until: Option<NaiveDate>,
}

impl Window {
    /// Every day.
    pub(crate) const ALL: Self = Self {
        since: None,
        until: None,
    };
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Output {
    /// For people
    #[default]
    Text,
    /// For programs
    Json,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum QueryFormat {
    /// Aligned columns
    #[default]
    Table,
    /// One line per row, with a header
    Csv,
    /// One array of objects
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportFormat {
    /// One line per row, with a header
    Csv,
    /// One array of objects
    Json,
    /// Columns with types, compressed
    Parquet,
}

/// Parses a boolean as the settings do.
#[derive(Debug, Clone, Copy)]
struct FlagParser;

impl TypedValueParser for FlagParser {
    type Value = bool;

    fn parse_ref(
        &self,
        command: &clap::Command,
        arg: Option<&Arg>,
        value: &OsStr,
    ) -> Result<bool, clap::Error> {
        kiro_config::parse_flag.parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(
            ["true", "false"].into_iter().map(PossibleValue::new),
        ))
    }
}

fn date(text: &str) -> Result<NaiveDate, String> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d")
        .map_err(|_| "expected a day of the calendar as YYYY-MM-DD".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_flag_can_switch_off_what_the_file_switches_on() {
        let parse = |flags: &[&str]| {
            let line = ["kiro-analytics", "query"]
                .iter()
                .chain(flags)
                .chain(&["SELECT 1"]);
            match Cli::try_parse_from(line).unwrap().command {
                Command::Query(args) => args.data.hash_emails,
                _ => None,
            }
        };
        assert_eq!(parse(&["--hash-emails"]), Some(true));
        assert_eq!(parse(&["--hash-emails=false"]), Some(false));
    }
}
