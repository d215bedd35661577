//! The commands about people: names, teams and seats.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand, ValueHint};
use kiro_people::{ListSource, PersonStatus};

use super::{FolderArgs, Output, QueryFormat};
use crate::roster_source::RosterSource;

/// Give users names, teams and seats, from a directory and a roster
///
/// Exports know users by an id, and by an e-mail address at best. Names come from IAM Identity Center (`sync`) and from a
/// roster (`import`): a CSV file with a line per person, which is all there is for people of another identity provider.
/// They are merged into the identity map, which every view, page and report reads. Ids match in every spelling. People who
/// have left keep their last known name, and are marked.
///
/// The map and its sources are below people/ and identity/ in the data folder, readable by their owner alone. `sync` is the
/// only command that asks a directory; no page and no other command does.
#[derive(Debug, Args)]
#[command(
    subcommand_required = true,
    arg_required_else_help = true,
    disable_help_subcommand = true,
    after_long_help = "\
What counts, from the first source that has it:
  display name, e-mail address   the roster, the directory, what the directory said last
  user name                      the directory, the roster, what the directory said last
  team                           the roster, the smallest group of the directory that is a team
  cost centre, manager           the roster

Examples:
  kiro-analytics people sync                    names and teams of IAM Identity Center
  kiro-analytics people import roster.csv       or of a CSV file; both together work, too
  kiro-analytics people list --unresolved       who has no name yet
  kiro-analytics people show ann@example.com    what is known of one person, and from where
  kiro-analytics people forget d-1234567890.aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb
docs/people.md explains the sources and the columns of a roster.
"
)]
pub(crate) struct PeopleArgs {
    #[command(subcommand)]
    pub(crate) command: PeopleCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PeopleCommand {
    Sync(PeopleSyncArgs),
    Import(PeopleImportArgs),
    List(PeopleListArgs),
    Show(PeopleShowArgs),
    Export(PeopleExportArgs),
    Forget(PeopleForgetArgs),
}

/// Read names and groups of IAM Identity Center
///
/// Asks for all users and for the groups of the settings `team_groups` and `seat_groups` if the last answer is 24 hours old
/// or older. Before that, asks only for users that are new in the data, one by one; that the directory does not have a user
/// is an answer, too. Signs in as other AWS tools do. The settings `identity_store`, `identity_region`, `identity_role` and
/// `identity_external_id` say where the directory is; without them it is the only one that the account can see.
///
/// An answer that is empty, or lacks more than a fifth of the users of the last one, is refused, and nothing changes: the
/// store, the Region or the permissions are probably wrong.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kiro-analytics people sync
  kiro-analytics people sync --refresh
  AWS_PROFILE=audit kiro-analytics people sync
  KIRO_ANALYTICS_TEAM_GROUPS='team-*' kiro-analytics people sync --refresh
")]
pub(crate) struct PeopleSyncArgs {
    #[command(flatten)]
    pub(crate) folder: FolderArgs,

    /// Ask for all users and groups now, whatever the age of the last answer
    #[arg(long)]
    pub(crate) refresh: bool,

    /// Accept an answer that lacks many users of the last one: they are marked as left
    #[arg(long)]
    pub(crate) accept_shrink: bool,

    /// Format of the output
    #[arg(long, value_enum, default_value_t)]
    pub(crate) output: Output,
}

/// Read names, teams and cost centres of a CSV file
///
/// The file replaces the roster that was imported before. Its first line names the columns, in any order and letter case:
/// one or more of `user_id`, `email` and `username` to find the user by, and any of `display_name`, `team`, `cost_center`,
/// `manager` and `status` (`left` marks who has left). Other columns are kept as attributes. Commas, semicolons and tabs
/// separate columns. People in the roster have a seat.
///
/// If one row is wrong, nothing is imported, and each wrong row is named by its line.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kiro-analytics people import roster.csv
  kiro-analytics people import s3://BUCKET/hr/roster.csv
  hr-tool --csv | kiro-analytics people import -
  kiro-analytics people import --remove
")]
pub(crate) struct PeopleImportArgs {
    #[command(flatten)]
    pub(crate) folder: FolderArgs,

