//! Parameters, shared by all sheets, and the controls that set them on each sheet.

use kiro_dashboard::spec::{Format, Picker, Sheet, Show, Window};
use serde_json::{Value, json};

use crate::compiler::Compiler;
use crate::derived_columns::as_name;
use crate::error::{QuickSightError, Result};
use crate::format::date_pattern;
use crate::picker_form::{PickerForm, parameter_name, picker_form};
use crate::value_names::value_names;

pub(crate) const DATE_FROM: &str = "DateFrom";
pub(crate) const DATE_TO: &str = "DateTo";

/// The parameters of the analysis.
pub(crate) fn parameters(compiler: &Compiler<'_>) -> Vec<Value> {
    let mut parameters = Vec::new();
    for picker in compiler.pickers() {
        let name = parameter_name(compiler.spec, picker);
        match picker_form(compiler.spec, picker) {
            PickerForm::Dates => {
                // Yesterday is the newest day that an export can hold.
                let days = picker.default_days.unwrap_or(30);
                parameters.push(date_parameter(DATE_FROM, days));
                parameters.push(date_parameter(DATE_TO, 1));
            }
            // Without a default, all values are chosen.
            PickerForm::Values => parameters.push(json!({"StringParameterDeclaration": {
                "ParameterValueType": "MULTI_VALUED",
                "Name": name,
                "DefaultValues": {},
                "ValueWhenUnset": {"ValueWhenUnsetOption": "RECOMMENDED_VALUE"},
            }})),
            // An expression cannot compare with an unset parameter: a name stands for all users.
            PickerForm::User => parameters.push(json!({"StringParameterDeclaration": {
                "ParameterValueType": "SINGLE_VALUED",
                "Name": name,
                "DefaultValues": {"StaticValues": [compiler.text("quicksight.everybody")]},
            }})),
        }
    }
    parameters
}

/// The controls of a sheet, in the order of its pickers: those that act on any of its visuals.
pub(crate) fn controls(compiler: &Compiler<'_>, sheet: &Sheet) -> Result<Vec<Value>> {
    let mut controls = Vec::new();
    for picker in compiler.pickers_of(sheet)? {
        if !acts_on(compiler, sheet, picker) {
            continue;
        }
        if picker_form(compiler.spec, picker) != PickerForm::Dates {
            controls.push(drop_down(compiler, sheet, picker)?);
            continue;
        }
        // Months and years depend on the last day only.
        if has_range(compiler, sheet, picker) {
            controls.push(date_picker(compiler, sheet, DATE_FROM, "quicksight.from"));
        }
        controls.push(date_picker(compiler, sheet, DATE_TO, "quicksight.to"));
    }
    Ok(controls)
}

fn date_picker(compiler: &Compiler<'_>, sheet: &Sheet, parameter: &str, text: &str) -> Value {
    json!({"DateTimePicker": {
        "ParameterControlId": control_id(sheet, parameter),
        "Title": compiler.text(text),
        "SourceParameterName": parameter,
        "DisplayOptions": {"DateTimeFormat": date_pattern(Format::Date)},
    }})
}

/// Returns true if a picker acts on any visual of a sheet.
pub(crate) fn acts_on(compiler: &Compiler<'_>, sheet: &Sheet, picker: &Picker) -> bool {
    sheet.visuals.iter().any(|visual| {
        let is_user = picker_form(compiler.spec, picker) == PickerForm::User;
        let stays = is_user && visual.show == Show::NoUser;
        !stays && compiler.spec.acting_column(visual, picker).is_some()
    })
}

fn has_range(compiler: &Compiler<'_>, sheet: &Sheet, picker: &Picker) -> bool {
    sheet.visuals.iter().any(|visual| {
        visual.window == Window::Range && compiler.spec.acting_column(visual, picker).is_some()
    })
}

fn drop_down(compiler: &Compiler<'_>, sheet: &Sheet, picker: &Picker) -> Result<Value> {
    let options = picker
        .options
        .as_ref()
        .ok_or_else(|| QuickSightError::unresolved(&picker.id))?;
    let dataset = compiler.spec.dataset(&options.dataset)?;
    // A control shows what it sets: a name instead of a code or a user id.
    let value = &options.value.value;
    let form = picker_form(compiler.spec, picker);
    let column = match (form, &options.label, &picker.meaning) {
        (PickerForm::User, Some(label), _) => label.value.clone(),
        (PickerForm::Values, _, Some(meaning)) if !value_names(compiler, meaning).is_empty() => {
            as_name(value)
        }
        _ => value.clone(),
    };
    let parameter = parameter_name(compiler.spec, picker);
    let mut control = json!({
        "ParameterControlId": control_id(sheet, &parameter),
        "Title": compiler.text(&format!("picker.{}", picker.id.value)),
        "SourceParameterName": parameter,
        "Type": if form == PickerForm::User { "SINGLE_SELECT" } else { "MULTI_SELECT" },
        "SelectableValues": {"LinkToDataSetColumn": {
            "DataSetIdentifier": dataset.relation.value,
            "ColumnName": column,
        }},
    });
    let (visibility, hint) = match form {
        PickerForm::User => ("HIDDEN", Some("quicksight.reset")),
        _ => ("VISIBLE", None),
    };
    control["DisplayOptions"] = json!({"SelectAllOptions": {"Visibility": visibility}});
    if let Some(hint) = hint {
        control["DisplayOptions"]["InfoIconLabelOptions"] = json!({"Visibility": "VISIBLE", "InfoIconText": compiler.text(hint).replace("{everybody}", &compiler.text("quicksight.everybody"))});
    }
    Ok(json!({"Dropdown": control}))
}

fn control_id(sheet: &Sheet, parameter: &str) -> String {
    format!("{}-{parameter}", sheet.id.value)
}

/// A date parameter with a default of `days_ago` days before today.
fn date_parameter(name: &str, days_ago: u32) -> Value {
    json!({"DateTimeParameterDeclaration": {
        "Name": name,
        "TimeGranularity": "DAY",
        "DefaultValues": {"RollingDate": {
            "Expression": format!("addDateTime(-{days_ago}, 'DD', truncDate('DD', now()))"),
        }},
    }})
}
