//! Checks of pickers: ids, kinds, columns, options.

use kiro_catalog::ColumnType;

use super::checker::Checker;
use super::measures::dataset_of_known_measure;
use crate::spec::{At, Dataset, Picker, PickerKind, PickerOptions, RESERVED_PICKER_IDS};

pub(super) fn check_pickers(checker: &mut Checker<'_>) {
    let spec = checker.spec;
    let pickers = &spec.document.pickers;
    let mut seen = Vec::new();
    for picker in pickers {
        check_id(checker, &picker.id);
        if seen.contains(&&picker.id.value) {
            checker.duplicate(&picker.id, "picker", &picker.id.value);
        }
        seen.push(&picker.id.value);
        if let Some(meaning) = &picker.meaning {
            checker.meaning(meaning);
        }
        for column in &picker.columns {
            check_column(checker, picker, column);
        }
        check_choice(checker, picker);
        check_options(checker, picker);
    }
    let dates = pickers.iter().filter(|one| one.kind == PickerKind::Dates);
    check_at_most(checker, 1, "one picker of dates", dates);
    let users = pickers.iter().filter(|one| spec.is_user_picker(one));
    check_at_most(checker, 1, "one picker of one user", users);
    let together = pickers.iter().filter(|one| one.together);
    check_at_most(checker, 2, "two pickers with `together`", together);
}

/// The ids are keys of addresses.
fn check_id(checker: &mut Checker<'_>, id: &At<String>) {
    let is_word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if !id.starts_with(|first: char| first.is_ascii_lowercase()) || !id.bytes().all(is_word) {
        checker.expected(
            id,
            "a picker id of lower-case letters, digits and `_` that begins with a letter",
            &format!("`{}`", id.value),
        );
    }
    if RESERVED_PICKER_IDS.contains(&id.value.as_str()) {
        let reserved = RESERVED_PICKER_IDS.join("`, `");
        let expected = format!("a picker id other than `{reserved}`");
        checker.expected(id, &expected, &format!("`{}`", id.value));
    }
}

fn check_at_most<'a>(
    checker: &mut Checker<'_>,
    limit: usize,
    expected: &str,
    pickers: impl Iterator<Item = &'a Picker>,
) {
    let pickers: Vec<&Picker> = pickers.collect();
    let Some(surplus) = pickers.get(limit) else {
        return;
    };
    let ids: Vec<&str> = pickers.iter().map(|picker| picker.id.as_str()).collect();
    let found = format!("`{}`", ids.join("`, `"));
    checker.expected(&surplus.id, &format!("at most {expected}"), &found);
}

/// `empty` and `together` are for pickers of several values.
fn check_choice(checker: &mut Checker<'_>, picker: &Picker) {
    let given = [("empty", picker.empty), ("together", picker.together)];
    for (name, _) in given.into_iter().filter(|(_, is_given)| *is_given) {
        if picker.kind != PickerKind::Many {
            let expected = format!("`{name}` only for a picker of several values");
            checker.expected(&picker.id, &expected, &format!("`{}`", picker.id.value));
        }
    }
}

fn check_options(checker: &mut Checker<'_>, picker: &Picker) {
    let id = &picker.id;
    let options = match (&picker.options, picker.kind) {
        (Some(options), PickerKind::Many | PickerKind::One) => options,
        (None, PickerKind::Many | PickerKind::One) => {
            return checker.expected(id, "`options` for a picker of values", "none");
        }
        (Some(_), PickerKind::Dates) => {
            return checker.expected(id, "no `options` for dates", "some");
        }
        (None, PickerKind::Dates) => return,
    };
    let Some(dataset) = checker.dataset(&options.dataset) else {
        return;
    };
    for column in [&options.value].into_iter().chain(&options.label) {
        check_text(checker, dataset, picker, column);
    }
    if let Some(detail) = &options.detail {
        checker.column(dataset, detail);
    }
    if let Some(by) = &options.by {
        check_options_measure(checker, by, options);
    }
}

/// The measure that sorts a picker's values can be of another dataset that has the same column.
fn check_options_measure(checker: &mut Checker<'_>, by: &At<String>, options: &PickerOptions) {
    if let Some(name) = dataset_of_known_measure(checker, by)
        && let Ok(dataset) = checker.spec.dataset(name)
    {
        checker.column(dataset, &options.value);
    }
}

/// At least one dataset has the column of a picker, and it holds texts wherever it is.
fn check_column(checker: &mut Checker<'_>, picker: &Picker, column: &At<String>) {
    let spec = checker.spec;
    let datasets = spec.document.datasets.values();
    let known = datasets.filter_map(|dataset| {
        let columns = spec.columns(&dataset.relation)?;
        Some((&dataset.value, columns))
    });
    let having = known
        .clone()
        .filter(|(_, columns)| columns.contains_key(&column.value));
    let first = having.clone().next();
    let other = having
        .map(|(dataset, _)| dataset)
        .find(|dataset| column_type(checker, dataset, column) != Some(ColumnType::Varchar));
    match (first, other) {
        (None, _) => {
            let names = known.flat_map(|(_, columns)| columns.keys().map(String::as_str));
            checker.unknown("column", column, names);
        }
        (_, Some(dataset)) => check_text(checker, dataset, picker, column),
        _ => {}
    }
}

fn column_type(checker: &Checker<'_>, dataset: &Dataset, column: &str) -> Option<ColumnType> {
    checker.spec.column_type(&dataset.relation, column)
}

/// The picker of a binding exists, and its column holds texts.
pub(super) fn check_binding(
    checker: &mut Checker<'_>,
    dataset: &Dataset,
    id: &str,
    column: &At<String>,
) {
    checker.picker_name(&At {
        value: id.to_owned(),
        line: column.line,
        column: column.column,
    });
    match checker.spec.picker(id) {
        Ok(picker) => check_text(checker, dataset, picker, column),
        Err(_) => {
            checker.column(dataset, column);
        }
    }
}

/// A choice is compared as a text.
fn check_text(checker: &mut Checker<'_>, dataset: &Dataset, picker: &Picker, column: &At<String>) {
    let what = format!("the picker `{}`", picker.id.value);
    checker.column_of_type(dataset, column, &what, &[ColumnType::Varchar]);
}
