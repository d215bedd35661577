//! One question: the selection, the days of the data, the page of a table; and the questions for the pickers.

use chrono::NaiveDate;

use crate::compile::LocalQuery;
use crate::error::{RequestError, nearest};
use crate::load::Spec;
use crate::selection::Selection;
use crate::spec::{Dataset, Picker, PickerKind};
use crate::sql;
use crate::table::TableView;
use crate::value::{ResultSet, Value};
use crate::window::{DataWindow, Span};

/// Everything that decides what a visual shows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Request {
    pub selection: Selection,
    pub data: DataWindow,
    pub view: TableView,
}

/// One value that a picker offers.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ChoiceRow {
    pub value: String,
    /// The name to show, where it differs from the value.
    pub label: Option<String>,
    pub detail: Option<String>,
}

/// Whose days a row of [`Spec::data_window_query`] is about.
const REPORT: i64 = 0;
const ANCHOR: i64 = 1;

impl Spec {
    /// The statement whose rows say the oldest and the newest day of each report, and of the anchor.
    pub fn data_window_query(&self) -> Result<LocalQuery, RequestError> {
        let ends = |whose: i64, dataset: &Dataset, column: &str| {
            let relation = self.qualified(&dataset.relation);
            format!(
                "SELECT {whose} AS whose, MIN({column}) AS first_day, MAX({column}) AS last_day FROM {relation}"
            )
        };
        let mut parts = Vec::new();
        for name in &self.document.days {
            let dataset = self.dataset(name)?;
            let time = dataset.time.as_ref();
            let time = time.ok_or_else(|| RequestError::Unresolved {
                name: name.value.clone(),
            })?;
            parts.push(ends(REPORT, dataset, &time.column));
        }
        if let Some(anchor) = &self.document.anchor {
            parts.push(ends(ANCHOR, self.dataset(&anchor.dataset)?, &anchor.column));
        }
        Ok(LocalQuery::of(parts.join("\nUNION ALL\n")))
    }

    /// Reads the answer to [`Spec::data_window_query`].
    pub fn data_window(results: &ResultSet) -> DataWindow {
        let (mut spans, mut anchor) = (Vec::new(), None);
        for row in &results.rows {
            match row.as_slice() {
                [Value::Whole(REPORT), Value::Date(from), Value::Date(to)] => {
                    spans.push(Span {
                        from: *from,
                        to: *to,
                    });
                }
                [Value::Whole(ANCHOR), _, Value::Date(day)] => anchor = Some(*day),
                _ => {}
            }
        }
        DataWindow::new(spans, anchor)
    }

    /// The statement that says the oldest day of a visual's dataset; none where it has no days.
    pub fn first_day_query(&self, visual: &str) -> Result<Option<LocalQuery>, RequestError> {
        let Some(name) = &self.visual(visual)?.dataset else {
            return Ok(None);
        };
        let dataset = self.dataset(name)?;
        Ok(dataset.time.as_ref().map(|time| {
            let relation = self.qualified(&dataset.relation);
            LocalQuery::of(format!(
                "SELECT MIN({}) AS first_day FROM {relation}",
                time.column.value
            ))
        }))
    }

    /// Reads the answer to [`Spec::first_day_query`].
    pub fn first_day(results: &ResultSet) -> Option<NaiveDate> {
        match results.rows.first()?.first()? {
            Value::Date(day) => Some(*day),
            _ => None,
        }
    }

    /// The statement that lists a picker's values: those that contain `search`, at most `limit`.
    pub fn options_query(
        &self,
        picker: &str,
        search: &str,
        limit: u32,
    ) -> Result<LocalQuery, RequestError> {
        let picker = self.picker(picker)?;
        let Some(options) = picker
            .options
            .as_ref()
            .filter(|_| picker.kind != PickerKind::Dates)
        else {
            return Err(RequestError::NoData {
                visual: picker.id.value.clone(),
            });
        };
        let dataset = self.dataset(&options.dataset)?;
        let value = &options.value.value;
        let mut columns = vec![format!("{value} AS value")];
        let mut searched = vec![value.as_str()];
        for (name, column) in [("label", &options.label), ("detail", &options.detail)] {
            columns.push(match column {
                Some(column) => format!("MAX({}) AS {name}", column.value),
                None => format!("CAST(NULL AS varchar) AS {name}"),
            });
        }
        searched.extend(options.label.as_ref().map(|label| label.value.as_str()));
        let mut conditions = vec![format!("{value} IS NOT NULL")];
        let needle = search.trim().to_lowercase();
        if !needle.is_empty() {
            let found: Vec<String> = searched
                .iter()
                .map(|column| format!("strpos(lower({column}), {}) > 0", sql::text(&needle)))
                .collect();
            conditions.push(format!("({})", found.join(" OR ")));
        }
        let mut order = String::new();
        let mut sizes = String::new();
        if let Some(by) = &options.by {
            order.push_str("s.size DESC NULLS LAST, ");
            let counted = self.dataset(self.dataset_of_measure(by)?)?;
            sizes = format!(
                "\nLEFT JOIN (SELECT {value} AS value, {} AS size FROM {} GROUP BY {value}) AS s ON s.value = c.value",
                self.flat_expression(by)?,
                self.qualified(&counted.relation),
            );
        } else if options.label.is_some() {
            order.push_str("c.label ASC NULLS LAST, ");
        }
        let sql = format!(
            "SELECT c.value, c.label, c.detail\nFROM (SELECT {} FROM {} WHERE {} GROUP BY {value}) AS c{sizes}\nORDER BY {order}c.value ASC NULLS LAST\nLIMIT {limit}",
            columns.join(", "),
            self.qualified(&dataset.relation),
            conditions.join(" AND "),
        );
        Ok(LocalQuery::of(sql))
    }

    /// Reads the answer to [`Spec::options_query`].
    pub fn options(rows: &ResultSet) -> Vec<ChoiceRow> {
        let text = |value: Option<&Value>| value.filter(|value| !value.is_null()).map(Value::plain);
        let choice = |row: &Vec<Value>| {
            let value = text(row.first())?;
            let label = text(row.get(1)).filter(|label| *label != value);
            Some(ChoiceRow {
                value,
                label,
                detail: text(row.get(2)),
            })
        };
        rows.rows.iter().filter_map(choice).collect()
    }

    pub(crate) fn picker(&self, id: &str) -> Result<&Picker, RequestError> {
        let pickers = &self.document.pickers;
        pickers
            .iter()
            .find(|picker| picker.id.value == id)
            .ok_or_else(|| RequestError::UnknownPicker {
                found: id.to_owned(),
                nearest: nearest(id, pickers.iter().map(|picker| picker.id.value.as_str())),
            })
    }

    /// The days chosen on the date picker; none without any data.
    pub fn chosen_span(&self, request: &Request) -> Option<Span> {
        request
            .selection
            .span(request.data.days, self.default_days())
    }

    pub(crate) fn default_days(&self) -> u32 {
        let dates = self
            .document
            .pickers
            .iter()
            .find(|picker| picker.kind == PickerKind::Dates);
        dates.and_then(|picker| picker.default_days).unwrap_or(30)
    }
}
