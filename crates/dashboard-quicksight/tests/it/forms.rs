//! Forms that the service accepts and shows correctly, as exported definitions use them.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::document::{Document, Drawn, array, text, walk};
use crate::rules::Rule;

pub(crate) fn rules() -> Vec<Rule> {
    let mut rules = of_visuals();
    rules.extend(of_texts_and_filters());
    rules
}

fn of_visuals() -> Vec<Rule> {
    vec![
        Rule {
            name: "headlines without a comparison have no options",
            page: "https://docs.aws.amazon.com/quicksight/latest/APIReference/API_KPIOptions.html",
            check: headline_options,
        },
        Rule {
            name: "headlines show a number",
            page: "https://docs.aws.amazon.com/quicksight/latest/user/kpi.html",
            check: headline_values,
        },
        Rule {
            name: "narrow headlines have no subtitle",
            page: "https://docs.aws.amazon.com/quicksight/latest/user/kpi.html",
            check: headline_subtitles,
        },
        Rule {
            name: "pies have a category and one value",
            page: "https://docs.aws.amazon.com/quicksight/latest/user/pie-chart.html",
            check: pies,
        },
        Rule {
            name: "charts over days show all days",
            page: "https://docs.aws.amazon.com/quicksight/latest/user/bar-charts.html",
            check: day_limits,
        },
        Rule {
            name: "dates of charts can be drilled into",
            page: "https://docs.aws.amazon.com/quicksight/latest/APIReference/API_ColumnHierarchy.html",
            check: hierarchies,
        },
        Rule {
            name: "heat maps are sorted by their own fields",
            page: "https://docs.aws.amazon.com/quicksight/latest/APIReference/API_HeatMapSortConfiguration.html",
            check: heat_map_sorts,
        },
        Rule {
            name: "sorts by a column say how it is aggregated",
            page: "https://docs.aws.amazon.com/quicksight/latest/APIReference/API_ColumnSort.html",
            check: column_sorts,
        },
        Rule {
            name: "dots of a scatter plot have one colour",
            page: "https://docs.aws.amazon.com/quicksight/latest/user/scatter-plot.html",
            check: scatter_colours,
        },
        Rule {
            name: "a visual has one action on a click",
            page: "https://docs.aws.amazon.com/quicksight/latest/APIReference/API_VisualCustomAction.html",
            check: clicks,
        },
    ]
}

fn of_texts_and_filters() -> Vec<Rule> {
    vec![
        Rule {
            name: "filter groups of selected visuals have one sheet",
            page: "https://docs.aws.amazon.com/quicksight/latest/APIReference/API_SelectedSheetsFilterScopeConfiguration.html",
            check: scopes,
        },
        Rule {
            name: "colours of measures name the column",
            page: "https://docs.aws.amazon.com/quicksight/latest/APIReference/API_DataPathValue.html",
            check: measure_colours,
        },
        Rule {
            name: "texts of conditions have double quotes",
            page: "https://docs.aws.amazon.com/quicksight/latest/APIReference/API_ConditionalFormattingSolidColor.html",
            check: quotes,
        },
        Rule {
            name: "joined conditions are in parentheses",
            page: "https://docs.aws.amazon.com/quicksight/latest/APIReference/API_ConditionalFormattingSolidColor.html",
            check: parentheses,
        },
        Rule {
            name: "colours of pivot cells are of values, with their scopes",
            page: "https://docs.aws.amazon.com/quicksight/latest/APIReference/API_PivotTableCellConditionalFormatting.html",
            check: pivot_cells,
        },
        Rule {
            name: "days apart are counted on rows",
            page: "https://docs.aws.amazon.com/quicksight/latest/user/dateDiff-function.html",
            check: days_apart,
        },
        Rule {
            name: "means of groups need no condition over groups",
            page: "https://docs.aws.amazon.com/quicksight/latest/user/level-aware-calculations-aggregate.html",
            check: conditions_over_groups,
        },
        Rule {
            name: "controls offer names, everybody, and nothing empty",
            page: "https://docs.aws.amazon.com/quicksight/latest/user/parameters-controls.html",
            check: offers,
        },
        Rule {
            name: "sheets for one user name the chosen user",
            page: "https://docs.aws.amazon.com/quicksight/latest/user/parameters-in-quicksight.html",
            check: chosen_user,
        },
    ]
}

fn ids<'d>(visuals: impl Iterator<Item = Drawn<'d>>) -> Vec<String> {
    visuals.map(|visual| visual.id().to_owned()).collect()
}

