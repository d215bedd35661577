//! The normal form of a described document: sorts lists without an order, and can leave out members that were not sent.

use serde_json::{Map, Value};

/// Lists without an order. All others keep theirs: sheets, controls, fields of a visual.
const UNORDERED: [&str; 12] = [
    "CalculatedFields",
    "CategoryValues",
    "ColumnConfigurations",
    "DataSetIdentifierDeclarations",
    "Elements",
    "FilterGroups",
    "Filters",
    "InputColumns",
    "ParameterDeclarations",
    "SheetVisualScopingConfigurations",
    "VisualIds",
    "Visuals",
];

/// Members that identify an element of a list.
const IDS: [&str; 11] = [
    "SheetId",
    "VisualId",
    "FilterGroupId",
    "FilterId",
    "ParameterControlId",
    "SheetTextBoxId",
    "CustomActionId",
    "ElementId",
    "FieldId",
    "Identifier",
    "Name",
];

/// The document with all lists sorted that have no order.
pub(super) fn normal_form(document: &Value) -> Value {
    match document {
        Value::Object(members) => {
            let members = members.iter().map(|(name, value)| {
                let mut value = normal_form(value);
                if let Value::Array(items) = &mut value
                    && UNORDERED.contains(&name.as_str())
                {
                    items.sort_by_cached_key(Value::to_string);
                }
                (name.clone(), value)
            });
            Value::Object(members.collect())
        }
        Value::Array(items) => items.iter().map(normal_form).collect(),
        other => other.clone(),
    }
}

/// The described document without members that were not sent. Keeps elements of a list that were not sent, because they were
/// added outside the deployment.
pub(super) fn projected(described: &Value, sent: &Value) -> Value {
    match (described, sent) {
        (Value::Object(described), Value::Object(sent)) => {
            let members: Map<String, Value> = described
                .iter()
                .filter_map(|(name, value)| Some((name.clone(), projected(value, sent.get(name)?))))
                .collect();
            Value::Object(members)
        }
        (Value::Array(described), Value::Array(sent)) => {
            let has_ids = !sent.is_empty() && sent.iter().all(|item| id(item).is_some());
            let of = |index: usize, item: &Value| {
                if has_ids {
                    let own = id(item);
                    sent.iter().find(|sent| id(sent) == own)
                } else {
                    sent.get(index).filter(|_| sent.len() == described.len())
                }
            };
            let items = described.iter().enumerate().map(|(index, item)| {
                of(index, item).map_or_else(|| item.clone(), |sent| projected(item, sent))
            });
            items.collect()
        }
        _ => described.clone(),
    }
}

/// The id of an element of a list, also of a nested one: `{"BarChartVisual": {"VisualId": …}}`.
fn id(item: &Value) -> Option<String> {
    let members = item.as_object()?;
    let own = IDS.iter().find_map(|name| members.get(*name)?.as_str());
    if let Some(own) = own {
        let data_set = members.get("DataSetIdentifier").and_then(Value::as_str);
        return Some(format!("{}/{own}", data_set.unwrap_or_default()));
    }
    match members.values().next() {
        Some(inner) if members.len() == 1 => id(inner),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{normal_form, projected};

    #[test]
    fn an_order_without_meaning_is_no_change() {
        let visual = |id: &str| json!({"BarChartVisual": {"VisualId": id}});
        let one = json!({"Sheets": [{"SheetId": "a", "Visuals": [visual("x"), visual("y")]}]});
        let other = json!({"Sheets": [{"SheetId": "a", "Visuals": [visual("y"), visual("x")]}]});
        assert_eq!(normal_form(&one), normal_form(&other));
    }

    #[test]
    fn the_order_of_sheets_is_a_change() {
        let one = json!({"Sheets": [{"SheetId": "a"}, {"SheetId": "b"}]});
        let other = json!({"Sheets": [{"SheetId": "b"}, {"SheetId": "a"}]});
        assert_ne!(normal_form(&one), normal_form(&other));
    }

    #[test]
    fn members_that_the_service_adds_are_left_out_and_added_elements_are_not() {
        let sent = json!({"Visuals": [{"BarChartVisual": {"VisualId": "x", "Title": "X"}}]});
        let described = json!({"Visuals": [
            {"BarChartVisual": {"VisualId": "x", "Title": "X", "Actions": []}},
            {"BarChartVisual": {"VisualId": "new"}},
        ], "QueryExecutionOptions": {}});
        let expected = json!({"Visuals": [
            {"BarChartVisual": {"VisualId": "x", "Title": "X"}},
            {"BarChartVisual": {"VisualId": "new"}},
        ]});
        assert_eq!(projected(&described, &sent), expected);
    }
}
