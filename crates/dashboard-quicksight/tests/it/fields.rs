//! Fields: of the kind that their column needs, and referred to by their own visual only.

use serde_json::Value;

use crate::document::{Document, Drawn, array, text, walk};
use crate::expressions::Lookup;
use crate::language::{Level, Type};
use crate::rules::Rule;

pub(crate) fn rules() -> Vec<Rule> {
    let custom =
        "https://docs.aws.amazon.com/quicksight/latest/user/calculated-field-aggregations.html";
    vec![
        Rule {
            name: "fields are of the type of their column",
            page: "https://docs.aws.amazon.com/quicksight/latest/APIReference/API_DimensionField.html",
            check: types,
        },
        Rule {
            name: "custom aggregations are measures without another aggregation",
            page: custom,
            check: aggregations,
        },
        Rule {
            name: "scatter plots of custom aggregations have a group",
            page: custom,
            check: scatter_plots,
        },
        Rule {
            name: "sorts, labels and colours name fields of their visual",
            page: "https://docs.aws.amazon.com/quicksight/latest/APIReference/API_FieldSort.html",
            check: named,
        },
        Rule {
            name: "colours are sorted by themselves alone",
            page: "https://docs.aws.amazon.com/quicksight/latest/APIReference/API_BarChartSortConfiguration.html",
            check: colour_sorts,
        },
        Rule {
            name: "table calculations name fields of their visual",
            page: "https://docs.aws.amazon.com/quicksight/latest/user/table-calculation-functions.html",
            check: table_calculations,
        },
    ]
}

fn column_of(field: &Value) -> (&str, &str) {
    let column = &field["Column"];
    (
        text(&column["DataSetIdentifier"]),
        text(&column["ColumnName"]),
    )
}

fn types(document: &Document) -> Vec<String> {
    let lookup = Lookup::new(document);
    let mut found = Vec::new();
    for visual in document.visuals() {
        for (id, (kind, field, _)) in visual.fields() {
            let (data_set, column) = column_of(field);
            let expected = match kind {
                "DateDimensionField" | "DateMeasureField" => Type::Date,
                "NumericalDimensionField" | "NumericalMeasureField" => Type::Number,
                _ => Type::Text,
            };
            let column_type = lookup.type_of(data_set, column);
            if column_type != Ok(expected) {
                found.push(format!(
                    "{id}: {kind} of {column}, which is {column_type:?}"
                ));
            }
        }
    }
    found
}

fn aggregations(document: &Document) -> Vec<String> {
    let lookup = Lookup::new(document);
    let mut found = Vec::new();
    for visual in document.visuals() {
        for (id, (kind, field, _)) in visual.fields() {
            let (data_set, column) = column_of(field);
            let is_aggregated = lookup.level_of(data_set, column) == Ok(Level::Aggregate);
            let is_measure = kind.ends_with("MeasureField");
            let aggregates = field.get("AggregationFunction").is_some();
            let is_wrong = if is_measure {
                is_aggregated == aggregates
            } else {
                is_aggregated || aggregates
            };
            if is_wrong {
                found.push(format!("{id}: {kind} of {column}"));
            }
        }
        walk(visual.body, &mut |name, value| {
            if !matches!(name, "ColumnSort" | "Column") || value.get("SortBy").is_none() {
                return;
            }
            let column = &value["SortBy"];
            let (data_set, column) = (
                text(&column["DataSetIdentifier"]),
                text(&column["ColumnName"]),
            );
            let is_aggregated = lookup.level_of(data_set, column) == Ok(Level::Aggregate);
            if is_aggregated == value.get("AggregationFunction").is_some() {
                found.push(format!("{}: sort by {column}", visual.id()));
            }
        });
    }
    found
}

fn scatter_plots(document: &Document) -> Vec<String> {
    let visuals = document.visuals();
    let plots = visuals
        .iter()
        .filter(|visual| visual.kind == "ScatterPlotVisual");
    plots
        .filter(|visual| {
            !visual
                .fields()
                .values()
                .any(|(_, _, well)| *well == "Category")
        })
        .map(|visual| visual.id().to_owned())
        .collect()
}

fn named(document: &Document) -> Vec<String> {
    let mut found = Vec::new();
    for visual in document.visuals() {
        let fields = visual.fields();
        let mut check = |value: &Value| {
            if !fields.contains_key(text(value)) {
                found.push(format!("{}: {value}", visual.id()));
            }
        };
        walk(visual.body, &mut |name, value| match name {
            "FieldId" | "SourceField" => check(value),
            "Order" | "SelectedFields" => array(value).for_each(&mut check),
            _ => {}
        });
    }
    found
}

fn colour_sorts(document: &Document) -> Vec<String> {
    let mut found = Vec::new();
    for visual in document.visuals() {
        let fields = visual.fields();
        for sort in array(&visual.body["ChartConfiguration"]["SortConfiguration"]["ColorSort"]) {
            let id = text(&sort["FieldSort"]["FieldId"]);
            if fields.get(id).is_none_or(|(_, _, well)| *well != "Colors") {
                found.push(format!("{}: {sort}", visual.id()));
            }
        }
    }
    found
}

/// The service's error: `Table calculation attribute references are missing in field wells`.
fn table_calculations(document: &Document) -> Vec<String> {
    let calculated = document.calculated();
    let mut found = Vec::new();
    for visual in document.visuals() {
        for (_, field, _) in visual.fields().into_values() {
            let Some(expression) = calculated.get(&column_of(field)) else {
                continue;
            };
            let Some((_, lists)) = expression
                .strip_prefix("runningSum(")
                .and_then(|rest| rest.split_once(", ["))
            else {
                continue;
            };
            for name in lists
                .split('{')
                .skip(1)
                .filter_map(|rest| rest.split('}').next())
            {
                if !is_dimension(&visual, name) {
                    found.push(format!("{}: {name}", visual.id()));
                }
            }
        }
    }
    found
}

fn is_dimension(visual: &Drawn<'_>, column: &str) -> bool {
    let mut fields = visual.fields().into_values();
    fields.any(|(kind, field, _)| kind.ends_with("DimensionField") && column_of(field).1 == column)
}
