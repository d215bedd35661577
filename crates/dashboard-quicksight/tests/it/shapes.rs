//! Snapshots of four representative parts.

use kiro_dashboard::Language;
use kiro_dashboard_quicksight::{Mode, datasets};
use serde_json::Value;

use crate::document::text;

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap()
}

#[test]
fn bars_with_colours_a_sort_and_a_click() {
    let document = crate::compiled(Language::En);
    let visuals = document.visuals();
    let visual = visuals.iter().find(|visual| visual.id() == "e-top-users");
    let visual = visual.unwrap();
    insta::assert_snapshot!(
        "e-top-users",
        format!("{}\n{}", visual.kind, pretty(visual.body))
    );
}

#[test]
fn controls() {
    let document = crate::compiled(Language::Ko);
    let health = document
        .sheets()
        .find(|sheet| text(&sheet["SheetId"]) == "health")
        .unwrap();
    insta::assert_snapshot!("controls", pretty(&health["ParameterControls"]));
}

#[test]
fn calculated_fields() {
    let document = crate::compiled(Language::En);
    let lines: Vec<String> = document
        .calculated()
        .into_iter()
        .map(|((data_set, name), expression)| format!("{data_set}.{name}\n    {expression}"))
        .collect();
    insta::assert_snapshot!("calculated-fields", lines.join("\n"));
}

#[test]
fn queries_of_datasets() {
    let spec = crate::builtin();
    let datasets = datasets(
        spec,
        crate::catalogue(),
        &crate::assets(Mode::Light),
        Language::En,
    )
    .unwrap();
    let texts: Vec<String> = datasets
        .iter()
        .map(|dataset| {
            let tables = dataset.body["PhysicalTableMap"].as_object().unwrap();
            let table = &tables.values().next().unwrap()["CustomSql"];
            format!(
                "{} ({})\n{}\n{}",
                dataset.id,
                dataset.relation,
                text(&table["SqlQuery"]),
                table["Columns"]
            )
        })
        .collect();
    insta::assert_snapshot!("datasets", texts.join("\n\n"));
}
