//! Checks of sheets and visuals: the number of columns and measures of each type, and whether they fit together.

use kiro_catalog::ColumnType;

use super::checker::Checker;
use super::layout::check_layout;
use super::measures::check_measure_of;
use super::pickers::check_binding;
use super::predicates::check_predicates;
use crate::alias::column_alias;
use crate::spec::{At, Dataset, Detail, Dimension, Formula, Kind, Stack, Visual, Window};

pub(super) fn check_sheets(checker: &mut Checker<'_>) {
    let spec = checker.spec;
    let (mut sheets, mut visuals) = (Vec::new(), Vec::new());
    for sheet in &spec.document.sheets {
        check_unique(checker, "sheet", &sheet.id, &mut sheets);
        for picker in &sheet.pickers {
            checker.picker_name(picker);
        }
        for visual in &sheet.visuals {
            check_unique(checker, "visual", &visual.id, &mut visuals);
            check_visual(checker, visual);
        }
        check_layout(checker, sheet);
    }
}

fn check_unique<'a>(
    checker: &mut Checker<'a>,
    what: &'static str,
    id: &'a At<String>,
    seen: &mut Vec<&'a str>,
) {
    if seen.contains(&id.value.as_str()) {
        checker.duplicate(id, what, &id.value);
    }
    seen.push(&id.value);
}

fn check_visual<'a>(checker: &mut Checker<'a>, visual: &'a Visual) {
    check_shape(checker, visual);
    for picker in &visual.ignore {
        checker.picker_name(picker);
    }
    check_click(checker, visual);
    let Some(name) = &visual.dataset else {
        if visual.kind.value != Kind::Text {
            checker.expected(
                &visual.id,
                &format!("a `dataset` for `{}`", visual.id.value),
                "none",
            );
        }
        return;
    };
    let Some(dataset) = checker.dataset(name) else {
        return;
    };
    for (picker, column) in &visual.bind {
        check_binding(checker, dataset, picker, column);
    }
    check_predicates(checker, dataset, &visual.only);
    for dimension in &visual.by {
        check_dimension(checker, dataset, name, &visual.id, dimension);
    }
    for detail in &visual.details {
        match (&detail.column, &detail.bucket) {
            (Some(column), None) => {
                checker.column(dataset, column);
            }
            (None, Some(bucket)) => check_bucket_detail(checker, name, visual, dataset, bucket),
            _ => checker.expected(
                &visual.id,
                "either `column` or `bucket` in each detail",
                "both or neither",
            ),
        }
        if let Some(meaning) = &detail.meaning {
            checker.meaning(meaning);
        }
    }
    let mut all_known = true;
    for measure in visual.measures.iter().chain(&visual.hidden) {
        all_known &= check_measure_of(checker, measure, name);
    }
    check_time(checker, visual, dataset);
    if all_known {
        check_levels(checker, visual, dataset);
        check_additivity(checker, visual);
        check_sorts(checker, visual);
    }
}

fn check_shape(checker: &mut Checker<'_>, visual: &Visual) {
    let (dimensions, measures) = (visual.by.len(), visual.measures.len());
    let (fits, expected) = match visual.kind.value {
        Kind::Kpi => (dimensions == 0 && measures == 1, "one measure and no `by`"),
        Kind::Bar | Kind::Line | Kind::Area => {
            let fits = dimensions == 1 && measures >= 1 || dimensions == 2 && measures == 1;
            (
                fits,
                "an axis in `by` and measures, or an axis, a series and one measure",
            )
        }
        Kind::Donut => {
            let fits = dimensions == 1 && measures == 1 || dimensions == 0 && measures >= 2;
            (fits, "one `by` and one measure, or several measures")
        }
        Kind::Scatter => (
            dimensions == 1 && (2..=3).contains(&measures),
            "one `by` and two or three measures",
        ),
        Kind::Heatmap | Kind::Pivot => {
            (dimensions == 2 && measures == 1, "two `by` and one measure")
        }
        Kind::Table | Kind::Status if visual.transpose => {
            (dimensions == 0 && measures >= 1, "measures and no `by`")
        }
        Kind::Table | Kind::Status => (dimensions >= 1, "at least one `by`"),
        Kind::Text => (
            dimensions == 0 && measures == 0 && visual.dataset.is_none(),
            "no data",
        ),
    };
    if !fits {
        let found = format!("{dimensions} `by` and {measures} measures");
        checker.expected(
            &visual.kind,
            &format!("{expected} for `{}`", visual.id.value),
            &found,
        );
    }
}

fn check_dimension(
    checker: &mut Checker<'_>,
    dataset: &Dataset,
    name: &At<String>,
    id: &At<String>,
    dimension: &Dimension,
) {
    match (&dimension.column, &dimension.bucket) {
        (Some(column), None) => {
            if dimension.grain.is_some() {
                checker.column_of_type(dataset, column, "a `grain`", &[ColumnType::Date]);
            } else {
                checker.column(dataset, column);
            }
        }
        (None, Some(bucket)) => {
            let buckets = &checker.spec.document.buckets;
            match buckets.get(&bucket.value) {
                None => checker.unknown("bucket", bucket, buckets.keys().map(String::as_str)),
                Some(known) if known.dataset.value != name.value => {
                    let found = format!("`{}` over `{}`", bucket.value, known.dataset.value);
                    checker.expected(bucket, &format!("a bucket over `{}`", name.value), &found);
                }
                Some(_) => {}
            }
        }
        _ => checker.expected(
            id,
            "either `column` or `bucket` in each `by`",
            "both or neither",
        ),
    }
    if let Some(meaning) = &dimension.meaning {
        checker.meaning(meaning);
    }
}

