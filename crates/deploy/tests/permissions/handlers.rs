//! Every permission in the handlers of the template's resource types is in the list, or listed here with a reason.

use std::collections::BTreeSet;
use std::path::Path;

use kiro_deploy::permissions::{Statement, statements};

use crate::scope::scope;

const HANDLERS: &str = include_str!("handlers.tsv");

/// Permissions of handlers that the template never needs: type, reason, actions.
const UNUSED: &str = include_str!("unused.tsv");

/// Lines of three cells, the last of which is a list.
fn rows(text: &'static str) -> Vec<(&'static str, &'static str, Vec<&'static str>)> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let mut cells = line.split('\t');
            let (first, second) = (cells.next().unwrap(), cells.next().unwrap());
            (first, second, cells.next().unwrap().split(' ').collect())
        })
        .collect()
}

fn types_in_template() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cfn");
    let mut types = BTreeSet::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_some_and(|end| end == "yaml") {
            let text = std::fs::read_to_string(path).unwrap();
            let lines = text.lines();
            let named = lines.filter_map(|line| line.trim().strip_prefix("Type: AWS::"));
            types.extend(named.map(|rest| format!("AWS::{rest}")));
        }
    }
    // Types of parameters, which hold values of the parameter store or ids.
    types.retain(|kind| kind.matches("::").count() == 2 && !kind.contains('<'));
    types
}

#[test]
fn the_schemas_are_those_of_the_template() {
    let known: BTreeSet<String> = rows(HANDLERS)
        .iter()
        .map(|(kind, ..)| (*kind).to_owned())
        .collect();
    assert_eq!(types_in_template(), known);
}

#[test]
fn every_permission_of_a_handler_is_in_the_list_or_explained() {
    let allowed: BTreeSet<&str> = statements(&scope(&[]))
        .iter()
        .flat_map(Statement::actions)
        .collect();
    let unused = rows(UNUSED);
    let is_unused = |kind: &str, action: &str| {
        let mut unused = unused.iter();
        unused.any(|(of, _, actions)| *of == kind && actions.contains(&action))
    };
    let mut missing = Vec::new();
    for (kind, handler, actions) in rows(HANDLERS) {
        for action in actions {
            if !allowed.contains(action) && !is_unused(kind, action) {
                missing.push(format!("{kind} {handler}: {action}"));
            }
        }
    }
    assert_eq!(missing, Vec::<String>::new());
}

#[test]
fn an_explanation_is_of_a_permission_that_a_handler_names() {
    let handlers = rows(HANDLERS);
    for (kind, reason, actions) in rows(UNUSED) {
        for action in actions {
            let is_named = handlers
                .iter()
                .any(|(of, _, named)| *of == kind && named.contains(&action));
            assert!(is_named, "{kind} {action}: {reason}");
        }
    }
}
