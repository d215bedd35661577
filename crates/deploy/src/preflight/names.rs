//! The settings, and the lengths of the names derived from them.

use kiro_config::{Origin, Problem, Problems, Resolved};

use super::finding::Finding;
use crate::aws::AwsError;
use crate::names::Names;
use crate::stack::Stack;
use crate::step::ErrorCategory;

pub(super) fn settings(resolved: &Result<Resolved, Problems>, wrong: &Problems) -> Finding {
    let mut finding = Finding::empty();
    let mut add = |problems: &[Problem], advice: &str| {
        for problem in problems {
            finding.add_failure(ErrorCategory::Usage, problem.to_string(), advice);
        }
    };
    let list = "`kiro-analytics config show` lists every setting; kiro-analytics.example.toml explains them";
    add(&wrong.0, list);
    match resolved {
        Err(more) => add(&more.0, list),
        Ok(resolved) => {
            add(
                &resolved.settings.missing(),
                "`kiro-analytics init` finds the values in the account and writes kiro-analytics.toml",
            );
            for remark in &resolved.remarks {
                finding.add_warning(
                    remark.clone(),
                    "docs/migrating.md lists each variable of the AWS sample; unset this one",
                );
            }
            let given = resolved.values.iter().filter(|(_, value, origin)| {
                !value.is_null() && !matches!(origin, Origin::Default)
            });
            if finding.found.is_empty() {
                finding.add(format!(
                    "{} settings are set, the others have their defaults",
                    given.count()
                ));
            }
        }
    }
    finding
}

/// Checks the lengths of the names. `stack` is the existing one: only a new deployment has all limits.
pub(super) fn lengths(names: &Names, stack: &Result<Option<Stack>, AwsError>) -> Finding {
    let problems = match stack {
        Ok(None) => names.problems_of_new_deployment(),
        Ok(Some(_)) | Err(_) => names.problems(),
    };
    if problems.is_empty() {
        return Finding::pass(format!(
            "`{}` fits into every name in {}",
            names.prefix, names.region
        ));
    }
    let mut finding = Finding::empty();
    for problem in problems {
        finding.add_failure(
            ErrorCategory::Usage,
            problem,
            "name a shorter prefix with --prefix",
        );
    }
    finding
}