/// A bucket as a detail needs rows by the key of the bucket.
fn check_bucket_detail(
    checker: &mut Checker<'_>,
    name: &At<String>,
    visual: &Visual,
    dataset: &Dataset,
    bucket: &At<String>,
) {
    let buckets = &checker.spec.document.buckets;
    let Some(known) = buckets.get(&bucket.value) else {
        checker.unknown("bucket", bucket, buckets.keys().map(String::as_str));
        return;
    };
    let key = dataset.level_column(known.level.value);
    let mut columns = visual.by.iter().filter_map(|by| by.column.as_ref());
    let has_key = columns.any(|column| Some(column.value.as_str()) == key);
    if known.dataset.value != name.value || !has_key {
        let expected = format!(
            "rows by the key of `{}`, over `{}`",
            bucket.value, known.dataset.value
        );
        checker.expected(bucket, &expected, "others");
    }
}

fn check_time(checker: &mut Checker<'_>, visual: &Visual, dataset: &Dataset) {
    if dataset.time.is_none() && (visual.trend || visual.compare || visual.window != Window::Range)
    {
        let found = format!("`{}` without one", dataset.relation.value);
        checker.expected(
            &visual.id,
            "a dataset with a `time` for `trend`, `compare` and `window`",
            &found,
        );
    }
    if visual.compare && visual.window == Window::All {
        checker.expected(
            &visual.id,
            "a window with a period before it for `compare`",
            "all days",
        );
    }
}

/// All inner steps are per the same key, and the other measures can be aggregated over it.
fn check_levels<'a>(checker: &mut Checker<'a>, visual: &'a Visual, dataset: &Dataset) {
    let spec = checker.spec;
    let bucket_levels = visual.by.iter().filter_map(|dimension| {
        let bucket = spec.bucket(dimension.bucket.as_ref()?).ok()?;
        Some(bucket.level.value)
    });
    let mut level = bucket_levels.fold(None, |_, level| Some(level));
    let measures: Vec<&At<String>> = visual.measures.iter().chain(&visual.hidden).collect();
    for measure in &measures {
        match (spec.level_of_measure(measure), level) {
            (Ok(Some(own)), Some(level)) if own != level => {
                let reason = "another part of the visual is first aggregated per another key";
                checker.aggregation(measure, reason);
            }
            (Ok(Some(own)), None) => level = Some(own),
            _ => {}
        }
    }
    let Some(level) = level else { return };
    let key = dataset.level_column(level);
    for measure in measures {
        if !can_be_aggregated_again(checker, measure, key, 0) {
            let reason = "it cannot be added up over users or days: use a sum, a ratio, or a count of users or days";
            checker.aggregation(measure, reason);
        }
    }
}

fn can_be_aggregated_again(
    checker: &Checker<'_>,
    name: &str,
    key: Option<&str>,
    depth: usize,
) -> bool {
    let Ok(measure) = checker.spec.measure(name) else {
        return true;
    };
    match &measure.is {
        Formula::Average(_) => false,
        Formula::Distinct(column) => Some(column.value.as_str()) == key,
        Formula::AveragePer { .. } | Formula::CountWhere { .. } => true,
        _ => {
            depth > 20
                || measure
                    .parts()
                    .iter()
                    .all(|part| can_be_aggregated_again(checker, part, key, depth + 1))
        }
    }
}

fn check_additivity(checker: &mut Checker<'_>, visual: &Visual) {
    let folds = visual.rest
        || visual.cumulative
        || visual.stack == Stack::Percent
        || visual
            .by
            .get(1)
            .is_some_and(|series| series.limit.is_some());
    if !folds {
        return;
    }
    for measure in &visual.measures {
        if !checker.spec.is_additive(measure) {
            let reason = "`rest`, `cumulative`, `percent` and the limit of a series add numbers up: use sums";
            checker.aggregation(measure, reason);
        }
    }
}

fn check_sorts(checker: &mut Checker<'_>, visual: &Visual) {
    let mut known: Vec<&str> = visual
        .measures
        .iter()
        .chain(&visual.hidden)
        .map(|name| name.value.as_str())
        .collect();
    known.extend(visual.by.iter().filter_map(Dimension::source));
    known.extend(visual.details.iter().filter_map(Detail::source));
    let labels = checker
        .spec
        .document
        .datasets
        .values()
        .filter_map(|dataset| dataset.user.as_ref());
    known.extend(labels.map(|user| user.label.value.as_str()));
    for sort in &visual.sort {
        if !known.contains(&sort.by.value.as_str()) {
            checker.unknown("column of this visual", &sort.by, known.iter().copied());
        }
    }
}

fn check_click(checker: &mut Checker<'_>, visual: &Visual) {
    let Some(click) = &visual.click else { return };
    let sheets = &checker.spec.document.sheets;
    if !sheets
        .iter()
        .any(|sheet| sheet.id.value == click.sheet.value)
    {
        checker.unknown(
            "sheet",
            &click.sheet,
            sheets.iter().map(|sheet| sheet.id.value.as_str()),
        );
    }
    checker.picker_name(&click.picker);
    let columns: Vec<&str> = visual
        .by
        .iter()
        .filter_map(|by| by.column.as_ref())
        .map(|column| column.value.as_str())
        .collect();
    if !columns
        .iter()
        .any(|column| column_alias(column) == column_alias(&click.from))
    {
        checker.unknown("column of this visual", &click.from, columns);
    }
}
