//! The definition of the analysis and of the dashboard: all sheets, in one language.

use kiro_catalog::Catalogue;
use kiro_dashboard::spec::{Kind, Sheet};
use kiro_dashboard::{Language, Spec};
use serde_json::{Value, json};

use crate::assets::Assets;
use crate::colour::column_configurations;
use crate::compiler::Compiler;
use crate::control::{controls, parameters};
use crate::error::{QuickSightError, QuickSightErrors, Result};
use crate::filter::{Filters, add_filters};
use crate::layout::{canvas, control_layout, layout};
use crate::notes::sheet_notes;
use crate::titles::text_box;
use crate::used_columns::used_columns;
use crate::visual::compile_visual;

/// The `Definition` member of `CreateAnalysis` and `CreateDashboard`.
///
/// # Errors
///
/// All visuals that `QuickSight` cannot show, and all relations that the catalogue does not have, at once.
pub fn definition(
    spec: &Spec,
    catalogue: &Catalogue,
    assets: &Assets,
    language: Language,
) -> Result<Value, QuickSightErrors> {
    let mut compiler = Compiler::new(spec, assets, language);
    let mut filters = Filters::default();
    let (mut sheets, mut errors) = (Vec::new(), Vec::new());
    let shown: Vec<&Sheet> = compiler.sheets().collect();
    for sheet in shown {
        match sheet_definition(&mut compiler, sheet, &mut filters, &mut errors) {
            Ok(sheet) => sheets.push(sheet),
            Err(error) => errors.push(error),
        }
    }
    let mut relations: Vec<&str> = spec
        .document()
        .datasets
        .values()
        .map(|dataset| dataset.relation.value.as_str())
        .collect();
    relations.sort_unstable();
    relations.dedup();
    for relation in &relations {
        if catalogue.relation(relation).is_none() {
            let relation = (*relation).to_owned();
            errors.push(QuickSightError::NoRelation { relation });
        }
    }
    if !errors.is_empty() {
        return Err(QuickSightErrors { errors });
    }
    let mut definition = json!({
        "Sheets": sheets,
        "CalculatedFields": compiler.fields.json(),
        "ParameterDeclarations": parameters(&compiler),
        "FilterGroups": filters.json(),
        "ColumnConfigurations": column_configurations(&compiler),
        "AnalysisDefaults": {"DefaultNewSheetConfiguration": {
            "InteractiveLayoutConfiguration": {"Grid": {"CanvasSizeOptions": canvas()}},
            "SheetContentType": "INTERACTIVE",
        }},
    });
    let used = used_columns(&definition);
    let declared: Vec<Value> = used
        .keys()
        .map(|relation| json!({"Identifier": relation, "DataSetArn": assets.dataset_arn(relation)}))
        .collect();
    definition["DataSetIdentifierDeclarations"] = json!(declared);
    Ok(definition)
}

fn sheet_definition(
    compiler: &mut Compiler<'_>,
    sheet: &Sheet,
    filters: &mut Filters,
    errors: &mut Vec<QuickSightError>,
) -> Result<Value> {
    let (mut visuals, mut text_boxes) = (Vec::new(), Vec::new());
    for visual in &sheet.visuals {
        if visual.kind.value == Kind::Text {
            text_boxes.push(json!({
                "SheetTextBoxId": visual.id.value,
                "Content": text_box(compiler, visual),
            }));
            continue;
        }
        let body = compile_visual(compiler, sheet, visual)
            .and_then(|body| add_filters(compiler, filters, sheet, visual).map(|()| body));
        match body {
            Ok(body) => visuals.push(body),
            Err(error) => errors.push(error),
        }
    }
    let notes = sheet_notes(compiler, sheet)?;
    if let Some(notes) = &notes {
        text_boxes.push(json!({"SheetTextBoxId": notes.id, "Content": notes.content}));
    }
    let controls = controls(compiler, sheet)?;
    let control_ids: Vec<String> = controls
        .iter()
        .filter_map(Value::as_object)
        .flat_map(|control| control.values())
        .filter_map(|control| control["ParameterControlId"].as_str())
        .map(str::to_owned)
        .collect();
    let notes = notes.as_ref().map(|notes| (notes.id.as_str(), notes.rows));
    Ok(json!({
        "SheetId": sheet.id.value,
        "Name": compiler.text(&format!("sheet.{}", sheet.id.value)),
        "ContentType": "INTERACTIVE",
        "ParameterControls": controls,
        "SheetControlLayouts": control_layout(&control_ids),
        "Visuals": visuals,
        "TextBoxes": text_boxes,
        "Layouts": layout(sheet, notes),
    }))
}
