//! What can fail. The texts have ids of datasets and reasons of the service.

use lambda_runtime::Diagnostic;

use crate::event::EventError;

/// Why a call for a dataset failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("dataset `{data_set}`: {kind}")]
pub struct ImportError {
    pub data_set: String,
    pub kind: ImportErrorKind,
}

/// The kinds of failures, by what to do about them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImportErrorKind {
    /// The quota of imports in 24 hours is used up.
    #[error("Quick Sight refuses more imports within 24 hours: {0}")]
    Quota(String),
    /// It queries directly: there is nothing to import.
    #[error("it is not in SPICE")]
    NotInSpice,
    #[error("it does not exist")]
    NotFound,
    #[error("not allowed: {0}")]
    Denied(String),
    #[error("too many requests: {0}")]
    Throttled(String),
    /// Another answer, or none.
    #[error("{0}")]
    Failed(String),
}

impl ImportErrorKind {
    /// The next command or action.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Quota(_) => "the daily import brings the same data",
            Self::NotInSpice | Self::NotFound => {
                "`kiro-analytics deploy` creates the datasets again, and tells this function which there are"
            }
            Self::Denied(_) => {
                "`kiro-analytics deploy` corrects the role of this function; a policy of your organisation may deny `quicksight:CreateIngestion` or `quicksight:ListIngestions`"
            }
            Self::Throttled(_) | Self::Failed(_) => {
                "Lambda repeats this run, and the daily import brings the same data"
            }
        }
    }
}

/// Why a task failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{task}: {}", .problems.join("; "))]
pub struct TaskError {
    pub task: &'static str,
    /// With their hints.
    pub problems: Vec<String>,
}

/// Why an invocation failed.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvocationError {
    #[error("the event was refused: {0}")]
    UnknownEvent(EventError),
    #[error("{}", texts(.0))]
    TasksFailed(Vec<TaskError>),
}

fn texts(errors: &[TaskError]) -> String {
    let texts: Vec<String> = errors.iter().map(ToString::to_string).collect();
    texts.join("; ")
}

impl From<InvocationError> for Diagnostic {
    fn from(error: InvocationError) -> Self {
        let name = match &error {
            InvocationError::UnknownEvent(_) => "UnknownEvent",
            InvocationError::TasksFailed(_) => "TasksFailed",
        };
        Self {
            error_type: name.to_owned(),
            error_message: error.to_string(),
        }
    }
}
