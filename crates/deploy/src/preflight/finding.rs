//! What one check has found.

use serde::Serialize;

use crate::aws::{AwsError, AwsErrorKind};
use crate::step::ErrorCategory;

/// How a check ended, the better the smaller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Pass,
    /// Not looked at, as a check before it failed.
    Skip,
    /// A deployment may succeed, but somebody should look at it.
    Warn,
    /// A deployment would fail, or be of no use.
    Fail,
}

/// What one check has found, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub verdict: Verdict,
    /// Lines, the most telling first.
    pub found: Vec<String>,
    /// What to do; nothing where all is well.
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

    /// Nothing yet: lines are added.
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

    /// What an error means for a deployment: what one may not look at may be well all the same.
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
