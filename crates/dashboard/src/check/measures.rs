//! Checks of measures and buckets: columns, types, datasets, levels, thresholds.

use kiro_catalog::ColumnType;

use super::checker::Checker;
use super::predicates::check_predicates;
use crate::error::SpecErrorKind;
use crate::spec::{At, Comparison, Condition, Dataset, Formula, Level, Measure, Threshold};

const NUMBERS: [ColumnType; 2] = [ColumnType::Bigint, ColumnType::Double];
const TWO_STEPS: &str = "it already has two aggregation steps";
/// Any length of the window, in days: the check only asks whether the number exists.
const ANY_DAYS: u32 = 30;

pub(super) fn check_measures(checker: &mut Checker<'_>) {
    let spec = checker.spec;
    for (name, measure) in &spec.document.measures {
        if let Some(colour) = &measure.colour
            && spec.pinned_colour(&colour.value).is_none()
        {
            let meanings = &spec.document.colours.meanings;
            let known: Vec<String> = meanings
                .iter()
                .flat_map(|(meaning, values)| {
                    values.keys().map(move |value| format!("{meaning}.{value}"))
                })
                .collect();
            checker.unknown("colour", colour, known.iter().map(String::as_str));
        }
        let dataset = measure
            .dataset
            .as_ref()
            .and_then(|dataset| checker.dataset(dataset));
        check_formula(checker, name, measure, dataset);
        if let Some(dataset) = dataset {
            check_predicates(checker, dataset, &measure.only);
        }
    }
}

fn check_formula<'a>(
    checker: &mut Checker<'a>,
    name: &str,
    measure: &At<Measure>,
    dataset: Option<&'a Dataset>,
) {
    let names_columns = measure.parts().is_empty();
    if names_columns && measure.dataset.is_none() {
        checker.expected(
            measure,
            &format!("a `dataset` for `{name}`, which names a column"),
            "none",
        );
    }
    if let Some(dataset) = dataset {
        match &measure.is {
            Formula::Sum(column) | Formula::Average(column) => {
                checker.column_of_type(dataset, column, &format!("`{name}`"), &NUMBERS);
            }
            Formula::Distinct(column) | Formula::Max(column) | Formula::Min(column) => {
                checker.column(dataset, column);
            }
            _ => {}
        }
    }
    if !names_columns && check_parts_exist(checker, name, measure) {
        check_parts_fit(checker, name, measure);
    }
    if let Formula::CountWhere { all, level } = &measure.is {
        for condition in all {
            check_threshold(checker, condition);
        }
        if let Some(dataset) = dataset {
            check_level(checker, dataset, level);
        }
    }
    if let Formula::Scaled { by, .. } = &measure.is {
        check_number(checker, by);
    }
    if !names_columns && !measure.only.is_empty() {
        checker.expected(
            measure,
            "`only` on the measures that it is made of",
            &format!("it on `{name}`"),
        );
    }
}

fn check_parts_exist(checker: &mut Checker<'_>, name: &str, measure: &At<Measure>) -> bool {
    let measures = &checker.spec.document.measures;
    let mut all = true;
    for part in measure.parts() {
        if !measures.contains_key(&part.value) {
            checker.unknown("measure", part, measures.keys().map(String::as_str));
            all = false;
        } else if refers_to(checker, &part.value, name, 0) {
            let measure = name.to_owned();
            checker.report(part, SpecErrorKind::Cycle { measure });
            all = false;
        }
    }
    all
}

fn refers_to(checker: &Checker<'_>, from: &str, to: &str, depth: usize) -> bool {
    let measures = &checker.spec.document.measures;
    from == to
        || depth > measures.len()
        || measures.get(from).is_some_and(|measure| {
            measure
                .parts()
                .iter()
                .any(|part| refers_to(checker, &part.value, to, depth + 1))
        })
}

