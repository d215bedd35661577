//! Actions on clicks: a click on a user sets the parameter and opens a sheet, any other filters the sheet.

use kiro_dashboard::column_alias;
use kiro_dashboard::spec::{Kind, Sheet, Visual};
use serde_json::{Value, json};

use crate::compiler::Compiler;
use crate::error::{QuickSightError, Result};
use crate::field::{Field, Shape};
use crate::picker_form::parameter_name;

/// The actions of a visual, from the fields of its dimensions.
pub(crate) fn actions(
    compiler: &Compiler<'_>,
    sheet: &Sheet,
    visual: &Visual,
    dimensions: &[Field],
) -> Result<Vec<Value>> {
    let Some(click) = &visual.click else {
        return Ok(filter_action(compiler, visual, dimensions)
            .into_iter()
            .collect());
    };
    let picker = compiler.spec.picker(&click.picker)?;
    let mut sheets = compiler.sheets();
    let has_target = sheets.any(|sheet| sheet.id.value == click.sheet.value);
    if !has_target || !compiler.is_offered(picker) {
        return Ok(Vec::new());
    }
    let source = visual
        .by
        .iter()
        .zip(dimensions)
        .find(|(by, _)| {
            let column = by.column.as_ref();
            column.is_some_and(|column| column_alias(column) == column_alias(&click.from))
        })
        .map(|(_, field)| field)
        .ok_or_else(|| QuickSightError::unresolved(&click.from))?;
    let mut operations = Vec::new();
    // The API requires the navigation before the parameters. A click on the target sheet itself needs no navigation.
    if click.sheet.value != sheet.id.value {
        operations.push(json!({"NavigationOperation": {
            "LocalNavigationConfiguration": {"TargetSheetId": click.sheet.value},
        }}));
    }
    operations.push(
        json!({"SetParametersOperation": {"ParameterValueConfigurations": [{
            "DestinationParameterName": parameter_name(compiler.spec, picker),
            "Value": {"SourceField": source.id},
        }]}}),
    );
    let target = compiler.text(&format!("sheet.{}", click.sheet.value));
    let name = compiler.text("quicksight.open").replace("{sheet}", &target);
    Ok(vec![on_click(visual, &name, &json!(operations))])
}

/// The filter of the sheet by the clicked value: of the series, else of the axis.
///
/// Only columns filter: a bucket is computed from rows that the filter would remove.
fn filter_action(compiler: &Compiler<'_>, visual: &Visual, dimensions: &[Field]) -> Option<Value> {
    let is_chart = matches!(
        visual.kind.value,
        Kind::Bar | Kind::Line | Kind::Area | Kind::Donut | Kind::Heatmap
    );
    if !is_chart || visual.compare {
        return None;
    }
    let columns = || {
        let dimensions = visual.by.iter().zip(dimensions).rev();
        dimensions.filter(|(by, _)| by.column.is_some())
    };
    let named = columns().find(|(_, field)| field.shape == Shape::Text);
    let (_, field) = named.or_else(|| columns().next())?;
    let name = compiler
        .text("quicksight.filter")
        .replace("{column}", &field.label);
    let operation = json!([{"FilterOperation": {
        "SelectedFieldsConfiguration": {"SelectedFields": [field.id]},
        "TargetVisualsConfiguration": {"SameSheetTargetVisualConfiguration": {
            "TargetVisualOptions": "ALL_VISUALS",
        }},
    }}]);
    Some(on_click(visual, &name, &operation))
}

fn on_click(visual: &Visual, name: &str, operations: &Value) -> Value {
    json!({
        "CustomActionId": format!("{}-click", visual.id.value),
        "Name": name,
        "Status": "ENABLED",
        "Trigger": "DATA_POINT_CLICK",
        "ActionOperations": operations,
    })
}
