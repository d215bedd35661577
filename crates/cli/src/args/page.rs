//! The commands that show the dashboard: as a live page, and as a file.

use std::ffi::OsStr;
use std::path::PathBuf;

use clap::builder::TypedValueParser;
use clap::error::ErrorKind;
use clap::{Arg, Args, Command, ValueHint};
use kiro_web::Token;

use super::DataArgs;
use crate::location::Location;

/// Show the dashboard in the browser, and keep reading new exports
///
/// Opens a page of your own on this machine: nothing leaves it. With a SOURCE, its exports are read into the data
/// folder while the page is open already, and new ones as they appear; without, the page shows what is there. Files
/// dropped on the page are added. The address is the only thing on standard output, printed once the page answers;
/// GET /healthz is 200 when everything found has been read. Ctrl-C ends it.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kiro-analytics serve exports --open
  kiro-analytics serve s3://BUCKET/PREFIX --open         straight from the bucket, once a minute
  kiro-analytics serve --data kiro-analytics-demo/data   no exports: what is there already
  kiro-analytics serve exports --data /srv/kiro --port 8080
  kiro-analytics serve exports --host 0.0.0.0            other machines, with a token
  kiro-analytics serve --dashboard my-dashboard.yaml     sheets of your own
  kiro-analytics serve --viewer ann@example.com          only what Ann may see
  kiro-analytics serve s3://BUCKET/PREFIX --alerts       also post alerts to a webhook
")]
pub(crate) struct ServeArgs {
    /// Folders or buckets (`s3://BUCKET/PREFIX`) with exports, as for `normalize`; without any, nothing new is read
    #[arg(value_hint = ValueHint::DirPath)]
    pub(crate) source: Vec<Location>,

    #[command(flatten)]
    pub(crate) data: DataArgs,

    #[command(flatten)]
    pub(crate) audience: AudienceArgs,

    #[command(flatten)]
    pub(crate) page: PageArgs,

    /// Post new alerts to `alert_webhook_url` after each change of the data, as `alerts --webhook` does
    #[arg(long, conflicts_with_all = ["team", "viewer"])]
    pub(crate) alerts: bool,
}

/// Whose data are shown: of everybody, unless a flag says otherwise. All else is left out before anything is computed.
#[derive(Debug, Default, Args)]
pub(crate) struct AudienceArgs {
    /// Only people of this team; several are possible
    #[arg(long, value_name = "NAME", conflicts_with = "viewer")]
    pub(crate) team: Vec<String>,

    /// Only what this person may see, by e-mail address, user name or id: themselves, and the teams that they manage; people in
    /// `viewer_admins` see everybody
    #[arg(long, value_name = "PERSON")]
    pub(crate) viewer: Option<String>,
}

impl AudienceArgs {
    /// Returns true if not everybody is shown.
    pub(crate) fn is_restricted(&self) -> bool {
        self.viewer.is_some() || !self.team.is_empty()
    }
}

/// The address and the content of the page.
#[derive(Debug, Args)]
pub(crate) struct PageArgs {
    /// Port to listen on; 0 is any free one [default: 8765, or the next free one]
    #[arg(long, value_name = "PORT")]
    pub(crate) port: Option<u16>,

    /// Name or address to listen on; 0.0.0.0 lets other machines in, which need the token then
    #[arg(long, value_name = "HOST", default_value = "127.0.0.1")]
    pub(crate) host: String,

    /// Secret that the page asks for: 16 or more letters, digits, - and _; better given by the environment [default:
    /// none on this machine alone, else a new one]
    #[arg(long, value_name = "TOKEN", env = "KIRO_ANALYTICS_TOKEN", hide_env_values = true, value_parser = TokenParser)]
    pub(crate) token: Option<Token>,

    /// Open the page in the browser
    #[arg(long)]
    pub(crate) open: bool,

    /// Show the dashboard that this YAML file describes instead of the built-in one
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) dashboard: Option<PathBuf>,
}

/// Reads a token. A wrong one is not repeated: it may be a secret with a slip, and messages end up in logs.
#[derive(Debug, Clone, Copy)]
struct TokenParser;

impl TypedValueParser for TokenParser {
    type Value = Token;

    fn parse_ref(
        &self,
        command: &Command,
        _: Option<&Arg>,
        value: &OsStr,
    ) -> Result<Token, clap::Error> {
        value.to_str().and_then(Token::new).ok_or_else(|| {
            let expected = "invalid value for '--token <TOKEN>': expected at least 16 letters, digits, `-` and `_`, at most 256\n";
            clap::Error::raw(ErrorKind::ValueValidation, expected).with_cmd(command)
        })
    }
}