fn of_kind<'d>(document: &'d Document, kind: &'static str) -> impl Iterator<Item = Drawn<'d>> {
    let visuals = document.visuals().into_iter();
    visuals.filter(move |visual| visual.kind == kind)
}

fn in_well(visual: &Drawn<'_>, name: &str) -> usize {
    let fields = visual.fields();
    fields.values().filter(|(_, _, well)| *well == name).count()
}

/// `Only PrimaryValueFontSize display property can be defined when TargetValue and TrendGroup fields are empty`.
fn headline_options(document: &Document) -> Vec<String> {
    let visuals = of_kind(document, "KPIVisual");
    ids(visuals.filter(|visual| {
        let compares = in_well(visual, "TargetValues") + in_well(visual, "TrendGroups") > 0;
        let configuration = &visual.body["ChartConfiguration"];
        !compares && configuration.get("KPIOptions").is_some()
    }))
}

fn headline_values(document: &Document) -> Vec<String> {
    let visuals = of_kind(document, "KPIVisual");
    ids(visuals.filter(|visual| {
        let fields = visual.fields();
        let mut kinds = fields.values().map(|(kind, ..)| *kind);
        kinds.any(|kind| kind != "NumericalMeasureField")
    }))
}

/// Exported tiles with a subtitle and a comparison have at least 9 of 36 columns and 6 rows.
fn headline_subtitles(document: &Document) -> Vec<String> {
    let mut found = Vec::new();
    for sheet in document.sheets() {
        let elements: Vec<&Value> =
            array(&sheet["Layouts"][0]["Configuration"]["GridLayout"]["Elements"]).collect();
        for visual in array(&sheet["Visuals"]) {
            let body = &visual["KPIVisual"];
            if body.is_null() {
                continue;
            }
            let id = &body["VisualId"];
            let tile = elements.iter().find(|element| element["ElementId"] == *id);
            let width = tile.and_then(|tile| tile["ColumnSpan"].as_u64());
            if body["Subtitle"]["Visibility"] != "HIDDEN" && width < Some(9) {
                found.push(id.to_string());
            }
        }
    }
    found
}

fn pies(document: &Document) -> Vec<String> {
    let visuals = of_kind(document, "PieChartVisual");
    ids(visuals.filter(|visual| in_well(visual, "Category") != 1 || in_well(visual, "Values") != 1))
}

/// Without a limit, a visual shows 50 items; by date, the oldest.
fn day_limits(document: &Document) -> Vec<String> {
    let mut found = Vec::new();
    for visual in document.visuals() {
        let limits: &[(&str, &str)] = match visual.kind {
            "BarChartVisual" => &[("Category", "CategoryItemsLimit")],
            "LineChartVisual" => &[("Category", "CategoryItemsLimitConfiguration")],
            "HeatMapVisual" => &[
                ("Columns", "HeatMapColumnItemsLimitConfiguration"),
                ("Rows", "HeatMapRowItemsLimitConfiguration"),
            ],
            _ => continue,
        };
        let sort = &visual.body["ChartConfiguration"]["SortConfiguration"];
        for (well, limit) in limits {
            let fields = visual.fields();
            let mut in_well = fields.values().filter(|(_, _, of)| of == well);
            let has_dates = in_well.any(|(kind, ..)| *kind == "DateDimensionField");
            let is_enough = sort[limit]["ItemsLimit"].as_u64() >= Some(400)
                && sort[limit]["OtherCategories"] == "EXCLUDE";
            if has_dates && !is_enough {
                found.push(format!("{}: {well}", visual.id()));
            }
        }
    }
    found
}

/// Date columns of charts; calculated weeks have no finer periods.
fn hierarchies(document: &Document) -> Vec<String> {
    let calculated = document.calculated();
    let mut found = Vec::new();
    for visual in document.visuals() {
        let declared: BTreeSet<&str> = array(&visual.body["ColumnHierarchies"])
            .map(|one| text(&one["DateTimeHierarchy"]["HierarchyId"]))
            .collect();
        let is_chart = matches!(
            visual.kind,
            "BarChartVisual" | "LineChartVisual" | "HeatMapVisual"
        );
        let mut used = BTreeSet::new();
        for (id, (kind, field, _)) in visual.fields() {
            let column = &field["Column"];
            let key = (
                text(&column["DataSetIdentifier"]),
                text(&column["ColumnName"]),
            );
            let drills = is_chart && kind == "DateDimensionField" && !calculated.contains_key(&key);
            if drills != field.get("HierarchyId").is_some() {
                found.push(id.to_owned());
            }
            used.extend(field["HierarchyId"].as_str());
        }
        if used != declared {
            found.push(format!("{}: {used:?}, {declared:?}", visual.id()));
        }
    }
    found
}

