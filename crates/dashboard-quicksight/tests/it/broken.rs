//! One change per rule that breaks it, and that a schema does not find.

use serde_json::{Value, json};

use crate::document::{Document, array, text};

type Change = fn(&mut Document);

pub(crate) const CHANGES: [(&str, Change); 44] = [
    ("an analysis has a limited number of parts", |document| {
        let sheets = document.definition["Sheets"].as_array().unwrap().clone();
        document.definition["Sheets"] = json!([sheets.clone(), sheets.clone(), sheets].concat());
    }),
    ("a sheet has a limited number of parts", |document| {
        let visuals = &mut document.definition["Sheets"][0]["Visuals"];
        let many: Vec<Value> = visuals
            .as_array()
            .unwrap()
            .iter()
            .cycle()
            .take(51)
            .cloned()
            .collect();
        *visuals = json!(many);
    }),
    (
        "visuals have as many fields as their type takes",
        |document| {
            let wells = &mut visual(document, "a-weekdays")["ChartConfiguration"]["FieldWells"]["HeatMapAggregatedFieldWells"];
            wells["Values"] = json!([]);
        },
    ),
    ("tables have pages of a known size", |document| {
        let table = &mut visual(document, "p-all-users")["ChartConfiguration"];
        table["SortConfiguration"]["PaginationConfiguration"]["PageSize"] = json!(25);
    }),
    ("ids are unique", |document| {
        visual(document, "a-credits")["VisualId"] = json!("a-messages");
    }),
    ("datasets are declared and used", |document| {
        let declared = document.definition["DataSetIdentifierDeclarations"]
            .as_array_mut()
            .unwrap();
        declared.retain(|one| text(&one["Identifier"]) != "wow_movers");
    }),
    ("columns exist in their dataset", |document| {
        field(document, "p-movers", "GroupBy", 0)["Column"]["ColumnName"] = json!("email");
    }),
    ("calculated fields have names of their own", |document| {
        calculated(document, "data_health", "Rows read")["Name"] = json!("Row_Count");
    }),
    ("parameters are declared and used", |document| {
        let declared = document.definition["ParameterDeclarations"]
            .as_array_mut()
            .unwrap();
        declared.retain(|one| one["StringParameterDeclaration"]["Name"] != "Model");
    }),
    ("filters act on visuals of their dataset", |document| {
        let scope = &mut group(document, "days-daily_users-activity")["ScopeConfiguration"]["SelectedSheets"];
        scope["SheetVisualScopingConfigurations"][0]["VisualIds"] = json!(["a-clients"]);
    }),
    ("filters take parameters of their type", |document| {
        let filter =
            &mut group(document, "days-daily_users-activity")["Filters"][0]["TimeRangeFilter"];
        filter["RangeMinimumValue"]["Parameter"] = json!("Tier");
    }),
    ("controls set what acts on their sheet", |document| {
        let controls = document.definition["Sheets"][0]["ParameterControls"]
            .as_array_mut()
            .unwrap();
        controls.retain(|control| control["Dropdown"]["SourceParameterName"] != "Client");
    }),
    (
        "actions navigate first and set parameters second",
        |document| {
            let operations = &mut visual(document, "p-all-users")["Actions"][0]["ActionOperations"];
            operations.as_array_mut().unwrap().reverse();
        },
    ),
    ("fields are of the type of their column", |document| {
        let field = field(document, "p-movers", "GroupBy", 4);
        *field = json!({"FieldId": field["FieldId"], "Column": field["Column"]});
        let groups = wells(document, "p-movers", "GroupBy");
        let body = groups[4]["DateDimensionField"].clone();
        groups[4] = json!({"CategoricalDimensionField": body});
    }),
    (
        "custom aggregations are measures without another aggregation",
        |document| {
            field(document, "p-movers", "Values", 0)["AggregationFunction"] =
                json!({"SimpleNumericalAggregation": "SUM"});
        },
    ),
    (
        "scatter plots of custom aggregations have a group",
        |document| {
            let wells = &mut visual(document, "c-scatter")["ChartConfiguration"]["FieldWells"];
            let wells = &mut wells["ScatterPlotCategoricallyAggregatedFieldWells"];
            wells["Label"] = wells["Category"].take();
        },
    ),
    (
        "sorts, labels and colours name fields of their visual",
        |document| {
            let sort = &mut visual(document, "p-movers")["ChartConfiguration"]["SortConfiguration"]
                ["RowSort"];
            sort[0]["FieldSort"]["FieldId"] = json!("p-all-users.value0");
        },
    ),
    ("colours are sorted by themselves alone", |document| {
        let sort = &mut visual(document, "a-models")["ChartConfiguration"]["SortConfiguration"];
        sort["ColorSort"] =
            json!([{"FieldSort": {"FieldId": "a-models.value0", "Direction": "DESC"}}]);
    }),
    (
        "table calculations name fields of their visual",
        |document| {
            let expression = "runningSum(sum({credits_used}), [{activity_date} ASC])";
            calculated(document, "base_user_activity", "Credits used (2)")["Expression"] =
                json!(expression);
        },
    ),
    (
        "every element of the layout is there, and has one place",
        |document| {
            elements(document, "Layouts").pop();
        },
    ),
    ("elements lie inside the grid and apart", |document| {
        elements(document, "Layouts")[1]["RowIndex"] = json!(0);
        elements(document, "Layouts")[1]["ColumnIndex"] = json!(1);
    }),
    ("every control has a place", |document| {
        elements(document, "SheetControlLayouts").pop();
    }),
    (
        "calculated fields parse, and know their columns and parameters",
        |document| {
            calculated(document, "daily_users", "Users of 7 days")["Expression"] =
                json!("max({rolling_7_user})");
        },
    ),
    ("conditions of colours parse", |document| {
        let options = &mut visual(document, "b-tiers")["ConditionalFormatting"]["ConditionalFormattingOptions"];
        options[0]["Cell"]["TextFormat"]["TextColor"]["Solid"]["Expression"] =
            json!("{subscription_tier} = ");
    }),
    ("default dates parse", |document| {
        let first =
            &mut document.definition["ParameterDeclarations"][0]["DateTimeParameterDeclaration"];
        first["DefaultValues"]["RollingDate"]["Expression"] = json!("NOW() - 30d");
    }),
    (
        "headlines without a comparison have no options",
        |document| {
            let chart = &mut visual(document, "h-kpi-behind")["ChartConfiguration"];
            chart["KPIOptions"] = json!({"PrimaryValueDisplayType": "ACTUAL"});
        },
    ),
    ("headlines show a number", |document| {
        let values =
            &mut visual(document, "h-kpi-behind")["ChartConfiguration"]["FieldWells"]["Values"][0];
        let body = values["NumericalMeasureField"].take();
        *values = json!({"DateMeasureField": body});
    }),
    ("narrow headlines have no subtitle", |document| {
        visual(document, "a-kpi-users")["Subtitle"]["Visibility"] = json!("VISIBLE");
    }),
    ("pies have a category and one value", |document| {
        let wells = &mut visual(document, "a-clients")["ChartConfiguration"]["FieldWells"];
        wells["PieChartAggregatedFieldWells"]["Category"] = json!([]);
    }),
    ("charts over days show all days", |document| {
        let sort = &mut visual(document, "a-credits")["ChartConfiguration"]["SortConfiguration"];
        sort["CategoryItemsLimit"]["ItemsLimit"] = json!(50);
    }),
    ("dates of charts can be drilled into", |document| {
        visual(document, "a-credits")["ColumnHierarchies"] = json!([]);
    }),
    ("heat maps are sorted by their own fields", |document| {
        let sort = &mut visual(document, "a-weekdays")["ChartConfiguration"]["SortConfiguration"];
        sort["HeatMapRowSort"] = json!([{"ColumnSort": {"SortBy": {}, "Direction": "ASC"}}]);
    }),
    ("sorts by a column say how it is aggregated", |document| {
        let sort = &mut visual(document, "e-top-users")["ChartConfiguration"]["SortConfiguration"];
        let sort = sort["CategorySort"][0]["ColumnSort"]
            .as_object_mut()
            .unwrap();
        sort.remove("AggregationFunction");
    }),
    ("dots of a scatter plot have one colour", |document| {
        let wells = &mut visual(document, "c-scatter")["ChartConfiguration"]["FieldWells"];
        let wells = &mut wells["ScatterPlotCategoricallyAggregatedFieldWells"];
        wells["Category"] = wells["Label"].take();
    }),
    ("a visual has one action on a click", |document| {
        let actions = visual(document, "a-clients")["Actions"]
            .as_array_mut()
            .unwrap();
        actions.push(actions[0].clone());
    }),
    (
        "filter groups of selected visuals have one sheet",
        |document| {
            let scope = &mut group(document, "days-daily_users-activity")["ScopeConfiguration"]["SelectedSheets"];
            let sheets = scope["SheetVisualScopingConfigurations"]
                .as_array_mut()
                .unwrap();
            sheets.push(sheets[0].clone());
        },
    ),
    ("colours of measures name the column", |document| {
        let map =
            &mut visual(document, "e-daily")["ChartConfiguration"]["VisualPalette"]["ColorMap"];
        map[0]["Element"]["FieldValue"] = map[0]["Element"]["FieldId"].clone();
    }),
    ("texts of conditions have double quotes", |document| {
        *expression(document, "b-users") = json!("{Plan} = 'Pro'");
    }),
    ("joined conditions are in parentheses", |document| {
        *expression(document, "b-tiers") =
            json!("{Utilisation (2)} >= 0 AND {Utilisation (2)} < 1");
    }),
    (
        "colours of pivot cells are of values, with their scopes",
        |document| {
            let cell = json!({"Cell": {"FieldId": "b-user-daily.value0"}});
            visual(document, "b-user-daily")["ConditionalFormatting"] =
                json!({"ConditionalFormattingOptions": [cell]});
        },
    ),
    ("days apart are counted on rows", |document| {
        calculated(document, "daily_users", "Users of 7 days")["Expression"] =
            json!("dateDiff(min({first_day_of_data}), ${DateFrom}, 'DD')");
    }),
    (
        "means of groups need no condition over groups",
        |document| {
            calculated(document, "daily_users", "Users of 7 days")["Expression"] =
                json!("avg(ifelse(max({rolling_7_users}, [{activity_date}]) = 1, 1, NULL))");
        },
    ),
    (
        "controls offer names, everybody, and nothing empty",
        |document| {
            let people = "SELECT t.user_label FROM user_dim AS t";
            document
                .queries
                .insert("user_dim".to_owned(), people.to_owned());
        },
    ),
    ("sheets for one user name the chosen user", |document| {
        visual(document, "u-profile")["Title"]["FormatText"] = json!({"PlainText": "Profile"});
    }),
];

