//! A problem of a deployment, and the grouping of equal problems of several datasets.

use serde::Serialize;

use crate::aws::AwsError;
use crate::step::ErrorCategory;

/// Maximum number of datasets that a problem names.
const MAX_NAMED: usize = 3;

/// A problem of a deployment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StatusProblem {
    #[serde(skip)]
    pub category: ErrorCategory,
    pub what: String,
    pub hint: String,
}

impl StatusProblem {
    pub(super) fn new(
        category: ErrorCategory,
        what: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self {
            category,
            what: what.into(),
            hint: hint.into(),
        }
    }

    pub(super) fn of(error: &AwsError) -> Self {
        Self::new(ErrorCategory::Aws, error.to_string(), error.hint())
    }

    /// The text before the id, the id and the text after it, if the problem concerns a dataset.
    fn around_data_set(&self) -> Option<(&str, &str, &str)> {
        let (before, rest) = self.what.split_once("dataset `")?;
        let (id, after) = rest.split_once('`')?;
        Some((before, id, after))
    }

    /// Returns true if both differ only in the dataset.
    fn is_same_problem(&self, other: &Self) -> bool {
        let text = |problem: &Self| -> Option<(String, String)> {
            let (before, _, after) = problem.around_data_set()?;
            Some((before.to_owned(), after.to_owned()))
        };
        self.hint == other.hint
            && self.category == other.category
            && text(self).is_some_and(|own| Some(own) == text(other))
    }
}

/// Groups equal problems of several datasets into one, at the place of the first. A problem that several stacks have in the same
/// words, such as a call that is denied, is listed once.
pub(super) fn grouped(problems: Vec<StatusProblem>) -> Vec<StatusProblem> {
    let mut groups: Vec<Vec<StatusProblem>> = Vec::new();
    for problem in problems {
        if groups.iter().flatten().any(|known| *known == problem) {
            continue;
        }
        match groups
            .iter_mut()
            .find(|group| group[0].is_same_problem(&problem))
        {
            Some(group) => group.push(problem),
            None => groups.push(vec![problem]),
        }
    }
    groups.into_iter().filter_map(merged).collect()
}

fn merged(mut group: Vec<StatusProblem>) -> Option<StatusProblem> {
    let count = group.len();
    if count < 2 {
        return group.pop();
    }
    let ids = group.iter().filter_map(StatusProblem::around_data_set);
    let named: Vec<String> = ids
        .map(|(_, id, _)| format!("`{id}`"))
        .take(MAX_NAMED)
        .collect();
    let more = match count.saturating_sub(MAX_NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let first = group.first()?;
    let (before, _, after) = first.around_data_set()?;
    let after = match (before, after.strip_prefix(" has ")) {
        ("", Some(rest)) => format!(" have {rest}"),
        _ => after.to_owned(),
    };
    Some(StatusProblem {
        what: format!(
            "{before}{count} datasets ({}{more}){after}",
            named.join(", ")
        ),
        ..first.clone()
    })
}

#[cfg(test)]
mod tests {
    use super::{StatusProblem, grouped};
    use crate::step::ErrorCategory;

    fn failed(id: &str, reason: &str) -> StatusProblem {
        let what = format!("the last import of dataset `{id}` has failed: {reason}");
        StatusProblem::new(ErrorCategory::Aws, what, "refresh")
    }

    #[test]
    fn a_problem_of_several_data_sets_is_reported_once() {
        let other = StatusProblem::new(ErrorCategory::Data, "the log is empty", "look");
        let problems = vec![
            failed("a", "no role"),
            other.clone(),
            failed("b", "no role"),
            failed("c", "no space"),
            failed("d", "no role"),
            failed("e", "no role"),
        ];
        let reported: Vec<String> = grouped(problems)
            .into_iter()
            .map(|problem| problem.what)
            .collect();
        assert_eq!(
            reported,
            [
                "the last import of 4 datasets (`a`, `b`, `d` and 1 more) has failed: no role",
                "the log is empty",
                "the last import of dataset `c` has failed: no space",
            ]
        );
        assert_eq!(grouped(vec![other.clone(), other.clone()]), [other]);
        let never = |id: &str| {
            let what = format!("dataset `{id}` has never been imported");
            StatusProblem::new(ErrorCategory::Data, what, "refresh")
        };
        let reported = grouped(vec![never("a"), never("b")]);
        assert_eq!(
            reported[0].what,
            "2 datasets (`a`, `b`) have never been imported"
        );
    }
}