fn heat_map_sorts(document: &Document) -> Vec<String> {
    let visuals = of_kind(document, "HeatMapVisual");
    ids(visuals.filter(|visual| {
        let sort = visual.body["ChartConfiguration"]["SortConfiguration"].to_string();
        sort.contains("ColumnSort\":{")
    }))
}

fn column_sorts(document: &Document) -> Vec<String> {
    let calculated = document.calculated();
    let mut found = Vec::new();
    for visual in document.visuals() {
        walk(visual.body, &mut |name, value| {
            if !matches!(name, "ColumnSort" | "Column") || value.get("SortBy").is_none() {
                return;
            }
            let column = &value["SortBy"];
            let key = (
                text(&column["DataSetIdentifier"]),
                text(&column["ColumnName"]),
            );
            let is_plain = !calculated.contains_key(&key);
            if !is_plain || value.get("AggregationFunction").is_none() {
                found.push(format!("{}: {column}", visual.id()));
            }
        });
    }
    found
}

/// Each value of a group has its own colour: users are in the label.
fn scatter_colours(document: &Document) -> Vec<String> {
    let calculated = document.calculated();
    let visuals = of_kind(document, "ScatterPlotVisual");
    ids(visuals.filter(|visual| {
        let fields = visual.fields();
        let group = fields.values().find(|(_, _, well)| *well == "Category");
        let is_constant = group.is_some_and(|(_, field, _)| {
            let column = &field["Column"];
            let key = (
                text(&column["DataSetIdentifier"]),
                text(&column["ColumnName"]),
            );
            calculated.get(&key).is_some_and(|is| is.starts_with('\''))
        });
        !is_constant || in_well(visual, "Label") != 1
    }))
}

/// A click opens a user, or filters the sheet.
fn clicks(document: &Document) -> Vec<String> {
    let mut found = Vec::new();
    for visual in document.visuals() {
        let actions: Vec<&Value> = array(&visual.body["Actions"]).collect();
        let mut operations = actions
            .iter()
            .flat_map(|action| array(&action["ActionOperations"]));
        let filters = operations.any(|operation| operation.get("FilterOperation").is_some());
        if actions.len() > 1 {
            found.push(visual.id().to_owned());
        }
        if !filters {
            continue;
        }
        walk(visual.body, &mut |name, value| {
            if name == "FilterOperation" {
                let target =
                    &value["TargetVisualsConfiguration"]["SameSheetTargetVisualConfiguration"];
                let fields = array(&value["SelectedFieldsConfiguration"]["SelectedFields"]).count();
                if target["TargetVisualOptions"] != "ALL_VISUALS" || fields != 1 {
                    found.push(format!("{}: {value}", visual.id()));
                }
            }
        });
    }
    found
}

fn scopes(document: &Document) -> Vec<String> {
    let groups = array(&document.definition["FilterGroups"]);
    groups
        .filter(|group| {
            let scope =
                &group["ScopeConfiguration"]["SelectedSheets"]["SheetVisualScopingConfigurations"];
            let selects = array(scope).any(|sheet| sheet["Scope"] == "SELECTED_VISUALS");
            selects && array(scope).count() != 1
        })
        .map(|group| text(&group["FilterGroupId"]).to_owned())
        .collect()
}

fn measure_colours(document: &Document) -> Vec<String> {
    let mut found = Vec::new();
    for visual in document.visuals() {
        let fields = visual.fields();
        walk(visual.body, &mut |name, value| {
            if name != "Element" {
                return;
            }
            let id = text(&value["FieldId"]);
            if let Some((kind, field, _)) = fields.get(id)
                && kind.ends_with("MeasureField")
                && field["Column"]["ColumnName"] != value["FieldValue"]
            {
                found.push(id.to_owned());
            }
        });
    }
    found
}

/// The expressions of conditional formats, each with the id of its visual.
fn formats(document: &Document) -> Vec<(String, &str)> {
    let mut found = Vec::new();
    for visual in document.visuals() {
        let id = visual.id().to_owned();
        walk(&visual.body["ConditionalFormatting"], &mut |name, value| {
            if name == "Expression" {
                found.push((id.clone(), text(value)));
            }
        });
    }
    found
}

