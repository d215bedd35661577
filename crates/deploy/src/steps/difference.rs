//! Describes how an asset was changed outside the deployment.

use std::collections::BTreeMap;

use serde_json::Value;

/// Maximum number of differences in one plan.
const MAX_LINES: usize = 12;

/// The dataset of rules that restrict the rows of a dataset.
const RULES: &str = "/RowLevelPermissionDataSet/Arn";

/// The differences between a described asset and the desired one.
pub(super) fn differences(described: &Value, desired: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    let (existing, planned) = (text(described, "/Name"), text(desired, "/Name"));
    if existing != planned {
        lines.push(format!("its name is `{existing}`"));
    }
    if text(described, "/ThemeArn") != text(desired, "/ThemeArn") {
        lines.push("it has another theme".to_owned());
    }
    if text(described, RULES) != text(desired, RULES) {
        lines.push("its rows are not restricted by the rules of this deployment".to_owned());
    }
    let (existing, planned) = (sheets(described), sheets(desired));
    for (id, sheet) in &existing {
        let Some(known) = planned.get(id) else {
            lines.push(format!("sheet `{}` was added", sheet.name));
            continue;
        };
        if sheet.name != known.name {
            lines.push(format!(
                "sheet `{}` was renamed to `{}`",
                known.name, sheet.name
            ));
        }
        for (visual, title) in &sheet.visuals {
            if !known.visuals.contains_key(visual) {
                lines.push(format!(
                    "visual `{title}` on sheet `{}` was added",
                    sheet.name
                ));
            }
        }
        for (visual, title) in &known.visuals {
            if !sheet.visuals.contains_key(visual) {
                lines.push(format!(
                    "visual `{title}` on sheet `{}` was removed",
                    sheet.name
                ));
            }
        }
    }
    for (id, sheet) in &planned {
        if !existing.contains_key(id) {
            lines.push(format!("sheet `{}` was removed", sheet.name));
        }
    }
    if lines.is_empty() {
        lines.push("the content of its visuals, filters or calculated fields differs".to_owned());
    }
    let more = lines.len().saturating_sub(MAX_LINES);
    lines.truncate(MAX_LINES);
    if more > 0 {
        lines.push(format!("and {more} more"));
    }
    lines
}

struct Sheet {
    name: String,
    visuals: BTreeMap<String, String>,
}

fn sheets(asset: &Value) -> BTreeMap<String, Sheet> {
    let sheets = items(&asset["Definition"]["Sheets"]).iter();
    sheets
        .map(|sheet| {
            let visuals = items(&sheet["Visuals"]).iter().filter_map(|visual| {
                let (_, visual) = visual.as_object()?.iter().next()?;
                let id = text(visual, "/VisualId").to_owned();
                let title = text(visual, "/Title/FormatText/PlainText");
                let title = if title.is_empty() { &id } else { title };
                Some((id.clone(), title.to_owned()))
            });
            let sheet_of = Sheet {
                name: text(sheet, "/Name").to_owned(),
                visuals: visuals.collect(),
            };
            (text(sheet, "/SheetId").to_owned(), sheet_of)
        })
        .collect()
}

fn items(list: &Value) -> &[Value] {
    list.as_array().map_or(&[], Vec::as_slice)
}

fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    let found = value.pointer(pointer);
    found.and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::differences;

    fn dashboard(sheets: &Value) -> Value {
        json!({"Name": "Kiro", "Definition": {"Sheets": sheets}})
    }

    fn visual(id: &str) -> Value {
        json!({"BarChartVisual": {"VisualId": id, "Title": {"FormatText": {"PlainText": format!("{id}!")}}}})
    }

    #[test]
    fn additions_and_removals_are_named() {
        let planned = dashboard(
            &json!([{"SheetId": "a", "Name": "A", "Visuals": [visual("x"), visual("y")]}, {"SheetId": "b", "Name": "B"}]),
        );
        let theirs = dashboard(
            &json!([{"SheetId": "a", "Name": "A", "Visuals": [visual("x"), visual("z")]}, {"SheetId": "c", "Name": "C"}]),
        );
        assert_eq!(
            differences(&theirs, &planned),
            [
                "visual `z!` on sheet `A` was added",
                "visual `y!` on sheet `A` was removed",
                "sheet `C` was added",
                "sheet `B` was removed"
            ]
        );
        assert_eq!(
            differences(&planned, &planned),
            ["the content of its visuals, filters or calculated fields differs"]
        );
    }
}
