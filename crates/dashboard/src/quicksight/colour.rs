//! Pinned colours: per value on columns, per measure in charts, per threshold in tables.

use serde_json::{Value, json};

use crate::quicksight::compiler::{Compiler, double_quoted, reference};
use crate::quicksight::condition::number;
use crate::quicksight::error::QuickSightError;
use crate::quicksight::field::{Field, Shape};
use crate::spec::{Comparison, Condition, Dataset, Formula, Threshold, Visual};

/// As many colours as a column may pin.
const MAX_COLUMN_COLOURS: usize = 50;

impl Compiler<'_> {
    /// Remembers the colours of a column's values, by the names that they are shown under.
    pub(crate) fn pin_colours(&mut self, dataset: &Dataset, column: &str, meaning: &str) {
        let Some(colours) = self.spec.document.colours.meanings.get(meaning) else {
            return;
        };
        let pinned: Vec<(String, String)> = colours
            .iter()
            .map(|(value, colour)| (self.value_name(meaning, value), self.hex(&colour.value)))
            .take(MAX_COLUMN_COLOURS)
            .collect();
        if !pinned.is_empty() {
            let key = (dataset.relation.value.clone(), column.to_owned());
            self.colours.entry(key).or_insert(pinned);
        }
    }

    /// The colours of values, for all visuals of the analysis.
    pub(crate) fn column_configurations(&self) -> Vec<Value> {
        let columns = self.colours.iter();
        columns
            .map(|((data_set, column), colours)| {
                let colours: Vec<Value> = colours
                    .iter()
                    .map(|(value, colour)| json!({"FieldValue": value, "Color": colour}))
                    .collect();
                json!({
                    "Column": {"DataSetIdentifier": data_set, "ColumnName": column},
                    "ColorsConfiguration": {"CustomColors": colours},
                })
            })
            .collect()
    }

    /// The colours of a chart's measures; none where its colours are those of values.
    pub(crate) fn palette_of(&self, visual: &Visual, values: &[Field]) -> Option<Value> {
        let colour = |measure: &str| {
            let measure = self.spec.measure(measure).ok()?;
            self.pinned(&measure.colour.as_ref()?.value)
        };
        if let ([measure], [_]) = (visual.measures.as_slice(), values) {
            return colour(measure).map(|colour| json!({"ChartColor": colour}));
        }
        let mut unpinned = 0;
        let map: Vec<Value> = visual
            .measures
            .iter()
            .zip(values)
            .map(|(measure, field)| {
                let colour = colour(measure).unwrap_or_else(|| {
                    unpinned += 1;
                    self.palette(unpinned - 1)
                });
                // The service identifies a measure by the name of its column, not by its field id.
                json!({"Element": {"FieldId": field.id, "FieldValue": field.column}, "Color": colour})
            })
            .collect();
        (!map.is_empty()).then(|| json!({"ColorMap": map}))
    }

    /// Coloured cells of a table: values by their meaning, numbers by the thresholds of counts over the same measure.
    pub(crate) fn cell_colours(
        &self,
        visual: &Visual,
        dimensions: &[Field],
        values: &[Field],
    ) -> Result<Vec<Value>, QuickSightError> {
        let mut cells = Vec::new();
        for field in dimensions.iter().filter(|field| field.shape == Shape::Text) {
            let key = (field.data_set.clone(), field.column.clone());
            for (value, colour) in self.colours.get(&key).into_iter().flatten() {
                let condition = format!("{} = {}", reference(&field.column), double_quoted(value));
                cells.push(cell(field, &condition, colour));
            }
        }
        for (measure, field) in visual.measures.iter().zip(values) {
            let steps = self.steps_of(measure)?;
            for (place, (from, colour)) in steps.iter().enumerate() {
                let name = reference(&field.column);
                let mut condition = format!("{name} >= {}", number(*from));
                if let Some((next, _)) = steps.get(place + 1) {
                    condition = format!("({condition}) AND ({name} < {})", number(*next));
                }
                cells.push(cell(field, &condition, colour));
            }
        }
        Ok(cells)
    }

    /// The thresholds at which users are counted by a measure, each with the colour of that count, smallest first.
    fn steps_of(&self, measure: &str) -> Result<Vec<(f64, String)>, QuickSightError> {
        let mut steps = Vec::new();
        for counted in self.spec.document.measures.values() {
            let Formula::CountWhere { all, .. } = &counted.is else {
                continue;
            };
            let [
                Condition {
                    measure: of,
                    op: Comparison::Gte,
                    value,
                },
            ] = all.as_slice()
            else {
                continue;
            };
            let scales =
                matches!(&value.value, Threshold::Written(written) if written.per_days.is_some());
            let colour = counted
                .colour
                .as_ref()
                .and_then(|colour| self.pinned(&colour.value));
            if let (false, true, Some(colour)) = (scales, of.value == measure, colour) {
                let from = crate::compile::resolve_threshold(self.spec, value, 1)
                    .ok_or_else(|| QuickSightError::unresolved(measure))?;
                steps.push((from, colour));
            }
        }
        steps.sort_by(|a, b| a.0.total_cmp(&b.0));
        Ok(steps)
    }
}

fn cell(field: &Field, condition: &str, colour: &str) -> Value {
    json!({"Cell": {
        "FieldId": field.id,
        "TextFormat": {"TextColor": {"Solid": {"Expression": condition, "Color": colour}}},
    }})
}
