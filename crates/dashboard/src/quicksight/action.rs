//! Drill-through: a click on a person sets the parameter and opens the sheet.

use serde_json::{Value, json};

use crate::quicksight::compiler::Compiler;
use crate::quicksight::control::parameter_name;
use crate::quicksight::error::QuickSightError;
use crate::quicksight::field::Field;
use crate::spec::{Sheet, Visual};
use crate::sql;

impl Compiler<'_> {
    /// The actions of a visual, from the fields of its dimensions.
    pub(crate) fn actions(
        &self,
        sheet: &Sheet,
        visual: &Visual,
        dimensions: &[Field],
    ) -> Result<Vec<Value>, QuickSightError> {
        let Some(click) = &visual.click else {
            return Ok(Vec::new());
        };
        let picker = self.spec.picker(&click.picker)?;
        let source = visual
            .by
            .iter()
            .zip(dimensions)
            .find(|(by, _)| {
                let column = by.column.as_ref();
                column.is_some_and(|column| sql::alias(column) == sql::alias(&click.from))
            })
            .map(|(_, field)| field)
            .ok_or_else(|| QuickSightError::unresolved(&click.from))?;
        let mut operations = Vec::new();
        // The API wants the navigation before the parameters; on the sheet itself there is nowhere to go.
        if click.sheet.value != sheet.id.value {
            operations.push(json!({"NavigationOperation": {
                "LocalNavigationConfiguration": {"TargetSheetId": click.sheet.value},
            }}));
        }
        operations.push(
            json!({"SetParametersOperation": {"ParameterValueConfigurations": [{
                "DestinationParameterName": parameter_name(picker),
                "Value": {"SourceField": source.id},
            }]}}),
        );
        let target = self.text(&format!("sheet.{}", click.sheet.value));
        let name = self.text("quicksight.open").replace("{sheet}", &target);
        Ok(vec![json!({
            "CustomActionId": format!("{}-click", visual.id.value),
            "Name": name,
            "Status": "ENABLED",
            "Trigger": "DATA_POINT_CLICK",
            "ActionOperations": operations,
        })])
    }
}
