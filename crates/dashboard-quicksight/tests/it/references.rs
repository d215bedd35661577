//! Every reference has a target, every part is used, and ids are unique.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::document::{Document, array, repeated, text, walk};
use crate::expressions::Lookup;
use crate::language::Type;
use crate::rules::Rule;

pub(crate) fn rules() -> Vec<Rule> {
    let page = "https://docs.aws.amazon.com/quicksight/latest/APIReference/API_DashboardVersionDefinition.html";
    vec![
        Rule {
            name: "ids are unique",
            page,
            check: ids,
        },
        Rule {
            name: "datasets are declared and used",
            page: "https://docs.aws.amazon.com/quicksight/latest/APIReference/API_DataSetIdentifierDeclaration.html",
            check: data_sets,
        },
        Rule {
            name: "columns exist in their dataset",
            page: "https://docs.aws.amazon.com/quicksight/latest/APIReference/API_ColumnIdentifier.html",
            check: columns,
        },
        Rule {
            name: "calculated fields have names of their own",
            page: "https://docs.aws.amazon.com/quicksight/latest/APIReference/API_CalculatedField.html",
            check: calculated_names,
        },
        Rule {
            name: "parameters are declared and used",
            page: "https://docs.aws.amazon.com/quicksight/latest/user/parameters-in-quicksight.html",
            check: parameters,
        },
        Rule {
            name: "filters act on visuals of their dataset",
            page: "https://docs.aws.amazon.com/quicksight/latest/APIReference/API_FilterGroup.html",
            check: filters,
        },
        Rule {
            name: "filters take parameters of their type",
            page: "https://docs.aws.amazon.com/quicksight/latest/APIReference/API_DashboardError.html",
            check: filter_types,
        },
        Rule {
            name: "controls set what acts on their sheet",
            page: "https://docs.aws.amazon.com/quicksight/latest/user/parameters-controls.html",
            check: controls,
        },
        Rule {
            name: "actions navigate first and set parameters second",
            page: "https://docs.aws.amazon.com/quicksight/latest/APIReference/API_VisualCustomAction.html",
            check: actions,
        },
    ]
}