/// The first condition of a table's colours.
fn expression<'d>(document: &'d mut Document, id: &str) -> &'d mut Value {
    let formatting = &mut visual(document, id)["ConditionalFormatting"];
    &mut formatting["ConditionalFormattingOptions"][0]["Cell"]["TextFormat"]["TextColor"]["Solid"]["Expression"]
}

fn visual<'d>(document: &'d mut Document, id: &str) -> &'d mut Value {
    let sheets = document.definition["Sheets"].as_array_mut().unwrap();
    let visuals = sheets
        .iter_mut()
        .flat_map(|sheet| sheet["Visuals"].as_array_mut().unwrap());
    let mut bodies = visuals.flat_map(|visual| visual.as_object_mut().unwrap().values_mut());
    bodies.find(|body| text(&body["VisualId"]) == id).unwrap()
}

/// The fields of a table's well.
fn wells<'d>(document: &'d mut Document, id: &str, well: &str) -> &'d mut Vec<Value> {
    let wells =
        &mut visual(document, id)["ChartConfiguration"]["FieldWells"]["TableAggregatedFieldWells"];
    wells[well].as_array_mut().unwrap()
}

fn field<'d>(document: &'d mut Document, id: &str, well: &str, place: usize) -> &'d mut Value {
    let field = wells(document, id, well)[place].as_object_mut().unwrap();
    field.values_mut().next().unwrap()
}

