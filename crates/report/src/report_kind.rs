//! The two reports Kiro exports.

use crate::Dataset;

/// Which report an export belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReportKind {
    /// The current report: one row per user, day and client, with credits and models.
    UserReport,
    /// The legacy report: one row per user and day, with 44 counters of code activity.
    ByUserAnalytic,
}

impl ReportKind {
    /// Both kinds.
    pub const ALL: [Self; 2] = [Self::UserReport, Self::ByUserAnalytic];

    /// The folder of this report, which is also the middle of its object names.
    pub const fn folder(self) -> &'static str {
        match self {
            Self::UserReport => "user_report",
            Self::ByUserAnalytic => "by_user_analytic",
        }
    }

    /// The dataset that an export of this report has a part of, even if it has no rows.
    pub const fn dataset(self) -> Dataset {
        match self {
            Self::UserReport => Dataset::Facts,
            Self::ByUserAnalytic => Dataset::Code,
        }
    }

    /// The report of a folder name, in any letter case.
    pub fn from_folder(folder: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.folder().eq_ignore_ascii_case(folder))
    }
}