fn ids(document: &Document) -> Vec<String> {
    let mut ids: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    walk(&document.definition, &mut |name, value| {
        let kind = match name {
            // Text boxes and visuals are elements of one layout.
            "VisualId" | "SheetTextBoxId" => "element",
            "SheetId" | "FilterGroupId" | "FilterId" | "ParameterControlId" | "CustomActionId" => {
                name
            }
            _ => return,
        };
        ids.entry(kind).or_default().push(text(value));
    });
    // Filters refer to sheets by id, too.
    let sheets = document.sheets().map(|sheet| text(&sheet["SheetId"]));
    ids.insert("SheetId", sheets.collect());
    let fields = document.visuals();
    let fields: Vec<String> = fields
        .iter()
        .flat_map(|visual| {
            visual
                .fields()
                .into_keys()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .collect();
    let mut found: Vec<String> = ids.into_values().flat_map(repeated).collect();
    found.extend(repeated(fields.iter().map(String::as_str)));
    found
}

fn data_sets(document: &Document) -> Vec<String> {
    let declarations = &document.definition["DataSetIdentifierDeclarations"];
    let declared: Vec<&str> = array(declarations)
        .map(|one| text(&one["Identifier"]))
        .collect();
    let arns = array(declarations).map(|one| text(&one["DataSetArn"]));
    let mut found = repeated(declared.iter().copied().chain(arns));
    let mut used = BTreeSet::new();
    walk(&document.definition, &mut |name, value| {
        if name == "DataSetIdentifier" {
            used.insert(text(value));
        }
    });
    let declared: BTreeSet<&str> = declared.into_iter().collect();
    found.extend(
        declared
            .symmetric_difference(&used)
            .map(|name| (*name).to_owned()),
    );
    found
}

fn columns(document: &Document) -> Vec<String> {
    let calculated = document.calculated();
    let mut found = Vec::new();
    let mut check = |value: &Value| {
        let (data_set, column) = (
            text(&value["DataSetIdentifier"]),
            text(&value["ColumnName"]),
        );
        let is_column = document
            .columns
            .get(data_set)
            .is_some_and(|columns| columns.contains_key(column));
        if !is_column && !calculated.contains_key(&(data_set, column)) {
            found.push(format!("{data_set}.{column}"));
        }
    };
    walk(&document.definition, &mut |_, value| {
        if value.get("ColumnName").is_some() {
            check(value);
        }
    });
    found
}

fn calculated_names(document: &Document) -> Vec<String> {
    let fields = array(&document.definition["CalculatedFields"]);
    let mut names = Vec::new();
    for field in fields {
        let data_set = text(&field["DataSetIdentifier"]);
        names.push(format!(
            "{data_set}.{}",
            text(&field["Name"]).to_lowercase()
        ));
    }
    for (data_set, columns) in &document.columns {
        names.extend(columns.keys().map(|column| format!("{data_set}.{column}")));
    }
    repeated(names.iter().map(String::as_str))
}

/// The parameters that any part refers to.
fn named_parameters(document: &Document) -> BTreeSet<&str> {
    let mut named = BTreeSet::new();
    walk(&document.definition, &mut |name, value| {
        if matches!(
            name,
            "ParameterName" | "Parameter" | "SourceParameterName" | "DestinationParameterName"
        ) {
            named.insert(text(value));
        }
    });
    for expression in document.calculated().into_values() {
        for rest in expression.split("${").skip(1) {
            named.extend(rest.split('}').next());
        }
    }
    // A built-in: the columns of the visual.
    named.remove("visualDimensions");
    named
}

fn parameters(document: &Document) -> Vec<String> {
    let declarations = array(&document.definition["ParameterDeclarations"]);
    let names = declarations
        .filter_map(Value::as_object)
        .flatten()
        .map(|(_, body)| text(&body["Name"]));
    let mut found = repeated(names);
    let declared: BTreeSet<&str> = document.parameters().into_keys().collect();
    let anywhere = named_parameters(document);
    found.extend(
        declared
            .symmetric_difference(&anywhere)
            .map(|name| (*name).to_owned()),
    );
    found
}

fn filters(document: &Document) -> Vec<String> {
    let visuals = document.visuals();
    let mut found = Vec::new();
    for (group, _, filter) in document.filters() {
        let id = text(&group["FilterGroupId"]);
        if array(&group["Filters"]).count() != 1 {
            found.push(format!("{id}: filters of one group are joined by OR"));
        }
        let data_set = text(&filter["Column"]["DataSetIdentifier"]);
        let scope =
            &group["ScopeConfiguration"]["SelectedSheets"]["SheetVisualScopingConfigurations"];
        let sheets = array(scope).map(|sheet| text(&sheet["SheetId"]));
        found.extend(
            repeated(sheets)
                .into_iter()
                .map(|sheet| format!("{id}: {sheet} twice")),
        );
        let mut acts = false;
        for sheet in array(scope) {
            for visual in array(&sheet["VisualIds"]) {
                acts = true;
                let of_sheet = |drawn: &&crate::document::Drawn<'_>| {
                    drawn.sheet == text(&sheet["SheetId"]) && drawn.id() == text(visual)
                };
                match visuals.iter().find(of_sheet) {
                    Some(drawn) if drawn.data_sets().contains(data_set) => {}
                    _ => found.push(format!("{id}: {visual}")),
                }
            }
        }
        if !acts {
            found.push(format!("{id} acts on nothing"));
        }
    }
    found
}

fn filter_types(document: &Document) -> Vec<String> {
    let (parameters, lookup) = (document.parameters(), Lookup::new(document));
    let mut found = Vec::new();
    for (_, kind, filter) in document.filters() {
        let expected = if kind == "TimeRangeFilter" {
            Type::Date
        } else {
            Type::Text
        };
        walk(filter, &mut |name, value| {
            let is_parameter = matches!(name, "ParameterName" | "Parameter");
            let fits = parameters
                .get(text(value))
                .is_some_and(|(value_type, _)| *value_type == expected);
            if is_parameter && !fits {
                found.push(format!("{} takes {value}", text(&filter["FilterId"])));
            }
        });
        let column = (
            text(&filter["Column"]["DataSetIdentifier"]),
            text(&filter["Column"]["ColumnName"]),
        );
        let column_type = lookup.type_of(column.0, column.1);
        let fits = match kind {
            "TimeRangeFilter" => column_type == Ok(Type::Date),
            "CategoryFilter" => column_type == Ok(Type::Text),
            _ => column_type == Ok(Type::Number),
        };
        if !fits {
            found.push(format!("{kind} on {column:?}, which is {column_type:?}"));
        }
    }
    found
}

/// The parameters that a filter depends on, by its own member or by its calculated field.
fn behind<'d>(
    calculated: &BTreeMap<(&'d str, &'d str), &'d str>,
    filter: &'d Value,
) -> BTreeSet<&'d str> {
    let mut behind = BTreeSet::new();
    walk(filter, &mut |name, value| {
        if matches!(name, "ParameterName" | "Parameter") {
            behind.insert(text(value));
        }
    });
    let column = (
        text(&filter["Column"]["DataSetIdentifier"]),
        text(&filter["Column"]["ColumnName"]),
    );
    if let Some(expression) = calculated.get(&column) {
        for rest in expression.split("${").skip(1) {
            behind.extend(rest.split('}').next());
        }
    }
    behind
}

