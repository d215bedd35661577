//! Checks of colours, datasets and pickers.

use std::collections::BTreeMap;

use kiro_catalog::ColumnType;

use super::checker::Checker;
use super::measures::dataset_of_known_measure;
use crate::spec::{At, Colour, PICKER_IDS, PickerKind, PickerOptions};

pub(super) fn check_colours(checker: &mut Checker<'_>) {
    let colours = &checker.spec.document.colours;
    let pinned = colours.meanings.values().flat_map(BTreeMap::values);
    let mut all: Vec<&At<Colour>> = colours.palette.iter().chain(pinned).collect();
    all.sort_by_key(|colour| (colour.line, colour.column));
    let mut seen: Vec<String> = Vec::new();
    for colour in all {
        for code in [&colour.light, &colour.dark] {
            let hex = code.strip_prefix('#').is_some_and(|hex| {
                hex.len() == 6 && hex.chars().all(|digit| digit.is_ascii_hexdigit())
            });
            if !hex {
                checker.expected(colour, "a colour such as `#0972d3`", &format!("`{code}`"));
            }
        }
        let light = colour.light.to_lowercase();
        if seen.contains(&light) {
            checker.duplicate(colour, "colour", &light);
        } else {
            seen.push(light);
        }
    }
}

pub(super) fn check_datasets(checker: &mut Checker<'_>) {
    let spec = checker.spec;
    for dataset in spec.document.datasets.values() {
        if spec.columns(&dataset.relation).is_none() {
            checker.unknown("relation", &dataset.relation, spec.relations.names());
            continue;
        }
        if let Some(time) = &dataset.time {
            checker.column_of_type(dataset, &time.column, "the time", &[ColumnType::Date]);
        }
        if let Some(user) = &dataset.user {
            checker.column(dataset, &user.id);
            checker.column(dataset, &user.label);
            if let Some(number) = &user.number {
                checker.column_of_type(dataset, number, "a user's number", &[ColumnType::Bigint]);
            }
        }
        for (picker, column) in &dataset.bind {
            checker.picker_name(&At {
                value: picker.clone(),
                line: column.line,
                column: column.column,
            });
            checker.column(dataset, column);
        }
    }
    if let Some(anchor) = &spec.document.anchor
        && let Some(dataset) = checker.dataset(&anchor.dataset)
    {
        checker.column_of_type(dataset, &anchor.column, "the anchor", &[ColumnType::Date]);
    }
    for name in &spec.document.days {
        if let Some(dataset) = checker.dataset(name)
            && dataset.time.is_none()
        {
            checker.expected(
                name,
                "a dataset with a time",
                &format!("`{}` without one", name.value),
            );
        }
    }
}

pub(super) fn check_pickers(checker: &mut Checker<'_>) {
    let spec = checker.spec;
    let mut seen = Vec::new();
    for picker in &spec.document.pickers {
        let id = &picker.id;
        if !PICKER_IDS.contains(&id.value.as_str()) {
            checker.unknown("picker", id, PICKER_IDS);
        }
        if seen.contains(&&id.value) {
            checker.duplicate(id, "picker", &id.value);
        }
        seen.push(&id.value);
        if let Some(meaning) = &picker.meaning {
            checker.meaning(meaning);
        }
        for column in &picker.columns {
            check_picker_column(checker, column);
        }
        match (&picker.options, picker.kind) {
            (None, PickerKind::Many | PickerKind::One) => {
                checker.expected(id, "`options` for a picker of values", "none");
            }
            (Some(_), PickerKind::Dates) => checker.expected(id, "no `options` for dates", "some"),
            (None, PickerKind::Dates) => {}
            (Some(options), _) => {
                if let Some(dataset) = checker.dataset(&options.dataset) {
                    checker.column(dataset, &options.value);
                    for column in options.label.iter().chain(&options.detail) {
                        checker.column(dataset, column);
                    }
                    if let Some(by) = &options.by {
                        check_options_measure(checker, by, options);
                    }
                }
            }
        }
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

/// At least one dataset has the column of a picker.
fn check_picker_column(checker: &mut Checker<'_>, column: &At<String>) {
    let spec = checker.spec;
    let relations = spec
        .document
        .datasets
        .values()
        .map(|dataset| dataset.relation.value.as_str());
    let columns = || relations.clone().filter_map(|name| spec.columns(name));
    if columns().any(|columns| columns.contains_key(&column.value)) {
        return;
    }
    let known = columns().flat_map(|columns| columns.keys().map(String::as_str));
    checker.unknown("column", column, known);
}
