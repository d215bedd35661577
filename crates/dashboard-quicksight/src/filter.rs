//! Filter groups: one filter each, for the visuals that it acts on.

use std::collections::BTreeMap;

use kiro_catalog::ColumnType;
use kiro_dashboard::spec::{
    Comparison, Dataset, Grain, Kind, Literal, Picker, Predicate, Sheet, Show, Visual, Window,
};
use serde_json::{Value, json};

use crate::compiler::Compiler;
use crate::condition::predicate_expression;
use crate::control::{DATE_FROM, DATE_TO};
use crate::error::{QuickSightError, Result};
use crate::filled_columns::has_no_nulls;
use crate::named_column::named_column;
use crate::period::{Period, period_field};
use crate::picker_form::{PickerForm, parameter_name, picker_form};
use crate::syntax::{quoted, reference};

/// The filter groups of a definition, with a sheet's visuals in reading order.
///
/// Each group has one sheet: the service refuses groups that select visuals of several sheets.
#[derive(Debug, Default)]
pub(crate) struct Filters {
    groups: BTreeMap<String, Group>,
}

#[derive(Debug)]
struct Group {
    filter: Value,
    sheet: String,
    visuals: Vec<String>,
}

/// A filter without its id: its kind and its members.
struct Filter {
    id: String,
    kind: &'static str,
    body: Value,
}

impl Filters {
    fn add(&mut self, sheet: &Sheet, visual: &Visual, filter: Filter) {
        let Filter { id, kind, mut body } = filter;
        let id = format!("{id}-{}", sheet.id.value);
        body["FilterId"] = json!(format!("{id}-filter"));
        let group = self.groups.entry(id).or_insert_with(|| Group {
            filter: json!({ kind: body }),
            sheet: sheet.id.value.clone(),
            visuals: Vec::new(),
        });
        group.visuals.push(visual.id.value.clone());
    }

    pub(crate) fn json(&self) -> Vec<Value> {
        let groups = self.groups.iter();
        groups
            .map(|(id, group)| {
                let scope = json!({
                    "SheetId": group.sheet,
                    "Scope": "SELECTED_VISUALS",
                    "VisualIds": group.visuals,
                });
                json!({
                    "FilterGroupId": id,
                    "Filters": [group.filter],
                    "ScopeConfiguration": {"SelectedSheets": {"SheetVisualScopingConfigurations": [scope]}},
                    "Status": "ENABLED",
                    "CrossDataset": "SINGLE_DATASET",
                })
            })
            .collect()
    }
}

/// The filters of a visual: its days, the pickers of its sheet that act on it, and its own conditions.
pub(crate) fn add_filters(
    compiler: &mut Compiler<'_>,
    filters: &mut Filters,
    sheet: &Sheet,
    visual: &Visual,
) -> Result<()> {
    if visual.kind.value == Kind::Text {
        return Ok(());
    }
    let spec = compiler.spec;
    let dataset = compiler.dataset_of(visual)?;
    let pickers: Vec<&Picker> = compiler.pickers().collect();
    for picker in pickers {
        // A picker acts only on sheets that show it.
        let is_shown = sheet
            .pickers
            .iter()
            .any(|shown| shown.value == picker.id.value);
        let Some(column) = spec.acting_column(visual, picker).filter(|_| is_shown) else {
            continue;
        };
        let filter = match picker_form(spec, picker) {
            PickerForm::Dates => date_filter(compiler, dataset, visual)?,
            PickerForm::Values => values_filter(compiler, dataset, picker, column),
            PickerForm::User => match user_filter(compiler, dataset, visual, picker, column) {
                Some(filter) => filter,
                None => continue,
            },
        };
        filters.add(sheet, visual, filter);
    }
    for (index, predicate) in visual.only.iter().enumerate() {
        let id = format!("where-{}-{index}", visual.id.value);
        let filter = predicate_filter(compiler, dataset, id, predicate)?;
        filters.add(sheet, visual, filter);
    }
    Ok(())
}

