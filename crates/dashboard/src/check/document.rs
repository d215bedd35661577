//! All checks of a file, and those of its version and texts.

use kiro_catalog::nearest;

use super::checker::Checker;
use super::datasets::{check_colours, check_datasets};
use super::measures::{check_buckets, check_measures};
use super::pickers::check_pickers;
use super::visuals::check_sheets;
use crate::checked_spec::Spec;
use crate::error::{SpecError, SpecErrorKind};
use crate::spec::At;
use crate::text::{Language, Texts};
use crate::text_keys::text_keys;

/// All mistakes of a dashboard, in the order of the file.
pub(crate) fn check(spec: &Spec, file_name: &str) -> Vec<SpecError> {
    let mut checker = Checker {
        spec,
        file_name,
        errors: Vec::new(),
    };
    check_version(&mut checker);
    check_colours(&mut checker);
    check_datasets(&mut checker);
    check_pickers(&mut checker);
    check_measures(&mut checker);
    check_buckets(&mut checker);
    check_sheets(&mut checker);
    check_texts(&mut checker);
    let mut errors = checker.errors;
    errors.sort_by_key(|error| (error.line, error.column));
    errors
}

fn check_version(checker: &mut Checker<'_>) {
    let version = &checker.spec.document.version;
    if version.value != 1 {
        checker.expected(version, "version 1", &format!("`{}`", version.value));
    }
}

/// The file has all texts that are not built in.
fn check_texts(checker: &mut Checker<'_>) {
    let Ok(texts) = Texts::builtin(Language::En) else {
        return;
    };
    for text in text_keys(checker.spec) {
        if text.own.is_some() || texts.get(&text.key).is_some() {
            continue;
        }
        let (line, column) = text.location;
        let part = At {
            value: (),
            line,
            column,
        };
        let nearest = nearest(&text.key, texts.keys());
        let kind = SpecErrorKind::MissingText {
            key: text.key,
            language: "en",
            nearest,
        };
        checker.report(&part, kind);
    }
}
