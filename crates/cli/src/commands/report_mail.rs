//! `kiro-analytics report --mail`: who gets which report, from whom, and how.

use std::collections::BTreeMap;

use kiro_config::{Config, MailTransport};
use kiro_dashboard_sql::Span;
use kiro_delivery::mail::{
    Mail, MailAddress, MailDeliveryError, MailMode, MailReceipt, MailStatus, Mailer, Recipients,
    RecipientsError, ReportCopy, ReportMail, Sendmail, deliver,
};
use kiro_delivery::{Audience, Destination, ReportFile, ReportName};
use kiro_web::{DashboardService, Headline, ReportOptions, headlines};
use serde::Serialize;

use super::report::command_error;
use super::report_delivery::store_error;
use crate::args::{ReportArgs, ReportFormat};
use crate::command_error::CommandError;
use crate::commands::normalize::now;
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

/// Sends reports.
pub(super) struct ReportMailer {
    mailer: Box<dyn Mailer>,
    from: MailAddress,
    /// Of reports that no team has an entry for.
    to: Option<Recipients>,
    /// By the name of the team in lower case.
    teams: BTreeMap<String, Recipients>,
    mode: MailMode,
    is_linked: bool,
}

/// A report that was written.
pub(super) struct ReportToMail<'a> {
    pub(super) destination: &'a dyn Destination,
    /// The folder of its receipt: empty, or with a `/` at its end.
    pub(super) folder: &'a str,
    /// Distinguishes the report from all others in the folder.
    pub(super) identity: &'a str,
    pub(super) name: ReportName,
    pub(super) days: Span,
    pub(super) html: &'a ReportFile,
    pub(super) service: &'a DashboardService,
    pub(super) options: &'a ReportOptions,
}

impl ReportMailer {
    /// As the arguments and settings say; `None` without `--mail`. Checks all addresses. Sends nothing.
    pub(super) async fn new(
        args: &ReportArgs,
        config: &Config,
    ) -> Result<Option<Self>, CommandError> {
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
        Ok(Some(Self {
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

    /// Mails a report; `None` if nobody gets it.
    pub(super) async fn send(
        &self,
        report: &ReportToMail<'_>,
    ) -> Result<Option<Mailed>, CommandError> {
        let Some(to) = self.recipients(&report.name.audience) else {
            return Ok(None);
        };
        let words = self.words(report).await?;
        let mail = Mail {
            from: self.from.clone(),
            to: to.clone(),
            subject: words.subject(),
            text: words.text(),
            attachment: words.attachment().cloned(),
            date: now(),
        };
        let receipt = MailReceipt::new(report.destination, report.folder, report.identity, to);
        let status = deliver(self.mailer.as_ref(), &receipt, &mail, self.mode).await;
        match status {
            Ok(MailStatus::Sent) => Ok(Some(Mailed::Sent)),
            Ok(MailStatus::SentBefore) => Ok(Some(Mailed::SentBefore)),
            Ok(MailStatus::InWork) => Ok(Some(Mailed::InWork)),
            Err(error) => Err(delivery_error(error, report.html)),
        }
    }

    fn recipients(&self, audience: &Audience) -> Option<&Recipients> {
        let own = match audience {
            Audience::Teams(teams) => match teams.as_slice() {
                [team] => self.teams.get(&folded(team)),
                _ => None,
            },
            Audience::Fleet => None,
        };
        own.or(self.to.as_ref())
    }

    async fn words(&self, report: &ReportToMail<'_>) -> Result<ReportMail, CommandError> {
        let days = report.days;
        let numbers = headlines(report.service, report.options).await;
        let numbers = numbers.map_err(command_error)?;
        let worded = |number: &Headline| match number.days {
            Some(own) if own != days => format!(
                "{}: {} ({} to {})",
                number.title, number.value, own.from, own.to
            ),
            _ => format!("{}: {}", number.title, number.value),
        };
        let is_linked =
            self.is_linked || report.html.content.len() as u64 > Mail::MAX_ATTACHMENT_BYTES;
        let copy = if is_linked {
            let link = report.destination.link(&report.html.name, now()).await;
            ReportCopy::Linked(link.map_err(store_error)?)
        } else {
            ReportCopy::Attached(report.html.clone())
        };
        Ok(ReportMail {
            name: report.name.clone(),
            days: (days.from, days.to),
            headlines: numbers.iter().map(worded).collect(),
            copy,
        })
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
            teams.insert(folded(team), recipients);
        }
    }
    Ok(teams)
}

/// Names of teams that differ in case alone are one team.
fn folded(team: &str) -> String {
    team.trim().to_lowercase()
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

async fn transport(config: &Config) -> Result<Box<dyn Mailer>, CommandError> {
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
            Ok(Box::new(sendmail))
        }
    }
}

#[cfg(feature = "aws")]
async fn ses() -> Result<Box<dyn Mailer>, CommandError> {
    let config = kiro_s3::load_sdk_config(&kiro_s3::SdkOptions::default()).await;
    let config = config.map_err(CommandError::usage)?;
    Ok(Box::new(kiro_delivery::mail::Ses::new(&config)))
}

#[cfg(not(feature = "aws"))]
#[expect(clippy::unused_async, reason = "as in the program with AWS")]
async fn ses() -> Result<Box<dyn Mailer>, CommandError> {
    let error = anyhow::anyhow!("this program was built without AWS: it has no Amazon SES");
    Err(CommandError::usage(error).hint("set `mail_transport = \"sendmail\"`"))
}

/// Maps an error of a mail to the exit code: AWS, or this machine's mail system and the configuration.
fn delivery_error(error: MailDeliveryError, html: &ReportFile) -> CommandError {
    let context = format!("could not mail `{}`", html.file_name());
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
