//! Which pickers act on a visual, through which columns, and the WHERE that follows.

use crate::compile::condition::predicate_sql;
use crate::error::RequestError;
use crate::load::Spec;
use crate::selection::Selection;
use crate::spec::{Dataset, Grain, Picker, PickerKind, Show, Visual, Window};
use crate::sql;
use crate::window::Span;

impl Spec {
    /// The column through which a picker acts on a visual; none: it does not act.
    pub(crate) fn acting_column<'a>(
        &'a self,
        visual: &'a Visual,
        picker: &'a Picker,
    ) -> Option<&'a str> {
        let id = &picker.id.value;
        if visual.ignore.iter().any(|ignored| ignored.value == *id) {
            return None;
        }
        let dataset = self.dataset(visual.dataset.as_ref()?).ok()?;
        if picker.kind == PickerKind::Dates {
            let time = dataset
                .time
                .as_ref()
                .filter(|_| visual.window != Window::All)?;
            return Some(&time.column.value);
        }
        visual
            .bind
            .get(id)
            .map(|column| column.value.as_str())
            .or_else(|| self.bound_column(dataset, picker))
    }

    /// The column of a dataset that a picker filters.
    pub(crate) fn bound_column<'a>(
        &'a self,
        dataset: &'a Dataset,
        picker: &'a Picker,
    ) -> Option<&'a str> {
        if let Some(column) = dataset.bind.get(&picker.id.value) {
            return Some(&column.value);
        }
        let has = |column: &&str| self.relations.column(&dataset.relation, column).is_some();
        picker
            .columns
            .iter()
            .map(|column| column.value.as_str())
            .find(has)
    }

    /// The ids of the pickers that act on a visual.
    pub fn acting_pickers(&self, visual_id: &str) -> Result<Vec<&str>, RequestError> {
        let visual = self.visual(visual_id)?;
        let acting = self
            .document
            .pickers
            .iter()
            .filter(|picker| self.acting_column(visual, picker).is_some());
        Ok(acting.map(|picker| picker.id.value.as_str()).collect())
    }

    /// The canonical selection without the pickers that do not act on a visual: a key under which to keep its figure.
    pub fn effective_selection(
        &self,
        visual_id: &str,
        selection: &Selection,
    ) -> Result<String, RequestError> {
        let acting = self.acting_pickers(visual_id)?;
        let shown_by_user = self.visual(visual_id)?.show != Show::Always;
        Ok(selection.canonical_for(|picker| {
            acting.contains(&picker) || (shown_by_user && picker == "user")
        }))
    }

    /// The conditions of a visual for a selection, apart from the days.
    pub(crate) fn conditions(&self, visual: &Visual, selection: &Selection) -> Vec<String> {
        let mut conditions: Vec<String> = visual.only.iter().map(predicate_sql).collect();
        for picker in self
            .document
            .pickers
            .iter()
            .filter(|picker| picker.kind != PickerKind::Dates)
        {
            let values = selection.values(&picker.id);
            let Some(column) = self
                .acting_column(visual, picker)
                .filter(|_| !values.is_empty())
            else {
                continue;
            };
            let literals: Vec<String> = values.iter().map(|value| sql::text(value)).collect();
            conditions.push(match literals.as_slice() {
                [one] => format!("{column} = {one}"),
                many => format!("{column} IN ({})", many.join(", ")),
            });
        }
        conditions
    }
}

/// The condition on the days; none for all of them.
pub(crate) fn span_condition(dataset: &Dataset, span: Option<Span>) -> Option<String> {
    let (time, span) = (dataset.time.as_ref()?, span?);
    let span = if time.grain == Grain::Month {
        span.months()
    } else {
        span
    };
    let column = &time.column.value;
    if span.from == span.to {
        return Some(format!("{column} = {}", sql::date(span.to)));
    }
    Some(format!(
        "{column} BETWEEN {} AND {}",
        sql::date(span.from),
        sql::date(span.to)
    ))
}