/// The days that a visual covers, and those that it compares them with.
fn date_filter(compiler: &mut Compiler<'_>, dataset: &Dataset, visual: &Visual) -> Result<Filter> {
    let relation = &dataset.relation.value;
    let time = dataset
        .time
        .as_ref()
        .ok_or_else(|| QuickSightError::unresolved(&visual.id))?;
    if visual.window == Window::Range && !visual.compare && time.grain == Grain::Day {
        return Ok(Filter {
            id: format!("days-{relation}"),
            kind: "TimeRangeFilter",
            body: json!({
                "Column": identifier(relation, &time.column),
                "RangeMinimumValue": {"Parameter": DATE_FROM},
                "RangeMaximumValue": {"Parameter": DATE_TO},
                "IncludeMinimum": true,
                "IncludeMaximum": true,
                "NullOption": "NON_NULLS_ONLY",
                "TimeGranularity": "DAY",
            }),
        });
    }
    let field = period_field(compiler, dataset, visual)?;
    let window = match visual.window {
        Window::Range | Window::All => "range",
        Window::Month => "month",
        Window::Year => "year",
    };
    let (suffix, periods) = if visual.compare {
        ("-compared", vec![Period::Current, Period::Previous])
    } else {
        ("", vec![Period::Current])
    };
    let values: Vec<&str> = periods.into_iter().map(Period::value).collect();
    Ok(Filter {
        id: format!("{window}-{relation}{suffix}"),
        kind: "CategoryFilter",
        body: listed(relation, &field, "CONTAINS", &json!(values)),
    })
}

/// The chosen values, by the names that the control offers.
fn values_filter(
    compiler: &mut Compiler<'_>,
    dataset: &Dataset,
    picker: &Picker,
    column: &str,
) -> Filter {
    let relation = &dataset.relation.value;
    let shown = match &picker.meaning {
        Some(meaning) => named_column(compiler, dataset, column, meaning),
        None => column.to_owned(),
    };
    Filter {
        id: format!("picker-{}-{relation}-{column}", picker.id.value),
        kind: "CategoryFilter",
        // The dataset holds no NULLs in the columns of pickers.
        body: json!({
            "Column": identifier(relation, &shown),
            "Configuration": {"CustomFilterConfiguration": {
                "MatchOperator": "EQUALS",
                "ParameterName": parameter_name(compiler.spec, picker),
                "NullOption": "NON_NULLS_ONLY",
            }},
        }),
    }
}

/// The chosen user, or all users. Visuals with `show: user` are empty until one is chosen; those with `no_user` have no filter.
fn user_filter(
    compiler: &mut Compiler<'_>,
    dataset: &Dataset,
    visual: &Visual,
    picker: &Picker,
    column: &str,
) -> Option<Filter> {
    let relation = &dataset.relation.value;
    let column = shown_column(dataset, picker, column);
    let parameter = format!("${{{}}}", parameter_name(compiler.spec, picker));
    let chosen = format!("{} = {parameter}", reference(column));
    let id = &picker.id.value;
    let (id, name, expression) = match visual.show {
        Show::NoUser => return None,
        Show::User => (
            format!("only-{id}-{relation}"),
            format!("is the chosen {id}"),
            format!("ifelse({chosen}, 'yes', 'no')"),
        ),
        Show::Always => {
            let everybody = quoted(&compiler.text("quicksight.everybody"));
            (
                format!("picker-{id}-{relation}"),
                format!("is the chosen {id} or any"),
                format!("ifelse({parameter} = {everybody} OR {chosen}, 'yes', 'no')"),
            )
        }
    };
    let field = compiler.calculated(dataset, &name, &expression);
    Some(Filter {
        id,
        kind: "CategoryFilter",
        body: listed(relation, &field, "CONTAINS", &json!(["yes"])),
    })
}

