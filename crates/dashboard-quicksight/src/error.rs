//! What a dashboard asks for that `QuickSight` cannot show.

use kiro_dashboard::{LookupError, join_lines};

pub(crate) type Result<T, E = QuickSightError> = std::result::Result<T, E>;

/// All reasons why a dashboard cannot be compiled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", join_lines(errors))]
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
    /// Its dataset would have the id of the rules that restrict rows.
    #[error("`{relation}` says who sees which rows, and cannot be shown in Quick Sight")]
    Rules { relation: String },
    #[error(transparent)]
    Lookup(#[from] LookupError),
}

impl QuickSightError {
    pub(crate) fn unresolved(name: &str) -> Self {
        Self::Lookup(LookupError::unresolved(name))
    }

    pub(crate) fn unsupported(visual: &str, reason: &'static str) -> Self {
        Self::Unsupported {
            visual: visual.to_owned(),
            reason,
        }
    }
}
