//! Why alerts could not be computed or sent.

use kiro_alerts::{DeliveryError, RowError, WebhookError, WebhookUrlError};
use kiro_ingest::error_chain;

use crate::call_error::CallError;

/// The alerts could not be computed.
#[derive(Debug, thiserror::Error)]
pub enum AlertError {
    #[error(transparent)]
    Call(#[from] CallError),
    /// The text of Athena is left out: it may repeat a value of the data.
    #[error(
        "the statement about {statement} failed in Athena with error {error_type}, query `{id}`"
    )]
    QueryFailed {
        /// `months`, `spikes` or `sources`.
        statement: &'static str,
        id: String,
        error_type: String,
    },
    #[error("the statement about {statement} was cancelled, query `{id}`")]
    QueryCancelled { statement: &'static str, id: String },
    #[error(
        "the statement about {statement} was still running after {seconds} seconds, query `{id}`"
    )]
    StillRunning {
        statement: &'static str,
        id: String,
        seconds: u64,
    },
    #[error(transparent)]
    Row(#[from] RowError),
}

impl AlertError {
    /// The next command or action.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Call(error) => error.hint(),
            Self::QueryFailed { .. } => {
                "the query history of the workgroup in Athena's console has the reason; `kiro-analytics deploy` corrects views and access"
            }
            Self::QueryCancelled { .. } => {
                "Athena cancels a statement that reads more than `scan_limit_bytes`: raise it; else somebody has cancelled it, and the next run starts another"
            }
            Self::StillRunning { .. } => {
                "Lambda repeats this run, which waits for the same query; if it never ends, look at the workgroup in Athena's console"
            }
            Self::Row(_) => "`kiro-analytics deploy` corrects the views and this function",
        }
    }
}

/// A message was not accepted.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    #[error(transparent)]
    Call(#[from] CallError),
    #[error("the secret has no text")]
    EmptySecret,
    /// The content of the secret is not repeated.
    #[error("the secret has no address of a webhook: {0}")]
    Url(WebhookUrlError),
    #[error(transparent)]
    Webhook(#[from] WebhookError),
}

impl SendError {
    /// The next command or action.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Call(error) => error.hint(),
            Self::EmptySecret | Self::Url(_) => {
                "put the address of the webhook into the secret of `alerts_webhook_secret`, as a text or as `{\"url\": \"https://…\"}`"
            }
            Self::Webhook(error) if error.kind.is_transient() => {
                "Lambda repeats this run once, and the run of the next night sends what is missing"
            }
            Self::Webhook(_) => {
                "check the address in the secret of `alerts_webhook_secret`, and `alert_webhook_format`: the webhook may have been removed"
            }
        }
    }
}

/// A delivery that failed, with its causes and what to do about it.
pub(crate) fn delivery_problem(channel: &str, error: &DeliveryError<SendError>) -> String {
    let hint = match error {
        DeliveryError::Send(error) => error.hint(),
        DeliveryError::State(_) => {
            "`kiro-analytics deploy` corrects the role of this function; Lambda repeats this run once"
        }
        DeliveryError::Unmarked(_) => "the first run after an hour sends the message again",
    };
    format!("{channel}: {}; {hint}", error_chain(error))
}