/// The parts are of one dataset, and have one step where the measure itself adds the second.
fn check_parts_fit(checker: &mut Checker<'_>, name: &str, measure: &At<Measure>) {
    let spec = checker.spec;
    let own = spec.dataset_of_measure(name).map(str::to_owned);
    let takes_second_step = matches!(
        measure.is,
        Formula::AveragePer { .. } | Formula::CountWhere { .. }
    );
    for part in measure.parts() {
        if let (Ok(own), Ok(found)) = (&own, spec.dataset_of_measure(part))
            && own != found
        {
            checker.other_dataset(part, found, own);
        }
        if takes_second_step
            && spec
                .level_of_measure(part)
                .is_ok_and(|level| level.is_some())
        {
            checker.aggregation(part, TWO_STEPS);
        }
    }
}

pub(super) fn check_level(checker: &mut Checker<'_>, dataset: &Dataset, level: &At<Level>) {
    let expected = match level.value {
        Level::User => "a dataset with a `user`",
        Level::Time => "a dataset with a `time`",
    };
    if dataset.level_column(level.value).is_none() {
        checker.expected(
            level,
            expected,
            &format!("`{}` without one", dataset.relation.value),
        );
    }
}

pub(super) fn check_threshold(checker: &mut Checker<'_>, condition: &Condition) {
    if matches!(condition.op, Comparison::In | Comparison::NotIn) {
        checker.expected(&condition.value, "a comparison with one number", "a list");
    }
    check_number(checker, &condition.value);
}

fn check_number(checker: &mut Checker<'_>, number: &At<Threshold>) {
    if checker.spec.resolve_threshold(number, ANY_DAYS).is_none() {
        let expected =
            "a number, or a number of the configuration such as `segments.intensive_days`";
        checker.expected(number, expected, "neither");
    }
}

/// The measure exists and belongs to the dataset.
pub(super) fn check_measure_of(
    checker: &mut Checker<'_>,
    at: &At<String>,
    dataset: &At<String>,
) -> bool {
    let Some(found) = dataset_of_known_measure(checker, at) else {
        return false;
    };
    if found != dataset.value {
        checker.other_dataset(at, found, &dataset.value);
    }
    found == dataset.value
}

/// The dataset of a measure that exists. A measure whose parts do not exist is reported at its own definition.
pub(super) fn dataset_of_known_measure<'a>(
    checker: &mut Checker<'a>,
    at: &At<String>,
) -> Option<&'a str> {
    let spec = checker.spec;
    if !spec.document.measures.contains_key(&at.value) {
        checker.unknown(
            "measure",
            at,
            spec.document.measures.keys().map(String::as_str),
        );
    }
    spec.dataset_of_measure(&at.value).ok()
}

pub(super) fn check_buckets(checker: &mut Checker<'_>) {
    let spec = checker.spec;
    for (name, bucket) in &spec.document.buckets {
        checker.meaning(&bucket.meaning);
        if let Some(dataset) = checker.dataset(&bucket.dataset) {
            check_level(checker, dataset, &bucket.level);
        }
        let mut seen = Vec::new();
        for rule in &bucket.rules {
            if seen.contains(&&rule.name.value) {
                checker.duplicate(&rule.name, "rule", &rule.name.value);
            }
            seen.push(&rule.name.value);
            for condition in rule.any.iter().chain(&rule.all) {
                check_threshold(checker, condition);
                if check_measure_of(checker, &condition.measure, &bucket.dataset)
                    && spec
                        .level_of_measure(&condition.measure)
                        .is_ok_and(|level| level.is_some())
                {
                    checker.aggregation(&condition.measure, TWO_STEPS);
                }
            }
        }
        let last = bucket.rules.last();
        if last.is_none_or(|rule| !rule.any.is_empty() || !rule.all.is_empty()) {
            checker.expected(
                bucket,
                &format!("a last rule of `{name}` without conditions"),
                "none",
            );
        }
    }
}
