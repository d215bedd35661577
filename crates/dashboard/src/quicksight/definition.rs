//! The definition of the analysis and of the dashboard: all sheets, in one language.

use kiro_curate::Catalogue;
use serde_json::{Value, json};

use crate::load::Spec;
use crate::quicksight::Assets;
use crate::quicksight::compiler::Compiler;
use crate::quicksight::error::{QuickSightError, QuickSightErrors};
use crate::quicksight::filter::Filters;
use crate::quicksight::layout::{canvas, control_layout, layout};
use crate::spec::{Kind, Sheet};
use crate::text::Language;

/// The `Definition` member of `CreateAnalysis` and `CreateDashboard`; all that cannot be said at once.
pub fn definition(
    spec: &Spec,
    catalogue: &Catalogue,
    assets: &Assets,
    language: Language,
) -> Result<Value, QuickSightErrors> {
    let mut compiler = Compiler::new(spec, assets, language);
    let mut filters = Filters::default();
    let (mut sheets, mut errors) = (Vec::new(), Vec::new());
    for sheet in &spec.document.sheets {
        match compiler.sheet(sheet, &mut filters, &mut errors) {
            Ok(sheet) => sheets.push(sheet),
            Err(error) => errors.push(error),
        }
    }
    let mut relations: Vec<&str> = spec
        .document
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
        "ParameterDeclarations": compiler.parameters(),
        "FilterGroups": filters.json(),
        "ColumnConfigurations": compiler.column_configurations(),
        "AnalysisDefaults": {"DefaultNewSheetConfiguration": {
            "InteractiveLayoutConfiguration": {"Grid": {"CanvasSizeOptions": canvas()}},
            "SheetContentType": "INTERACTIVE",
        }},
    });
    let used = crate::quicksight::columns::used_columns(&definition);
    let declared: Vec<Value> = used
        .keys()
        .map(|relation| json!({"Identifier": relation, "DataSetArn": assets.dataset_arn(relation)}))
        .collect();
    definition["DataSetIdentifierDeclarations"] = json!(declared);
    Ok(definition)
}

impl Compiler<'_> {
    fn sheet(
        &mut self,
        sheet: &Sheet,
        filters: &mut Filters,
        errors: &mut Vec<QuickSightError>,
    ) -> Result<Value, QuickSightError> {
        let (mut visuals, mut text_boxes) = (Vec::new(), Vec::new());
        for visual in &sheet.visuals {
            if visual.kind.value == Kind::Text {
                text_boxes.push(json!({
                    "SheetTextBoxId": visual.id.value,
                    "Content": self.text_box(visual),
                }));
                continue;
            }
            let compiled = self
                .visual(sheet, visual)
                .and_then(|compiled| self.filter(filters, sheet, visual).map(|()| compiled));
            match compiled {
                Ok(compiled) => visuals.push(compiled),
                Err(error) => errors.push(error),
            }
        }
        let notes = self.notes(sheet)?;
        if let Some(notes) = &notes {
            text_boxes.push(json!({"SheetTextBoxId": notes.id, "Content": notes.content}));
        }
        let controls = self.controls(sheet)?;
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
            "Name": self.text(&format!("sheet.{}", sheet.id.value)),
            "ContentType": "INTERACTIVE",
            "ParameterControls": controls,
            "SheetControlLayouts": control_layout(&control_ids),
            "Visuals": visuals,
            "TextBoxes": text_boxes,
            "Layouts": layout(sheet, notes),
        }))
    }
}
