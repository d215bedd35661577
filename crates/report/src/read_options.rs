//! What is known of an export beside its bytes.

use crate::{DateRules, ReportKind};

/// What is known of an export beside its bytes. The default knows nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadOptions {
    /// The report that the export's folder names. `None`: the header decides.
    pub kind: Option<ReportKind>,
    pub dates: DateRules,
    /// Columns that end in `_messages` and are no model, with or without that ending, in any spelling. Their cells are kept
    /// in `extra`.
    pub excluded_models: Vec<String>,
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
