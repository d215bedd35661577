//! What a dashboard asks for that `QuickSight` cannot say.

use crate::error::{RequestError, listed};

/// Everything that keeps a dashboard from being compiled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", listed(errors))]
pub struct QuickSightErrors {
    pub errors: Vec<QuickSightError>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QuickSightError {
    #[error("`{visual}` cannot be made in QuickSight: {reason}")]
    Unsupported {
        visual: String,
        reason: &'static str,
    },
    /// The catalogue is not the one that the spec was checked against.
    #[error("the catalogue has no relation `{relation}`")]
    NoRelation { relation: String },
    /// A checked spec never leads here.
    #[error("the dashboard refers to `{name}`, which is not there")]
    Unresolved { name: String },
}

impl QuickSightError {
    pub(crate) fn unresolved(name: &str) -> Self {
        Self::Unresolved {
            name: name.to_owned(),
        }
    }

    pub(crate) fn unsupported(visual: &str, reason: &'static str) -> Self {
        Self::Unsupported {
            visual: visual.to_owned(),
            reason,
        }
    }
}

impl From<RequestError> for QuickSightError {
    fn from(error: RequestError) -> Self {
        match error {
            RequestError::Unresolved { name } => Self::Unresolved { name },
            other => Self::Unresolved {
                name: other.to_string(),
            },
        }
    }
}
