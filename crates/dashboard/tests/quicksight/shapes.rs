//! Snapshots of representative visuals, filters, parameters and datasets.

use kiro_dashboard::Language;
use kiro_dashboard::quicksight::{Mode, datasets, theme};
use serde_json::Value;

use crate::document::{array, text};

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap()
}

#[test]
fn representative_visuals() {
    let document = crate::compiled(Language::En);
    let visuals = document.visuals();
    for id in [
        "a-kpi-daily",
        "a-models",
        "a-weekdays",
        "b-burn",
        "c-ratios",
        "c-scatter",
        "e-top-users",
        "p-all-users",
        "p-segments",
        "p-user-daily",
    ] {
        let visual = visuals.iter().find(|visual| visual.id() == id).unwrap();
        insta::assert_snapshot!(id, format!("{}\n{}", visual.kind, pretty(visual.body)));
    }
}

#[test]
fn parameters_controls_and_filters() {
    let document = crate::compiled(Language::Ko);
    insta::assert_snapshot!(
        "parameters",
        pretty(&document.definition["ParameterDeclarations"])
    );
    let health = document
        .sheets()
        .find(|sheet| text(&sheet["SheetId"]) == "health")
        .unwrap();
    insta::assert_snapshot!("controls", pretty(&health["ParameterControls"]));
    let groups = array(&document.definition["FilterGroups"]);
    let lines: Vec<String> = groups
        .map(|group| {
            let scope =
                &group["ScopeConfiguration"]["SelectedSheets"]["SheetVisualScopingConfigurations"];
            format!(
                "{}\n    {}\n    {scope}",
                text(&group["FilterGroupId"]),
                group["Filters"][0]
            )
        })
        .collect();
    insta::assert_snapshot!("filters", lines.join("\n"));
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
fn datasets_and_theme() {
    let spec = crate::builtin();
    let datasets = datasets(spec, crate::catalogue(), &crate::assets(Mode::Light)).unwrap();
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
    insta::assert_snapshot!("theme-dark", pretty(&theme(spec, Mode::Dark)));
}
