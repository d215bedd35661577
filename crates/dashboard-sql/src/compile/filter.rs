//! The WHERE of a visual: its own conditions, the pickers, the days.

use kiro_dashboard::Spec;
use kiro_dashboard::spec::{Dataset, Grain, PickerKind, Visual};

use super::condition::predicate_sql;
use crate::literal;
use crate::selection::Selection;
use crate::span::Span;

/// The conditions of a visual for a selection, without that on the days.
pub(super) fn conditions(spec: &Spec, visual: &Visual, selection: &Selection) -> Vec<String> {
    let mut conditions: Vec<String> = visual.only.iter().map(predicate_sql).collect();
    let pickers = spec.document().pickers.iter();
    for picker in pickers.filter(|picker| picker.kind != PickerKind::Dates) {
        let values = selection.values(&picker.id);
        let Some(column) = spec
            .acting_column(visual, picker)
            .filter(|_| !values.is_empty())
        else {
            continue;
        };
        let literals: Vec<String> = values.iter().map(|value| literal::text(value)).collect();
        conditions.push(match literals.as_slice() {
            [one] => format!("{column} = {one}"),
            many => format!("{column} IN ({})", many.join(", ")),
        });
    }
    conditions
}

/// The condition on the days; none for all days.
pub(super) fn span_condition(dataset: &Dataset, span: Option<Span>) -> Option<String> {
    let (time, span) = (dataset.time.as_ref()?, span?);
    let span = if time.grain == Grain::Month {
        span.months()
    } else {
        span
    };
    let column = &time.column.value;
    if span.from == span.to {
        return Some(format!("{column} = {}", literal::date(span.to)));
    }
    Some(format!(
        "{column} BETWEEN {} AND {}",
        literal::date(span.from),
        literal::date(span.to)
    ))
}