    /// The roster: a file, an object of S3 (`s3://BUCKET/KEY`), or - for standard input
    #[arg(value_name = "FILE", required_unless_present = "remove", value_hint = ValueHint::FilePath)]
    pub(crate) roster: Option<RosterSource>,

    /// Remove the roster that was imported before
    #[arg(long, conflicts_with = "roster")]
    pub(crate) remove: bool,

    /// Format of the output
    #[arg(long, value_enum, default_value_t)]
    pub(crate) output: Output,
}

/// List the people of the map and the users of the data
///
/// By label. `source` says where the label comes from: `roster`, `directory`, `roster+directory`, `last_known` (no longer in
/// the directory), `forgotten`, `exports` (an e-mail address of the exports alone), `unresolved` (nothing but an id).
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kiro-analytics people list
  kiro-analytics people list ann payments
  kiro-analytics people list --unresolved --format csv
  kiro-analytics people list --status left --format json | jq length
")]
pub(crate) struct PeopleListArgs {
    #[command(flatten)]
    pub(crate) folder: FolderArgs,

    /// Only people whose id, name, address, user name or team contain all of these words
    #[arg(value_name = "WORD")]
    pub(crate) words: Vec<String>,

    /// Only users of the data with nothing but an id
    #[arg(long, conflicts_with = "source")]
    pub(crate) unresolved: bool,

    /// Only people of this status
    #[arg(long, value_name = "STATUS", value_parser = status_parser())]
    pub(crate) status: Option<PersonStatus>,

    /// Only people whose label comes from here
    #[arg(long, value_name = "SOURCE", value_parser = source_parser())]
    pub(crate) source: Option<ListSource>,

    /// Format of the rows; json is one array of objects
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: QueryFormat,
}

/// Show what is known of one person, and from where
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kiro-analytics people show ann@example.com
  kiro-analytics people show d-1234567890.AAAAAAAA-1111-4222-8333-BBBBBBBBBBBB
  kiro-analytics people show aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb --output json
")]
pub(crate) struct PeopleShowArgs {
    #[command(flatten)]
    pub(crate) folder: FolderArgs,

    /// The user id in any spelling, or the e-mail address or user name
    pub(crate) id: String,

    /// Format of the output
    #[arg(long, value_enum, default_value_t)]
    pub(crate) output: Output,
}

/// Write the identity map as CSV
///
/// The columns are those of the table `identity_map`. The file can be read by its owner alone, and is a roster that
/// `import` takes.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kiro-analytics people export --out people.csv
  kiro-analytics people export --out - | head
")]
pub(crate) struct PeopleExportArgs {
    #[command(flatten)]
    pub(crate) folder: FolderArgs,

    /// File to write; - is standard output
    #[arg(long, value_name = "PATH", value_hint = ValueHint::FilePath)]
    pub(crate) out: PathBuf,

    /// Write texts as they are. Without, a text that a spreadsheet would run as a formula gets an apostrophe in front
    #[arg(long)]
    pub(crate) raw: bool,
}

/// Remove a person from the map and its sources, for good
///
/// Name, address, user name, team, manager and attributes are removed. The person is shown as `Person` and eight digits,
/// which are the same every time. A hash of the id is kept, so that no later sync or import brings the person back. This
/// cannot be undone. The exports and the parts made of them stay: they have the id, and the address if Kiro wrote it.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kiro-analytics people forget ann@example.com
  kiro-analytics people forget aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb --yes
")]
pub(crate) struct PeopleForgetArgs {
    #[command(flatten)]
    pub(crate) folder: FolderArgs,

    /// The user id in any spelling, or the e-mail address or user name
    pub(crate) id: String,

    /// Do it without asking
    #[arg(long)]
    pub(crate) yes: bool,

    /// Format of the output
    #[arg(long, value_enum, default_value_t)]
    pub(crate) output: Output,
}

fn status_parser() -> impl TypedValueParser<Value = PersonStatus> {
    PossibleValuesParser::new(PersonStatus::ALL.map(PersonStatus::as_str))
        .try_map(|text| text.parse::<PersonStatus>())
}

fn source_parser() -> impl TypedValueParser<Value = ListSource> {
    PossibleValuesParser::new(ListSource::ALL.map(ListSource::as_str))
        .try_map(|text| text.parse::<ListSource>())
}
