//! From the rows of a query to a figure.

use crate::compile::{ColumnRole, LocalQuery, Plan, PlanColumn, Role, Source};
use crate::error::RequestError;
use crate::figure::{Empty, Figure, FigureColumn, FigurePart, Note, NoteValue, ValueType};
use crate::load::Spec;
use crate::request::Request;
use crate::spec::{Format, Kind, Show, Visual};
use crate::value::{ResultSet, Value};

impl Spec {
    /// The figure of a visual, from the results of [`Spec::query`]'s statements in their order.
    pub fn figure(
        &self,
        visual_id: &str,
        request: &Request,
        results: Vec<ResultSet>,
    ) -> Result<Figure, RequestError> {
        let visual = self.visual(visual_id)?;
        let query = self.query(visual_id, request)?;
        if query.statements.len() != results.len() {
            let (expected, found) = (query.statements.len(), results.len());
            return Err(RequestError::Results {
                visual: visual_id.to_owned(),
                expected,
                found,
            });
        }
        let plan = Plan::new(self, visual, request)?;
        let mut figure = plan.blank_figure();
        if query.statements.is_empty() {
            figure.empty = Some(plan.why_nothing_is_asked());
            return Ok(figure);
        }
        if plan.is_pivot() {
            plan.fill_pivot(&mut figure, results);
        } else {
            plan.fill(&mut figure, &query, results);
        }
        figure.notes.extend(plan.threshold_notes()?);
        Ok(figure)
    }
}

impl Plan<'_> {
    pub(crate) fn blank_figure(&self) -> Figure {
        Figure {
            id: self.visual.id.value.clone(),
            kind: self.visual.kind.value,
            columns: self.columns.iter().map(FigureColumn::from).collect(),
            rows: Vec::new(),
            total_rows: 0,
            totals: None,
            previous: None,
            trend: None,
            window: self.covered,
            grain: self
                .visual
                .by
                .iter()
                .find_map(|dimension| self.grain(dimension)),
            empty: None,
            notes: Vec::new(),
        }
    }

    fn why_nothing_is_asked(&self) -> Empty {
        match self.visual.show {
            Show::User if self.request.selection.user.is_none() => Empty::because("no_user"),
            _ => Empty::because("no_data"),
        }
    }

    fn fill(&self, figure: &mut Figure, query: &LocalQuery, results: Vec<ResultSet>) {
        let visual: &Visual = self.visual;
        for (statement, result) in query.statements.iter().zip(results) {
            match statement.role {
                Role::Current => figure.rows = result.rows,
                Role::Previous => {
                    figure.previous = Some(FigurePart {
                        rows: result.rows,
                        window: self.compared,
                    });
                }
                Role::Trend => {
                    figure.trend = Some(FigurePart {
                        rows: result.rows,
                        window: None,
                    });
                }
                Role::Totals => figure.totals = Some(self.totals_row(result)),
                Role::Cells | Role::ColumnTotals => {}
            }
        }
        if visual.compare && figure.previous.is_none() && self.compared.is_some() {
            figure.notes.push(Note::new("no_previous"));
        }
        let is_nothing = self.is_nothing(&figure.rows);
        if visual.transpose || (visual.by.is_empty() && visual.kind.value == Kind::Donut) {
            self.transpose(figure);
        } else if visual.fold_zero {
            fold_zero_columns(figure);
        }
        self.fold_series(figure);
        self.fold_rest(figure);
        if visual.cumulative {
            self.accumulate(&mut figure.rows);
            if let Some(previous) = &mut figure.previous {
                self.accumulate(&mut previous.rows);
            }
        }
        if is_nothing {
            figure.empty = Some(self.why_empty());
        } else if figure.rows.is_empty()
            || figure
                .columns
                .iter()
                .all(|column| column.role != ColumnRole::Value)
                && !self.visual.measures.is_empty()
        {
            figure.empty = Some(Empty::because("all_zero"));
        }
        figure.total_rows = figure.rows.len();
        if visual.kind.value == Kind::Table {
            self.request.view.apply(figure);
        }
    }

    /// No rows, or a headline without a number.
    fn is_nothing(&self, rows: &[Vec<Value>]) -> bool {
        let no_number = |row: &Vec<Value>| row.iter().all(Value::is_null);
        rows.is_empty() || (self.visual.by.is_empty() && rows.iter().all(no_number))
    }

    pub(crate) fn why_empty(&self) -> Empty {
        let selection = &self.request.selection;
        let narrowed = self.spec.document.pickers.iter().any(|picker| {
            self.spec.acting_column(self.visual, picker).is_some()
                && !selection.values(&picker.id).is_empty()
        });
        Empty::because(if narrowed { "narrowed" } else { "no_rows" })
    }

    /// The measures of everything, under the columns of the rows.
    pub(crate) fn totals_row(&self, result: ResultSet) -> Vec<Value> {
        let mut values = result
            .rows
            .into_iter()
            .next()
            .unwrap_or_default()
            .into_iter();
        let is_measure = |column: &PlanColumn<'_>| matches!(column.source, Source::Measure(_));
        let cell = |column| {
            if is_measure(column) {
                values.next().unwrap_or_default()
            } else {
                Value::Null
            }
        };
        self.columns.iter().map(cell).collect()
    }

    /// One row per measure: its name, its value, and its value before.
    fn transpose(&self, figure: &mut Figure) {
        let current = figure.rows.pop().unwrap_or_default();
        let previous = figure
            .previous
            .take()
            .and_then(|mut previous| previous.rows.pop());
        let measures: Vec<&PlanColumn<'_>> = self
            .columns
            .iter()
            .filter(|column| column.role == ColumnRole::Value)
            .collect();
        let format = measures
            .first()
            .map_or(Format::Count, |measure| measure.format);
        let value = |name: &str, label: &str, role| FigureColumn {
            name: name.to_owned(),
            label: label.to_owned(),
            label_format: None,
            value_type: ValueType::Number,
            format,
            role,
            meaning: None,
            colour: None,
            picker: None,
        };
        let mut columns = vec![
            FigureColumn {
                value_type: ValueType::Text,
                format: Format::Text,
                meaning: Some("measure".to_owned()),
                ..value("measure", "column.measure", ColumnRole::Category)
            },
            value("value", "column.value", ColumnRole::Value),
        ];
        if previous.is_some() {
            columns.push(value("previous", "column.previous", ColumnRole::Value));
        }
        let mut zero = Vec::new();
        for (place, measure) in measures.iter().enumerate() {
            let Source::Measure(name) = measure.source else {
                continue;
            };
            let cell = |values: &Vec<Value>| values.get(place).cloned().unwrap_or_default();
            let cells: Vec<Value> = [Some(&current), previous.as_ref()]
                .into_iter()
                .flatten()
                .map(cell)
                .collect();
            // A share of nothing is unknown; none of something is a finding.
            let is_folded = |cell: &Value| {
                cell.is_null() || (measure.format != Format::Percent && is_zero(cell))
            };
            if self.visual.fold_zero && cells.iter().all(is_folded) {
                zero.push(measure.label.clone());
                continue;
            }
            figure
                .rows
                .push([vec![Value::Text(name.to_owned())], cells].concat());
        }
        figure.columns = columns;
        push_zero_note(figure, zero);
    }
}