fn quotes(document: &Document) -> Vec<String> {
    let formats = formats(document).into_iter();
    formats
        .filter(|(_, expression)| {
            expression
                .split('"')
                .step_by(2)
                .any(|part| part.contains('\''))
        })
        .map(|(id, expression)| format!("{id}: {expression}"))
        .collect()
}

fn parentheses(document: &Document) -> Vec<String> {
    let formats = formats(document).into_iter();
    formats
        .filter(|(_, expression)| {
            let parts: Vec<&str> = expression.split(" AND ").collect();
            let in_parentheses = |part: &&str| part.starts_with('(') && part.ends_with(')');
            parts.len() > 1 && !parts.iter().all(in_parentheses)
        })
        .map(|(id, expression)| format!("{id}: {expression}"))
        .collect()
}

fn pivot_cells(document: &Document) -> Vec<String> {
    let mut found = Vec::new();
    for visual in of_kind(document, "PivotTableVisual") {
        let fields = visual.fields();
        for option in array(&visual.body["ConditionalFormatting"]["ConditionalFormattingOptions"]) {
            let id = text(&option["Cell"]["FieldId"]);
            let is_value = fields.get(id).is_some_and(|(_, _, well)| *well == "Values");
            if !is_value || array(&option["Cell"]["Scopes"]).count() == 0 {
                found.push(format!("{}: {id}", visual.id()));
            }
        }
    }
    found
}

fn expressions<'d>(
    document: &'d Document,
    is_wrong: impl Fn(&str) -> bool + 'd,
) -> impl Iterator<Item = String> + 'd {
    let calculated = document.calculated().into_iter();
    calculated
        .filter(move |(_, expression)| is_wrong(expression))
        .map(|((data_set, name), expression)| format!("{data_set}.{name}: {expression}"))
}

fn days_apart(document: &Document) -> Vec<String> {
    let aggregates = ["dateDiff(min(", "dateDiff(max("];
    let is_wrong = move |is: &str| aggregates.iter().any(|name| is.contains(name));
    expressions(document, is_wrong).collect()
}

fn conditions_over_groups(document: &Document) -> Vec<String> {
    expressions(document, |is| is.contains("avg(ifelse(")).collect()
}

fn offers(document: &Document) -> Vec<String> {
    let mut found = Vec::new();
    for sheet in document.sheets() {
        for control in array(&sheet["ParameterControls"]).map(|control| &control["Dropdown"]) {
            let column = &control["SelectableValues"]["LinkToDataSetColumn"];
            if column.is_null() {
                continue;
            }
            let (data_set, column) = (
                text(&column["DataSetIdentifier"]),
                text(&column["ColumnName"]),
            );
            let query = &document.queries[data_set];
            let everybody = &document.everybody;
            let is_complete = if control["Type"] == "SINGLE_SELECT" {
                last_cell(query, column) == Some(&format!("'{everybody}'"))
            } else {
                // Missing values have a name.
                let mut lines = query.lines();
                lines.any(|line| {
                    line.trim_end_matches(',')
                        .ends_with(&format!(" AS {column}"))
                        && line.contains(&format!("'{}'", document.none))
                })
            };
            if !is_complete {
                found.push(format!(
                    "{}: {data_set}.{column}",
                    control["ParameterControlId"]
                ));
            }
        }
    }
    found
}

/// The cell of a column in the row that a query adds.
fn last_cell<'q>(query: &'q str, column: &str) -> Option<&'q str> {
    let (query, row) = query.split_once("\nUNION ALL\nSELECT ")?;
    let mut columns = query.lines().skip(1);
    let place = columns.position(|line| {
        let name = line.trim_end_matches(',').rsplit([' ', '.']).next();
        name == Some(column)
    })?;
    row.split(", ").nth(place)
}

/// Whether the user has rows or not: the title is always shown.
fn chosen_user(document: &Document) -> Vec<String> {
    let mut missing = Vec::new();
    for sheet in document.sheets() {
        let mut is_for_one = false;
        let mut names = false;
        for (_, body) in array(&sheet["Visuals"])
            .filter_map(Value::as_object)
            .flatten()
        {
            let id = &body["VisualId"];
            is_for_one |= document.filters().iter().any(|(group, ..)| {
                text(&group["FilterGroupId"]).starts_with("only-user-")
                    && group.to_string().contains(&id.to_string())
            });
            names |= text(&body["Title"]["FormatText"]["RichText"])
                .contains("<parameter>${User}</parameter>");
        }
        if is_for_one && !names {
            missing.push(text(&sheet["SheetId"]).to_owned());
        }
    }
    missing
}