fn controls(document: &Document) -> Vec<String> {
    let calculated = document.calculated();
    let mut found = Vec::new();
    for sheet in document.sheets() {
        let controls = array(&sheet["ParameterControls"])
            .filter_map(Value::as_object)
            .flatten();
        let set: Vec<&str> = controls
            .map(|(_, control)| text(&control["SourceParameterName"]))
            .collect();
        found.extend(repeated(set.iter().copied()));
        let id = text(&sheet["SheetId"]);
        let mut acting = BTreeSet::new();
        for (group, _, filter) in document.filters() {
            let scope =
                &group["ScopeConfiguration"]["SelectedSheets"]["SheetVisualScopingConfigurations"];
            if array(scope).any(|sheet| text(&sheet["SheetId"]) == id) {
                acting.extend(behind(&calculated, filter));
            }
        }
        // Every acting parameter has a control, and every control acts.
        let set: BTreeSet<&str> = set.into_iter().collect();
        found.extend(
            acting
                .symmetric_difference(&set)
                .map(|name| format!("{id}: {name}")),
        );
    }
    found
}

fn actions(document: &Document) -> Vec<String> {
    let sheets: BTreeSet<&str> = document
        .sheets()
        .map(|sheet| text(&sheet["SheetId"]))
        .collect();
    let parameters = document.parameters();
    let mut found = Vec::new();
    for visual in document.visuals() {
        let fields = visual.fields();
        for action in array(&visual.body["Actions"]) {
            let operations: Vec<(&String, &Value)> = array(&action["ActionOperations"])
                .filter_map(Value::as_object)
                .flatten()
                .collect();
            let order: Vec<&str> = operations.iter().map(|(kind, _)| kind.as_str()).collect();
            if !matches!(
                order.as_slice(),
                ["NavigationOperation", "SetParametersOperation"]
                    | ["SetParametersOperation" | "FilterOperation"]
            ) {
                found.push(format!("{}: {order:?}", visual.id()));
            }
            for (_, operation) in &operations {
                let target = &operation["LocalNavigationConfiguration"]["TargetSheetId"];
                if target.is_string()
                    && (!sheets.contains(text(target)) || text(target) == visual.sheet)
                {
                    found.push(format!("{}: to {target}", visual.id()));
                }
                for set in array(&operation["ParameterValueConfigurations"]) {
                    let parameter = parameters.get(text(&set["DestinationParameterName"]));
                    let source = fields.get(text(&set["Value"]["SourceField"]));
                    let fits = match (parameter, source) {
                        (Some((Type::Text, false)), Some((kind, ..))) => {
                            *kind == "CategoricalDimensionField"
                        }
                        _ => false,
                    };
                    if !fits {
                        found.push(format!("{}: {set}", visual.id()));
                    }
                }
            }
        }
    }
    found
}