fn calculated<'d>(document: &'d mut Document, data_set: &str, name: &str) -> &'d mut Value {
    let fields = document.definition["CalculatedFields"]
        .as_array_mut()
        .unwrap();
    let mut fields = fields.iter_mut();
    fields
        .find(|field| text(&field["DataSetIdentifier"]) == data_set && text(&field["Name"]) == name)
        .unwrap_or_else(|| panic!("no field {name}"))
}

fn group<'d>(document: &'d mut Document, id: &str) -> &'d mut Value {
    let groups = document.definition["FilterGroups"].as_array_mut().unwrap();
    let mut groups = groups.iter_mut();
    groups
        .find(|group| text(&group["FilterGroupId"]) == id)
        .unwrap_or_else(|| panic!("no group {id}"))
}

fn elements<'d>(document: &'d mut Document, layout: &str) -> &'d mut Vec<Value> {
    let layout =
        &mut document.definition["Sheets"][0][layout][0]["Configuration"]["GridLayout"]["Elements"];
    layout.as_array_mut().unwrap()
}

#[test]
fn no_change_is_tried_twice() {
    let names: Vec<&str> = CHANGES.iter().map(|(name, _)| *name).collect();
    assert_eq!(crate::document::repeated(names), Vec::<String>::new());
    assert_eq!(array(&Value::Null).count(), 0);
}
