//! The finding of one check.

use serde::Serialize;

use crate::aws::{AwsError, AwsErrorKind};
use crate::step::ErrorCategory;

/// The verdict of a check, in ascending severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Pass,
    /// Not checked, because an earlier check failed.
    Skip,
    /// A deployment may succeed, but the finding needs attention.
    Warn,
    /// A deployment would fail, or would not be usable.
    Fail,
}

/// The finding of a check, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub verdict: Verdict,
    /// Lines, the most important first.
    pub found: Vec<String>,
    /// What to do; empty if there is nothing to do.
    pub advice: Vec<String>,
    #[serde(skip)]
    pub category: ErrorCategory,
}

impl Finding {
    pub(super) fn pass(found: impl Into<String>) -> Self {
        Self {
            verdict: Verdict::Pass,
            found: vec![found.into()],
            advice: Vec::new(),
            category: ErrorCategory::Aws,
        }
    }

    pub(super) fn skip(why: impl Into<String>) -> Self {
        Self {
            verdict: Verdict::Skip,
            ..Self::pass(why)
        }
    }

    /// A finding without lines, to be extended.
    pub(super) fn empty() -> Self {
        Self {
            found: Vec::new(),
            ..Self::pass("")
        }
    }

    pub(super) fn warn(found: impl Into<String>, advice: impl Into<String>) -> Self {
        let mut finding = Self::empty();
        finding.add_warning(found, advice);
        finding
    }

    pub(super) fn fail(
        category: ErrorCategory,
        found: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        let mut finding = Self::empty();
        finding.add_failure(category, found, advice);
        finding
    }

    /// The finding of a failed call. A denied read is only a warning: what it reads may be correct.
    pub(super) fn of(error: &AwsError) -> Self {
        let mut finding = Self::empty();
        finding.add_error(error);
        finding
    }

    pub(super) fn add(&mut self, found: impl Into<String>) {
        self.found.push(found.into());
    }

    pub(super) fn add_warning(&mut self, found: impl Into<String>, advice: impl Into<String>) {
        self.add(found);
        self.advise(advice);
        self.verdict = self.verdict.max(Verdict::Warn);
    }

    pub(super) fn add_failure(
        &mut self,
        category: ErrorCategory,
        found: impl Into<String>,
        advice: impl Into<String>,
    ) {
        self.add(found);
        self.advise(advice);
        self.verdict = Verdict::Fail;
        self.category = category;
    }

    pub(super) fn add_error(&mut self, error: &AwsError) {
        match error.kind {
            AwsErrorKind::Denied => self.add_warning(
                format!("could not be checked: {error}"),
                format!("allow `{}`, or verify it in another way", error.action()),
            ),
            _ => self.add_failure(ErrorCategory::Aws, error.to_string(), error.hint()),
        }
    }

    fn advise(&mut self, advice: impl Into<String>) {
        let advice = advice.into();
        if !advice.is_empty() && !self.advice.contains(&advice) {
            self.advice.push(advice);
        }
    }
}
