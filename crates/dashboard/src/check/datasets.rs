//! Checks of colours and datasets.

use std::collections::BTreeMap;

use kiro_catalog::ColumnType;

use super::checker::Checker;
use super::pickers::check_binding;
use crate::spec::{At, Colour};

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
            check_binding(checker, dataset, picker, column);
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
