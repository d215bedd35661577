//! The rules that AWS documents but no schema contains, each with its page.

use std::collections::BTreeSet;

use kiro_dashboard::Language;

use crate::document::Document;
use crate::{broken, expressions, fields, forms, layout, limits, references};

/// A rule and its check, which returns one line per violation.
pub(crate) struct Rule {
    pub(crate) name: &'static str,
    pub(crate) page: &'static str,
    pub(crate) check: fn(&Document) -> Vec<String>,
}

pub(crate) fn all() -> Vec<Rule> {
    let mut rules = limits::rules();
    rules.extend(references::rules());
    rules.extend(fields::rules());
    rules.extend(layout::rules());
    rules.extend(expressions::rules());
    rules.extend(forms::rules());
    rules
}

#[test]
fn every_language_keeps_every_rule() {
    let mut problems = Vec::new();
    for language in Language::ALL {
        let document = crate::compiled(language);
        for rule in all() {
            let found = (rule.check)(document);
            if !found.is_empty() {
                problems.push(format!(
                    "{language}: {} ({}): {found:#?}",
                    rule.name, rule.page
                ));
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn every_rule_is_tried_and_finds_what_is_broken_for_it() {
    let whole = crate::compiled(Language::En);
    let mut tried = BTreeSet::new();
    for (name, change) in broken::CHANGES {
        let rule = all().into_iter().find(|rule| rule.name == name);
        let rule = rule.unwrap_or_else(|| panic!("no rule `{name}`"));
        let mut document = whole.clone();
        change(&mut document);
        let is_changed =
            document.definition != whole.definition || document.queries != whole.queries;
        assert!(is_changed, "{name}: nothing was changed");
        assert!(!(rule.check)(&document).is_empty(), "{name} finds nothing");
        tried.insert(name);
    }
    let rules: BTreeSet<&str> = all().iter().map(|rule| rule.name).collect();
    assert_eq!(
        rules.difference(&tried).collect::<Vec<_>>(),
        Vec::<&&str>::new()
    );
}

#[test]
fn every_rule_names_its_page() {
    for rule in all() {
        assert!(
            rule.page.starts_with("https://docs.aws.amazon.com/"),
            "{}",
            rule.name
        );
    }
}
