//! Locates errors of Quick Sight: maps a path in the definition to the sheet and visual of the spec.

use serde_json::Value;

use super::description::AssetError;

/// The error as text, with the visuals of `definition` at its paths.
pub(crate) fn error_text(error: &AssetError, definition: &Value) -> String {
    let mut text = match (error.code.as_str(), error.message.as_str()) {
        (only, "") | ("", only) => only.to_owned(),
        (code, message) => format!("{code}: {message}"),
    };
    if !error.paths.is_empty() {
        text.push_str(" at ");
        text.push_str(&error.paths.join(", "));
    }
    let mut places: Vec<String> = Vec::new();
    for path in &error.paths {
        places.extend(locate(path, definition).filter(|place| !places.contains(place)));
    }
    if !places.is_empty() {
        text.push_str(" (");
        text.push_str(&places.join("; "));
        text.push(')');
    }
    text
}

/// The part of the definition at a path: "visual `p-all-users` (All users) on sheet `people` (People)".
///
/// The service does not document its paths. Understands both forms, with indexes and with ids: `/Sheets/2/Visuals/0/…`,
/// `$.sheets[2].visuals[0]`, `sheet/people/visual/p-all-users`.
pub(crate) fn locate(path: &str, definition: &Value) -> Option<String> {
    let words: Vec<&str> = path
        .split(['/', '[', ']', '$'])
        .flat_map(|word| {
            // A dot separates members, and is part of the ids of fields.
            if path.starts_with('$') || path.contains('[') {
                word.split('.').collect::<Vec<_>>()
            } else {
                vec![word]
            }
        })
        .filter(|word| !word.is_empty())
        .collect();
    let after = |names: [&str; 2]| {
        let place = words
            .iter()
            .position(|word| names.iter().any(|name| word.eq_ignore_ascii_case(name)))?;
        words.get(place + 1).copied()
    };
    if let Some(sheet) = after(["sheet", "sheets"]) {
        let sheet = element(&definition["Sheets"], sheet, "SheetId")?;
        let on = format!(
            "sheet `{}`{}",
            text(sheet, "/SheetId"),
            in_parentheses(text(sheet, "/Name"))
        );
        let visual =
            after(["visual", "visuals"]).and_then(|visual| visual_of(&sheet["Visuals"], visual));
        return Some(match visual {
            Some(visual) => format!("{} on {on}", visual_name(visual)),
            None => on,
        });
    }
    if let Some(visual) = after(["visual", "visuals"]) {
        let sheets = definition["Sheets"].as_array()?;
        let found = sheets
            .iter()
            .find_map(|sheet| visual_of(&sheet["Visuals"], visual))?;
        return Some(visual_name(found));
    }
    let lists = [
        (
            ["calculatedfield", "calculatedfields"],
            "CalculatedFields",
            "Name",
            "calculated field",
        ),
        (
            ["filtergroup", "filtergroups"],
            "FilterGroups",
            "FilterGroupId",
            "filter group",
        ),
    ];
    lists.into_iter().find_map(|(names, list, id, noun)| {
        let found = element(&definition[list], after(names)?, id)?;
        Some(format!("{noun} `{}`", found[id].as_str()?))
    })
}

/// An element of a list, by its index or its id.
fn element<'a>(list: &'a Value, word: &str, id: &str) -> Option<&'a Value> {
    let list = list.as_array()?;
    list.iter()
        .find(|item| item[id] == word)
        .or_else(|| list.get(word.parse::<usize>().ok()?))
}

/// A visual of a list, inside of the member that names its type.
fn visual_of<'a>(list: &'a Value, word: &str) -> Option<&'a Value> {
    let inner = |visual: &'a Value| visual.as_object()?.values().next();
    let list = list.as_array()?;
    list.iter()
        .filter_map(inner)
        .find(|visual| visual["VisualId"] == word)
        .or_else(|| inner(list.get(word.parse::<usize>().ok()?)?))
}

fn visual_name(visual: &Value) -> String {
    format!(
        "visual `{}`{}",
        text(visual, "/VisualId"),
        in_parentheses(text(visual, "/Title/FormatText/PlainText"))
    )
}

fn in_parentheses(title: &str) -> String {
    if title.is_empty() {
        String::new()
    } else {
        format!(" ({title})")
    }
}

fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::locate;

    fn definition() -> Value {
        json!({
            "Sheets": [{"SheetId": "home", "Name": "Home"}, {"SheetId": "people", "Name": "People", "Visuals": [
                {"KPIVisual": {"VisualId": "p-kpi"}},
                {"TableVisual": {"VisualId": "p-all", "Title": {"FormatText": {"PlainText": "All users"}}}},
            ]}],
            "CalculatedFields": [{"Name": "credits per user"}],
            "FilterGroups": [{"FilterGroupId": "f-1"}],
        })
    }

    #[test]
    fn a_path_leads_to_the_visual_of_the_spec_whatever_its_form() {
        let expected = "visual `p-all` (All users) on sheet `people` (People)";
        for path in [
            "/Sheets/1/Visuals/1/TableVisual/ChartConfiguration",
            "$.Sheets[1].Visuals[1].TableVisual",
            "sheets[1].visuals[1]",
            "sheet/people/visual/p-all",
            "sheet/people/visual/p-all/field/p-all.detail0",
        ] {
            assert_eq!(locate(path, &definition()).as_deref(), Some(expected));
        }
        let cases = [
            ("visual/p-kpi", Some("visual `p-kpi`")),
            ("/Sheets/0", Some("sheet `home` (Home)")),
            (
                "/CalculatedFields/0/Expression",
                Some("calculated field `credits per user`"),
            ),
            ("/FilterGroups/0", Some("filter group `f-1`")),
            ("/Sheets/7/Visuals/0", None),
            ("somewhere", None),
        ];
        for (path, expected) in cases {
            assert_eq!(locate(path, &definition()).as_deref(), expected, "{path}");
        }
    }
}
