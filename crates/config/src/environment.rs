//! Variables of the environment whose name is nearly that of a setting.

use kiro_catalog::{did_you_mean, nearest};

use crate::declarations::SETTINGS;
use crate::problem::{Origin, Problem};

/// What the names of all variables of this program begin with.
const PREFIX: &str = "KIRO_ANALYTICS_";
/// Variables of flags that are no settings.
const OF_FLAGS: [&str; 2] = ["CONFIG", "TOKEN"];

/// The variables that look like a misspelled setting. Others with the prefix are left alone: container platforms set some.
pub fn misspelled_variables(names: impl IntoIterator<Item = String>) -> Vec<Problem> {
    let known: Vec<String> = SETTINGS
        .iter()
        .map(|setting| setting.key.to_uppercase())
        .chain(OF_FLAGS.map(str::to_owned))
        .collect();
    let mut problems: Vec<Problem> = names
        .into_iter()
        .filter_map(|name| {
            let word = name.strip_prefix(PREFIX)?;
            if known.iter().any(|known| known == word) {
                return None;
            }
            let near = nearest(word, known.iter().map(String::as_str))?;
            let near = format!("{PREFIX}{near}");
            Some(Problem {
                key: String::new(),
                text: format!("unknown variable{}", did_you_mean(Some(&near))),
                origin: Origin::Environment(name),
            })
        })
        .collect();
    problems.sort_by_key(|problem| problem.origin.to_string());
    problems
}

#[cfg(test)]
mod tests {
    use super::misspelled_variables;

    #[test]
    fn a_misspelled_variable_is_named_and_others_are_left_alone() {
        let names = [
            "KIRO_ANALYTICS_HASH_EMAILS",
            "KIRO_ANALYTICS_HASH_EMIALS",
            "KIRO_ANALYTICS_DATE",
            "KIRO_ANALYTICS_TOKEN",
            "KIRO_ANALYTICS_PORT_8080_TCP",
            "KIRO_ANALYTICS_SERVICE_HOST",
            "KIRO_DATE",
        ];
        let problems = misspelled_variables(names.map(str::to_owned));
        let texts: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert_eq!(
            texts,
            [
                "KIRO_ANALYTICS_DATE: unknown variable; did you mean `KIRO_ANALYTICS_DATA`?",
                "KIRO_ANALYTICS_HASH_EMIALS: unknown variable; did you mean `KIRO_ANALYTICS_HASH_EMAILS`?",
            ]
        );
    }
}
