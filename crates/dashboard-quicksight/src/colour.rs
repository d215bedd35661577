//! Pinned colours: per value on columns, per measure in charts, per threshold in tables.

use kiro_dashboard::spec::{Comparison, Condition, Dataset, Formula, Threshold, Visual};
use serde_json::{Value, json};

use crate::compiler::Compiler;
use crate::error::{QuickSightError, Result};
use crate::field::{Field, Shape};
use crate::syntax::{double_quoted, number, reference};
use crate::value_names::value_name;

/// Maximum number of pinned colours per column (API limit).
const MAX_COLUMN_COLOURS: usize = 50;

/// Records the colours of a column's values, by the names that the values are shown under.
pub(crate) fn pin_colours(
    compiler: &mut Compiler<'_>,
    dataset: &Dataset,
    column: &str,
    meaning: &str,
) {
    let Some(colours) = compiler.spec.document().colours.meanings.get(meaning) else {
        return;
    };
    let pinned: Vec<(String, String)> = colours
        .iter()
        .map(|(value, colour)| {
            (
                value_name(compiler, meaning, value),
                compiler.hex(&colour.value),
            )
        })
        .take(MAX_COLUMN_COLOURS)
        .collect();
    if !pinned.is_empty() {
        let key = (dataset.relation.value.clone(), column.to_owned());
        compiler.colours.entry(key).or_insert(pinned);
    }
}

/// The colours of values, for all visuals of the analysis.
pub(crate) fn column_configurations(compiler: &Compiler<'_>) -> Vec<Value> {
    let columns = compiler.colours.iter();
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

/// The colours of a chart's measures; none if the chart has no measures.
pub(crate) fn palette_of(
    compiler: &Compiler<'_>,
    visual: &Visual,
    values: &[Field],
) -> Option<Value> {
    let colour = |measure: &str| {
        let measure = compiler.spec.measure(measure).ok()?;
        compiler.pinned(&measure.colour.as_ref()?.value)
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
                compiler.palette(unpinned - 1)
            });
            // The service identifies a measure by the name of its column, not by its field id.
            json!({"Element": {"FieldId": field.id, "FieldValue": field.column}, "Color": colour})
        })
        .collect();
    (!map.is_empty()).then(|| json!({"ColorMap": map}))
}

/// The coloured cells of a table: values by their meaning, numbers by the thresholds of `count_where` measures.
pub(crate) fn cell_colours(
    compiler: &Compiler<'_>,
    visual: &Visual,
    dimensions: &[Field],
    values: &[Field],
) -> Result<Vec<Value>> {
    let mut cells = Vec::new();
    for field in dimensions.iter().filter(|field| field.shape == Shape::Text) {
        let key = (field.data_set.clone(), field.column.clone());
        for (value, colour) in compiler.colours.get(&key).into_iter().flatten() {
            let condition = format!("{} = {}", reference(&field.column), double_quoted(value));
            cells.push(cell(field, &condition, colour));
        }
    }
    for (measure, field) in visual.measures.iter().zip(values) {
        let steps = threshold_colours(compiler, measure)?;
        for (index, (from, colour)) in steps.iter().enumerate() {
            let name = reference(&field.column);
            let mut condition = format!("{name} >= {}", number(*from));
            if let Some((next, _)) = steps.get(index + 1) {
                condition = format!("({condition}) AND ({name} < {})", number(*next));
            }
            cells.push(cell(field, &condition, colour));
        }
    }
    Ok(cells)
}

/// The thresholds of the `count_where` measures over `measure`, each with its colour, ascending.
fn threshold_colours(compiler: &Compiler<'_>, measure: &str) -> Result<Vec<(f64, String)>> {
    let mut steps = Vec::new();
    for counted in compiler.spec.document().measures.values() {
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
            .and_then(|colour| compiler.pinned(&colour.value));
        if let (false, true, Some(colour)) = (scales, of.value == measure, colour) {
            let from = compiler
                .spec
                .resolve_threshold(value, 1)
                .ok_or_else(|| QuickSightError::unresolved(measure))?;
            steps.push((from, colour));
        }
    }
    steps.sort_by(|a, b| a.0.total_cmp(&b.0));
    Ok(steps)
}

fn cell(field: &Field, condition: &str, colour: &str) -> Value {
    json!({"Cell": {
        "FieldId": field.id,
        "TextFormat": {"TextColor": {"Solid": {"Expression": condition, "Color": colour}}},
    }})
}
