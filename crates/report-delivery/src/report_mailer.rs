//! Mails with reports: who gets which report, and what the mail says about it.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use kiro_dashboard_sql::Span;
use kiro_delivery::mail::{
    Mail, MailAddress, MailDeliveryError, MailMode, MailReceipt, MailStatus, Mailer, Recipients,
    ReportCopy, ReportMail, deliver,
};
use kiro_delivery::{Audience, Destination, ReportFile, ReportName};
use kiro_ingest::StoreError;
use kiro_web::{DashboardService, Headline, ReportError, ReportOptions, headlines};

/// Mails reports.
pub struct ReportMailer {
    pub mailer: Arc<dyn Mailer>,
    pub from: MailAddress,
    /// Of reports that no team has an entry for; `None`: nobody gets them.
    pub to: Option<Recipients>,
    /// By the name of the team, as [`team_key`] folds it.
    pub teams: BTreeMap<String, Recipients>,
    pub mode: MailMode,
    /// A link instead of an attachment, whatever the size.
    pub is_linked: bool,
}

/// A report that was written.
pub struct ReportToMail<'a> {
    pub destination: &'a dyn Destination,
    /// The folder of its receipt: empty, or with a `/` at its end.
    pub folder: &'a str,
    /// Distinguishes the report from all others in the folder.
    pub identity: &'a str,
    pub name: ReportName,
    pub days: Span,
    pub html: &'a ReportFile,
    pub service: &'a DashboardService,
    pub options: &'a ReportOptions,
}

/// A report was not mailed. No text has an address.
#[derive(Debug, thiserror::Error)]
pub enum ReportMailError {
    #[error(transparent)]
    Headlines(#[from] ReportError),
    #[error(transparent)]
    Link(#[from] StoreError),
    #[error(transparent)]
    Delivery(#[from] MailDeliveryError),
}

impl ReportMailer {
    /// Mails a report once; `None` if nobody gets it.
    ///
    /// # Errors
    ///
    /// If its headlines cannot be computed, or if the mail is not delivered as it should be.
    pub async fn send(
        &self,
        report: &ReportToMail<'_>,
        now: DateTime<Utc>,
    ) -> Result<Option<MailStatus>, ReportMailError> {
        let Some(to) = self.recipients(&report.name.audience) else {
            return Ok(None);
        };
        let words = self.words(report, now).await?;
        let mail = Mail {
            from: self.from.clone(),
            to: to.clone(),
            subject: words.subject(),
            text: words.text(),
            attachment: words.attachment().cloned(),
            date: now,
        };
        let receipt = MailReceipt::new(report.destination, report.folder, report.identity, to);
        let status = deliver(self.mailer.as_ref(), &receipt, &mail, self.mode).await?;
        Ok(Some(status))
    }

    fn recipients(&self, audience: &Audience) -> Option<&Recipients> {
        let own = match audience {
            Audience::Teams(teams) => match teams.as_slice() {
                [team] => self.teams.get(&team_key(team)),
                _ => None,
            },
            Audience::Fleet => None,
        };
        own.or(self.to.as_ref())
    }

    async fn words(
        &self,
        report: &ReportToMail<'_>,
        now: DateTime<Utc>,
    ) -> Result<ReportMail, ReportMailError> {
        let days = report.days;
        let numbers = headlines(report.service, report.options).await?;
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
            ReportCopy::Linked(report.destination.link(&report.html.name, now).await?)
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

/// The name of a team as a key: names that differ in case alone are one team.
pub fn team_key(team: &str) -> String {
    team.trim().to_lowercase()
}
