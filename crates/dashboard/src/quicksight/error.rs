//! What a dashboard asks for that `QuickSight` cannot say.

use std::fmt;

use crate::error::RequestError;

/// Everything that keeps a dashboard from being compiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuickSightErrors {
    pub errors: Vec<QuickSightError>,
}

impl fmt::Display for QuickSightErrors {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.errors.iter().enumerate() {
            if index > 0 {
                formatter.write_str("\n")?;
            }
            write!(formatter, "{error}")?;
        }
        Ok(())
    }
}

impl std::error::Error for QuickSightErrors {}

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
