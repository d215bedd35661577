//! `kiro-analytics report --mail`: who gets which report, from whom, and how.

use std::collections::BTreeMap;
use std::sync::Arc;

use kiro_config::{Config, MailTransport};
use kiro_delivery::mail::{
    MailAddress, MailDeliveryError, MailMode, MailStatus, Mailer, Recipients, RecipientsError,
    Sendmail,
};
use kiro_report_delivery::{ReportMailError, ReportMailer, team_key};
use serde::Serialize;

use super::report::command_error;
use super::report_delivery::store_error;
use crate::args::{ReportArgs, ReportFormat};
use crate::command_error::CommandError;
use crate::config::variable;

/// What became of the mail of a report, for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Mailed {
    Sent,
    SentBefore,
    InWork,
    /// The error says why; the next run sends it.
    Failed,
}

impl Mailed {
    /// The end of a line for people.
    pub(super) fn remark(self) -> &'static str {
        match self {
            Self::Sent => "; mailed",
            Self::SentBefore => "; mailed before",
            Self::InWork => "; another run is mailing it",
            Self::Failed => "; not mailed",
        }
    }
}

impl From<MailStatus> for Mailed {
    fn from(status: MailStatus) -> Self {
        match status {
            MailStatus::Sent => Self::Sent,
            MailStatus::SentBefore => Self::SentBefore,
            MailStatus::InWork => Self::InWork,
        }
    }
}

/// The mailer of the arguments and settings; `None` without `--mail`. Checks all addresses. Sends nothing.
pub(super) async fn report_mailer(
    args: &ReportArgs,
    config: &Config,
) -> Result<Option<ReportMailer>, CommandError> {
    let Some(named) = &args.mail.mail else {
        return Ok(None);
    };
    if !args.format.contains(&ReportFormat::Html) {
        let error = anyhow::anyhow!("--mail sends the HTML report, found --format csv");
        return Err(CommandError::usage(error).hint("write --format html,csv with --to"));
    }
    let (to, teams) = if named.is_empty() {
        (recipients(&config.mail_to, "mail_to")?, teams(config)?)
    } else {
        (recipients(named, "--mail")?, BTreeMap::new())
    };
    if to.is_none() && teams.is_empty() {
        let error = anyhow::anyhow!("no recipient is configured");
        return Err(CommandError::usage(error)
            .hint("write --mail ADDRESS, or set `mail_to` in kiro-analytics.toml"));
    }
    Ok(Some(ReportMailer {
        from: sender(config)?,
        mailer: transport(config).await?,
        to,
        teams,
        mode: if args.mail.mail_again {
            MailMode::Again
        } else {
            MailMode::Once
        },
        is_linked: args.mail.mail_link,
    }))
}

/// Mails a report, as the output names it; `None` if nobody gets it.
pub(super) fn mailed(
    sent: Result<Option<MailStatus>, ReportMailError>,
    html_file: &str,
) -> Result<Option<Mailed>, CommandError> {
    match sent {
        Ok(status) => Ok(status.map(Mailed::from)),
        Err(ReportMailError::Headlines(error)) => Err(command_error(error)),
        Err(ReportMailError::Link(error)) => Err(store_error(error)),
        Err(ReportMailError::Delivery(error)) => Err(delivery_error(error, html_file)),
    }
}

fn recipients(addresses: &[String], source: &str) -> Result<Option<Recipients>, CommandError> {
    match Recipients::parse(addresses.iter().map(String::as_str)) {
        Ok(recipients) => Ok(Some(recipients)),
        Err(RecipientsError::None) if addresses.is_empty() => Ok(None),
        Err(error) => {
            let error = anyhow::Error::new(error).context(format!("`{source}` cannot be used"));
            Err(CommandError::usage(error).hint(format!("correct `{source}`")))
        }
    }
}

fn teams(config: &Config) -> Result<BTreeMap<String, Recipients>, CommandError> {
    let mut teams = BTreeMap::new();
    for (team, addresses) in &config.mail_teams {
        let source = format!("mail_teams.{team}");
        if let Some(recipients) = recipients(std::slice::from_ref(addresses), &source)? {
            teams.insert(team_key(team), recipients);
        }
    }
    Ok(teams)
}

fn sender(config: &Config) -> Result<MailAddress, CommandError> {
    let Some(from) = &config.mail_from else {
        let error = anyhow::anyhow!("no sender of mails is configured: expected `mail_from`");
        return Err(CommandError::usage(error)
            .hint("set KIRO_ANALYTICS_MAIL_FROM, or `mail_from` in kiro-analytics.toml"));
    };
    from.parse().map_err(|error| {
        let error = anyhow::Error::new(error).context("`mail_from` cannot be used");
        CommandError::usage(error).hint("correct `mail_from`")
    })
}

async fn transport(config: &Config) -> Result<Arc<dyn Mailer>, CommandError> {
    match config.mail_transport {
        MailTransport::Ses => ses().await,
        MailTransport::Sendmail => {
            let named = config.sendmail.as_ref().map(Sendmail::new);
            let found =
                named.or_else(|| Sendmail::find(variable("PATH").as_deref().map(str::as_ref)));
            let Some(sendmail) = found else {
                let error = anyhow::anyhow!("there is no `sendmail` on this machine");
                return Err(CommandError::usage(error).hint(
                    "install one, for example `apt-get install msmtp-mta`, name one with `sendmail` in kiro-analytics.toml, or send by Amazon SES with KIRO_ANALYTICS_MAIL_TRANSPORT=ses",
                ));
            };
            Ok(Arc::new(sendmail))
        }
    }
}

#[cfg(feature = "aws")]
async fn ses() -> Result<Arc<dyn Mailer>, CommandError> {
    let config = kiro_s3::load_sdk_config(&kiro_s3::SdkOptions::default()).await;
    let config = config.map_err(CommandError::usage)?;
    Ok(Arc::new(kiro_delivery::mail::Ses::new(&config)))
}

#[cfg(not(feature = "aws"))]
#[expect(clippy::unused_async, reason = "as in the program with AWS")]
async fn ses() -> Result<Arc<dyn Mailer>, CommandError> {
    let error = anyhow::anyhow!("this program was built without AWS: it has no Amazon SES");
    Err(CommandError::usage(error).hint("set `mail_transport = \"sendmail\"`"))
}

/// Maps an error of a mail to the exit code: AWS, or this machine's mail system and the configuration.
fn delivery_error(error: MailDeliveryError, html_file: &str) -> CommandError {
    let context = format!("could not mail `{html_file}`");
    match error {
        MailDeliveryError::Receipt(error) => store_error(error),
        MailDeliveryError::Mail(error) => {
            let (is_remote, hint) = (error.is_remote(), error.hint());
            let error = anyhow::Error::new(error).context(context);
            let failure = if is_remote {
                CommandError::aws(error)
            } else {
                CommandError::usage(error)
            };
            failure.maybe_hint(hint)
        }
        MailDeliveryError::Unmarked(_) => CommandError::data(error),
    }
}
