//! Rows and series beyond a limit as one, and running totals.

use std::collections::{BTreeMap, HashMap};

use kiro_dashboard::spec::Dimension;

use super::model::{Figure, OTHER};
use crate::column::ColumnRole;
use crate::compile::{PlanColumn, Source, VisualPlan};
use crate::value::Value;

/// Adds up the series beyond the limit of the second dimension.
pub(super) fn fold_series(plan: &VisualPlan<'_>, figure: &mut Figure) {
    let [
        _,
        Dimension {
            limit: Some(limit), ..
        },
    ] = plan.visual.by.as_slice()
    else {
        return;
    };
    let series = 1;
    let Some(sizes) = sizes(plan, figure, series) else {
        return;
    };
    let kept = largest(sizes, *limit);
    for row in &mut figure.rows {
        if let Some(cell) = row.get_mut(series)
            && !kept.contains(&cell.plain())
        {
            *cell = Value::Text(OTHER.to_owned());
        }
    }
    add_up_equal_keys(plan, figure);
}

/// The sum of the first measure per value of a column; none without a measure.
fn sizes(plan: &VisualPlan<'_>, figure: &Figure, column: usize) -> Option<HashMap<String, f64>> {
    let value = plan
        .columns
        .iter()
        .position(|column| column.role == ColumnRole::Value)?;
    let mut sizes = HashMap::new();
    for row in &figure.rows {
        let size = row.get(value).and_then(Value::number).unwrap_or(0.0);
        *sizes
            .entry(row.get(column).map(Value::plain).unwrap_or_default())
            .or_default() += size;
    }
    Some(sizes)
}

/// Adds up the rows beyond the limit, if the visual has `rest`.
pub(super) fn fold_rest(plan: &VisualPlan<'_>, figure: &mut Figure) {
    let Some(limit) = plan.visual.limit.as_ref().filter(|_| plan.visual.rest) else {
        return;
    };
    let Some(sizes) = sizes(plan, figure, 0) else {
        return;
    };
    let kept = largest(sizes, limit.value);
    let texts: Vec<usize> = (0..plan.columns.len())
        .filter(|index| {
            plan.columns
                .get(*index)
                .is_some_and(|column| matches!(column.source, Source::Label(_) | Source::Detail(_)))
        })
        .collect();
    for row in &mut figure.rows {
        if row.first().is_some_and(|key| !kept.contains(&key.plain())) {
            for index in std::iter::once(0).chain(texts.iter().copied()) {
                if let Some(cell) = row.get_mut(index) {
                    *cell = Value::Text(OTHER.to_owned());
                }
            }
        }
    }
    add_up_equal_keys(plan, figure);
}

/// One row per key with the sums of the measures, in the order of the first rows.
fn add_up_equal_keys(plan: &VisualPlan<'_>, figure: &mut Figure) {
    let is_measure = |index: usize| plan.columns.get(index).is_some_and(PlanColumn::is_measure);
    let keys = plan.visual.by.len();
    let mut indices: HashMap<Vec<String>, usize> = HashMap::new();
    let mut rows: Vec<Vec<Value>> = Vec::with_capacity(figure.rows.len());
    for row in std::mem::take(&mut figure.rows) {
        let key: Vec<String> = row.iter().take(keys).map(Value::plain).collect();
        if let Some(known) = indices.get(&key).and_then(|index| rows.get_mut(*index)) {
            for (index, cell) in row
                .iter()
                .enumerate()
                .filter(|(index, _)| is_measure(*index))
            {
                if let Some(sum) = known.get_mut(index) {
                    *sum = sum.plus(cell);
                }
            }
        } else {
            indices.insert(key, rows.len());
            rows.push(row);
        }
    }
    figure.rows = rows;
}

/// Running totals along the rows, for each series.
pub(super) fn accumulate(plan: &VisualPlan<'_>, rows: &mut [Vec<Value>]) {
    let mut sums: BTreeMap<(String, usize), Value> = BTreeMap::new();
    let with_series = plan.visual.by.len() > 1;
    for row in rows {
        let series = row
            .get(1)
            .filter(|_| with_series)
            .map(Value::plain)
            .unwrap_or_default();
        for (index, column) in plan.columns.iter().enumerate() {
            if !column.is_measure() {
                continue;
            }
            if let Some(cell) = row.get_mut(index) {
                let sum = sums.entry((series.clone(), index)).or_default();
                *sum = sum.plus(cell);
                *cell = sum.clone();
            }
        }
    }
}

fn largest(sizes: HashMap<String, f64>, limit: u32) -> Vec<String> {
    let mut sizes: Vec<(String, f64)> = sizes.into_iter().collect();
    sizes.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    sizes
        .into_iter()
        .take(limit as usize)
        .map(|(name, _)| name)
        .collect()
}
