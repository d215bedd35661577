//! Every visual and every control has one place, and none overlap.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::document::{Document, array, repeated, text};
use crate::rules::Rule;

pub(crate) fn rules() -> Vec<Rule> {
    let page =
        "https://docs.aws.amazon.com/quicksight/latest/APIReference/API_GridLayoutElement.html";
    vec![
        Rule {
            name: "every element of the layout is there, and has one place",
            page,
            check: elements,
        },
        Rule {
            name: "elements lie inside the grid and apart",
            page,
            check: places,
        },
        Rule {
            name: "every control has a place",
            page: "https://docs.aws.amazon.com/quicksight/latest/APIReference/API_SheetControlLayout.html",
            check: controls,
        },
    ]
}

fn grid<'v>(sheet: &'v Value, layout: &str) -> Vec<&'v Value> {
    let layouts = array(&sheet[layout]);
    layouts
        .flat_map(|layout| array(&layout["Configuration"]["GridLayout"]["Elements"]))
        .collect()
}

fn elements(document: &Document) -> Vec<String> {
    let mut found = Vec::new();
    for sheet in document.sheets() {
        let mut expected: BTreeMap<&str, &str> = BTreeMap::new();
        for visual in array(&sheet["Visuals"])
            .filter_map(Value::as_object)
            .flatten()
        {
            expected.insert(text(&visual.1["VisualId"]), "VISUAL");
        }
        for text_box in array(&sheet["TextBoxes"]) {
            expected.insert(text(&text_box["SheetTextBoxId"]), "TEXT_BOX");
        }
        let elements = grid(sheet, "Layouts");
        found.extend(repeated(
            elements.iter().map(|element| text(&element["ElementId"])),
        ));
        let placed: BTreeMap<&str, &str> = elements
            .iter()
            .map(|element| (text(&element["ElementId"]), text(&element["ElementType"])))
            .collect();
        if placed != expected {
            found.push(format!(
                "{}: {placed:?} for {expected:?}",
                text(&sheet["SheetId"])
            ));
        }
    }
    found
}

/// Column, row, width and height.
fn area(element: &Value) -> [u64; 4] {
    ["ColumnIndex", "RowIndex", "ColumnSpan", "RowSpan"]
        .map(|name| element[name].as_u64().unwrap_or(u64::MAX / 4))
}

fn places(document: &Document) -> Vec<String> {
    let mut found = Vec::new();
    for sheet in document.sheets() {
        let elements = grid(sheet, "Layouts");
        for (place, element) in elements.iter().enumerate() {
            let id = text(&element["ElementId"]);
            let [column, row, width, height] = area(element);
            if column + width > 36
                || width == 0
                || height == 0
                || height > 21
                || row + height > 9030
            {
                found.push(format!("{id} lies outside"));
            }
            for other in elements.iter().skip(place + 1) {
                let [other_column, other_row, other_width, other_height] = area(other);
                let apart = column + width <= other_column
                    || other_column + other_width <= column
                    || row + height <= other_row
                    || other_row + other_height <= row;
                if !apart {
                    found.push(format!("{id} lies on {}", text(&other["ElementId"])));
                }
            }
        }
    }
    found
}

fn controls(document: &Document) -> Vec<String> {
    let mut found = Vec::new();
    for sheet in document.sheets() {
        let controls = array(&sheet["ParameterControls"])
            .filter_map(Value::as_object)
            .flatten();
        let ids: Vec<&str> = controls
            .map(|(_, control)| text(&control["ParameterControlId"]))
            .collect();
        let placed: Vec<&str> = grid(sheet, "SheetControlLayouts")
            .iter()
            .filter(|element| text(&element["ElementType"]) == "PARAMETER_CONTROL")
            .map(|element| text(&element["ElementId"]))
            .collect();
        if placed != ids {
            found.push(format!(
                "{}: {placed:?} for {ids:?}",
                text(&sheet["SheetId"])
            ));
        }
    }
    found
}