/// Takes measures away that are zero in all rows, and names them.
fn fold_zero_columns(figure: &mut Figure) {
    let mut zero = Vec::new();
    for place in (0..figure.columns.len()).rev() {
        let is_value = figure
            .columns
            .get(place)
            .is_some_and(|column| column.role == ColumnRole::Value);
        if !is_value
            || figure
                .rows
                .iter()
                .any(|row| row.get(place).is_some_and(|cell| !is_zero(cell)))
        {
            continue;
        }
        zero.insert(0, figure.columns.remove(place).label);
        let parts = [
            Some(&mut figure.rows),
            figure.previous.as_mut().map(|part| &mut part.rows),
        ];
        for row in parts.into_iter().flatten().flatten() {
            if place < row.len() {
                row.remove(place);
            }
        }
        if let Some(totals) = &mut figure.totals {
            totals.remove(place);
        }
    }
    push_zero_note(figure, zero);
}

fn is_zero(value: &Value) -> bool {
    value.is_null() || value.number() == Some(0.0)
}

fn push_zero_note(figure: &mut Figure, zero: Vec<String>) {
    if !zero.is_empty() {
        figure
            .notes
            .push(Note::new("zero").with("names", NoteValue::Texts(zero)));
    }
}

impl From<&PlanColumn<'_>> for FigureColumn {
    fn from(column: &PlanColumn<'_>) -> Self {
        Self {
            name: column.name.clone(),
            label: column.label.clone(),
            label_format: None,
            value_type: column.value_type,
            format: column.format,
            role: column.role,
            meaning: column.meaning.map(str::to_owned),
            colour: column.colour.map(str::to_owned),
            picker: column.picker.map(str::to_owned),
        }
    }
}
