//! Why an invocation failed. The texts have keys, periods and reasons, never a name or a value of the data.

use kiro_dashboard::SpecErrors;
use kiro_delivery::mail::{MailAddressError, MailDeliveryError, RecipientsError};
use kiro_delivery::{PeriodError, ScheduledReportsError};
use kiro_ingest::{StoreError, error_chain};
use kiro_people::PeopleError;
use kiro_query::QueryError;
use kiro_report_delivery::ReportMailError;
use kiro_web::{DashboardError, ReportError};
use lambda_runtime::Diagnostic;

use crate::event::EventError;

/// Why an invocation failed. Reports that were written before stay.
#[derive(Debug, thiserror::Error)]
pub enum InvocationError {
    #[error("the event was refused")]
    UnknownEvent(#[source] EventError),
    #[error("the period has no days")]
    Period(#[source] PeriodError),
    #[error("there are no settings of reports at `{location}`")]
    NoSettings { location: String },
    #[error("the settings of reports could not be read")]
    Settings(#[source] ScheduledReportsError),
    #[error("the data could not be copied")]
    Copy(#[source] StoreError),
    #[error("the teams could not be read")]
    Teams(#[source] PeopleError),
    /// The texts of the engine below it may repeat a value of the data.
    #[error("the data could not be opened: {0}")]
    Engine(QueryError),
    #[error("the dashboard has errors: {0}")]
    Dashboard(SpecErrors),
    #[error("{}", report_text(.0))]
    Report(ReportError),
    #[error("a report could not be written")]
    Store(#[source] StoreError),
    #[error("the sender of mails cannot be used")]
    Sender(#[source] MailAddressError),
    #[error("the recipients of mails cannot be used")]
    Recipients(#[source] RecipientsError),
    #[error("a report was written and not mailed: {}", mail_text(.0))]
    Mail(ReportMailError),
}

impl InvocationError {
    /// What to do about it.
    pub fn hint(&self) -> Option<&str> {
        match self {
            Self::NoSettings { .. } | Self::Settings(_) => {
                Some("`kiro-analytics deploy` writes them")
            }
            Self::Copy(error) if matches!(error.kind, kiro_ingest::StoreErrorKind::NoSpace) => {
                Some("raise `reports_storage_megabytes`, then run `kiro-analytics deploy`")
            }
            Self::Copy(error) | Self::Store(error) => error.hint(),
            Self::Sender(_) | Self::Recipients(_) => Some(
                "correct `mail_from`, `mail_to` and `mail_teams`, then run `kiro-analytics deploy`",
            ),
            Self::Mail(ReportMailError::Delivery(MailDeliveryError::Mail(error))) => error.hint(),
            Self::Dashboard(_) => {
                Some("correct the file that `dashboard` names, then run `kiro-analytics deploy`")
            }
            Self::UnknownEvent(_)
            | Self::Period(_)
            | Self::Teams(_)
            | Self::Engine(_)
            | Self::Report(_)
            | Self::Mail(_) => None,
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Self::UnknownEvent(_) | Self::Period(_) => "UnknownEvent",
            Self::NoSettings { .. } | Self::Settings(_) => "SettingsFailed",
            Self::Copy(_) => "CopyFailed",
            Self::Teams(_) => "TeamsFailed",
            Self::Engine(_) => "EngineFailed",
            Self::Dashboard(_) => "DashboardFailed",
            Self::Report(_) => "ReportFailed",
            Self::Store(_) => "StoreFailed",
            Self::Sender(_) | Self::Recipients(_) | Self::Mail(_) => "MailFailed",
        }
    }

    /// The error with its causes and its hint.
    pub fn text(&self) -> String {
        let text = error_chain(self);
        match self.hint() {
            Some(hint) => format!("{text}; {hint}"),
            None => text,
        }
    }
}

/// The error and the cause that the page shows: no text of the engine.
fn report_text(error: &ReportError) -> String {
    let cause = match error {
        ReportError::Figure { source, .. }
        | ReportError::Days(source)
        | ReportError::Names(source) => source.message(),
        ReportError::UnknownSheet { .. }
        | ReportError::Json(_)
        | ReportError::Csv(_)
        | ReportError::Write { .. }
        | ReportError::NoRandomness => return error.to_string(),
    };
    format!("{error}: {cause}")
}

fn mail_text(error: &ReportMailError) -> String {
    match error {
        ReportMailError::Headlines(error) => report_text(error),
        ReportMailError::Link(_) | ReportMailError::Delivery(_) => error_chain(error),
    }
}

impl From<DashboardError> for InvocationError {
    fn from(error: DashboardError) -> Self {
        Self::Report(error.into())
    }
}

impl From<InvocationError> for Diagnostic {
    fn from(error: InvocationError) -> Self {
        Self {
            error_type: error.name().to_owned(),
            error_message: error.text(),
        }
    }
}