/// A condition of the visual's `where`.
fn predicate_filter(
    compiler: &mut Compiler<'_>,
    dataset: &Dataset,
    id: String,
    predicate: &Predicate,
) -> Result<Filter> {
    let relation = &dataset.relation.value;
    let column = &predicate.column.value;
    let is_text = compiler.column_type(dataset, column)? == ColumnType::Varchar;
    let is_flag = compiler.column_type(dataset, column)? == ColumnType::Boolean;
    let texts: Option<Vec<&String>> = match (&predicate.value, predicate.values.as_slice()) {
        (Some(Literal::Text(text)), []) => Some(vec![text]),
        (None, values) if !values.is_empty() => values
            .iter()
            .map(|value| match value {
                Literal::Text(text) => Some(text),
                _ => None,
            })
            .collect(),
        _ => None,
    };
    if let (true, Some(texts), Some(operator)) = (is_text, texts, list_operator(predicate.op)) {
        return Ok(Filter {
            id,
            kind: "CategoryFilter",
            body: listed(relation, column, operator, &json!(texts)),
        });
    }
    // A text stands for NULL in such a column.
    let empties = match predicate.op {
        Comparison::IsNull => Some("CONTAINS"),
        Comparison::NotNull => Some("DOES_NOT_CONTAIN"),
        _ => None,
    };
    if let Some(operator) = empties.filter(|_| has_no_nulls(compiler, relation, column)) {
        let none = compiler.text("value.none");
        return Ok(Filter {
            id,
            kind: "CategoryFilter",
            body: listed(relation, column, operator, &json!([none])),
        });
    }
    let number = match &predicate.value {
        Some(Literal::Whole(whole)) => Some(json!(whole)),
        Some(Literal::Number(number)) => Some(json!(number)),
        Some(Literal::Flag(flag)) if is_flag => Some(json!(u8::from(*flag))),
        _ => None,
    };
    if let (None, Some(number), false) = (&predicate.other, number, is_text)
        && let Some((kind, mut body)) = numeric(predicate.op, &number)
    {
        body["Column"] = identifier(relation, column);
        body["NullOption"] = json!("NON_NULLS_ONLY");
        return Ok(Filter { id, kind, body });
    }
    let condition = predicate_expression(compiler, dataset, predicate)?;
    let field = compiler.calculated(
        dataset,
        &format!("meets {id}"),
        &format!("ifelse({condition}, 'yes', 'no')"),
    );
    Ok(Filter {
        id,
        kind: "CategoryFilter",
        body: listed(relation, &field, "CONTAINS", &json!(["yes"])),
    })
}

/// The column that a picker of one value filters: the user's label, as in the control.
pub(crate) fn shown_column<'d>(dataset: &'d Dataset, picker: &Picker, column: &'d str) -> &'d str {
    let shows_names = picker
        .options
        .as_ref()
        .is_some_and(|options| options.label.is_some());
    match &dataset.user {
        Some(user) if shows_names && user.id.value == column => &user.label.value,
        _ => column,
    }
}

const fn list_operator(op: Comparison) -> Option<&'static str> {
    match op {
        Comparison::Eq | Comparison::In => Some("CONTAINS"),
        Comparison::Ne | Comparison::NotIn => Some("DOES_NOT_CONTAIN"),
        _ => None,
    }
}

fn numeric(op: Comparison, number: &Value) -> Option<(&'static str, Value)> {
    let range = |end: &str, include: &str, included: bool| {
        (
            "NumericRangeFilter",
            json!({end: {"StaticValue": number}, include: included}),
        )
    };
    Some(match op {
        Comparison::Gt => range("RangeMinimum", "IncludeMinimum", false),
        Comparison::Gte => range("RangeMinimum", "IncludeMinimum", true),
        Comparison::Lt => range("RangeMaximum", "IncludeMaximum", false),
        Comparison::Lte => range("RangeMaximum", "IncludeMaximum", true),
        Comparison::Eq => (
            "NumericEqualityFilter",
            json!({"Value": number, "MatchOperator": "EQUALS"}),
        ),
        Comparison::Ne => (
            "NumericEqualityFilter",
            json!({"Value": number, "MatchOperator": "DOES_NOT_EQUAL"}),
        ),
        _ => return None,
    })
}

fn listed(relation: &str, column: &str, operator: &str, values: &Value) -> Value {
    json!({
        "Column": identifier(relation, column),
        "Configuration": {"FilterListConfiguration": {
            "MatchOperator": operator,
            "CategoryValues": values,
            "NullOption": "NON_NULLS_ONLY",
        }},
    })
}

fn identifier(relation: &str, column: &str) -> Value {
    json!({"DataSetIdentifier": relation, "ColumnName": column})
}
