//! What is known of an export beside its bytes.

use std::sync::Arc;

use crate::{DateRules, Names, ReportKind};

/// What is known of an export beside its bytes. The default knows nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadOptions {
    /// The report that the export's folder names. `None`: the header decides.
    pub kind: Option<ReportKind>,
    pub dates: DateRules,
    /// Other spellings of names, and columns that are no models.
    pub names: Arc<Names>,
}

impl ReadOptions {
    /// Options of an export of this report, nothing else known.
    pub fn of_kind(kind: ReportKind) -> Self {
        Self {
            kind: Some(kind),
            ..Self::default()
        }
    }
}
