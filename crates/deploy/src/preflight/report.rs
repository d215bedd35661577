//! The findings of all checks.

use serde::Serialize;

use super::finding::{Finding, Verdict};
use super::input::PreflightInput;
use crate::step::ErrorCategory;

/// One check with its finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckReport {
    pub number: usize,
    pub name: &'static str,
    pub title: &'static str,
    #[serde(flatten)]
    pub finding: Finding,
}

/// The findings of all checks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PreflightReport {
    pub prefix: String,
    pub version: String,
    pub checks: Vec<CheckReport>,
    pub passed: usize,
    pub warnings: usize,
    pub failed: usize,
    pub skipped: usize,
}

impl PreflightReport {
    pub(super) fn of(input: &PreflightInput, checks: Vec<CheckReport>) -> Self {
        let count = |verdict: Verdict| {
            let is = |check: &&CheckReport| check.finding.verdict == verdict;
            checks.iter().filter(is).count()
        };
        Self {
            prefix: input.prefix.clone(),
            version: input.version.clone(),
            passed: count(Verdict::Pass),
            warnings: count(Verdict::Warn),
            failed: count(Verdict::Fail),
            skipped: count(Verdict::Skip),
            checks,
        }
    }

    /// The category of the most severe failure; none if no check failed.
    pub fn category(&self) -> Option<ErrorCategory> {
        let failed = |category: ErrorCategory| {
            let is = |check: &CheckReport| {
                check.finding.verdict == Verdict::Fail && check.finding.category == category
            };
            self.checks.iter().any(is)
        };
        [
            ErrorCategory::Aws,
            ErrorCategory::Usage,
            ErrorCategory::Data,
        ]
        .into_iter()
        .find(|category| failed(*category))
    }
}
