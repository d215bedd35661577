//! Every call of this program is in the list: read from the program's text, as each call names its action for messages.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use kiro_deploy::permissions::{FREE_CALLS, Statement, action_of_call, statements};

use crate::scope::scope;

/// Prefixes of actions.
const SERVICES: &[&str] = &[
    "athena",
    "cloudformation",
    "cloudwatch",
    "glue",
    "iam",
    "identitystore",
    "kms",
    "lakeformation",
    "lambda",
    "logs",
    "quicksight",
    "s3",
    "scheduler",
    "servicequotas",
    "sns",
    "sqs",
    "sso",
    "sts",
];

/// Texts that look like calls but are not.
const NO_CALLS: &[&str] = &[
    // Actions of policies that the program writes, not its own calls.
    "iam:PassedToService",
    "iam:PermissionsBoundary",
    "iam:PolicyARN",
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
}

/// Texts of the form `service:Operation`.
fn calls_in(text: &str) -> impl Iterator<Item = &str> {
    text.split('"').filter(|part| {
        part.split_once(':').is_some_and(|(service, name)| {
            SERVICES.contains(&service)
                && name.starts_with(|first: char| first.is_ascii_uppercase())
                && name.chars().all(|letter| letter.is_ascii_alphanumeric())
        })
    })
}

/// The texts of the program, without the list itself, which names every action.
fn program() -> Vec<(PathBuf, String)> {
    let mut files = Vec::new();
    for folder in ["src", "../cli/src"] {
        sources(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join(folder),
            &mut files,
        );
    }
    files.retain(|path| !path.to_string_lossy().contains("/src/permissions/"));
    assert!(files.len() > 50, "{files:?}");
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).unwrap();
        (path, text)
    };
    files.into_iter().map(read).collect()
}

#[test]
fn every_call_of_the_program_is_in_the_list() {
    let mut scope = scope(&[]);
    scope.exports_kms_keys = vec!["arn:aws:kms:*:123456789012:key/1".to_owned()];
    scope.results_kms_key = Some("arn:aws:kms:*:123456789012:key/2".to_owned());
    let allowed: BTreeSet<&str> = statements(&scope)
        .iter()
        .flat_map(Statement::actions)
        .collect();
    let mut missing = BTreeSet::new();
    for (path, text) in program() {
        for call in calls_in(&text) {
            let is_known = allowed.contains(action_of_call(call))
                || FREE_CALLS.contains(&call)
                || NO_CALLS.contains(&call);
            if !is_known {
                missing.insert(format!("{call} in {}", path.display()));
            }
        }
    }
    assert_eq!(missing, BTreeSet::new());
}

#[test]
fn actions_are_named_as_iam_names_them() {
    for (call, action) in [
        ("s3:HeadBucket", "s3:ListBucket"),
        ("s3:ListBuckets", "s3:ListAllMyBuckets"),
        ("lambda:Invoke", "lambda:InvokeFunction"),
        ("glue:GetTable", "glue:GetTable"),
    ] {
        assert_eq!(action_of_call(call), action);
    }
}
