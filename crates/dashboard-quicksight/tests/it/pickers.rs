//! Pickers that only a dashboard of one's own has.

use std::collections::BTreeSet;

use kiro_catalog::Settings;
use kiro_dashboard::{Language, Spec, builtin_text};
use serde_json::{Value, json};

use crate::document::{Document, array, text};
use crate::rules;

/// The built-in dashboard with more pickers on its first sheet. Their ids give equal parameter names, or that of a date.
fn spec() -> Spec {
    let more = "pickers:
  - {id: cost_center, kind: many, label: Cost centre, columns: [team], options: {dataset: people, value: team}}
  - {id: costcenter, kind: many, label: Cost, columns: [email], options: {dataset: people, value: email}}
  - {id: cost__center, kind: many, label: Costs, columns: [source_region], empty: true, options: {dataset: health, value: source_region}}
  - {id: date_from, kind: many, label: Since, columns: [source_account], options: {dataset: health, value: source_account}}
  - {id: days, kind: one, label: {en: Profile, ko: 프로필}, columns: [profile_id], options: {dataset: activity, value: profile_id}}
";
    let shown = "    pickers: [date, ";
    let yaml = builtin_text().replacen("pickers:\n", more, 1).replacen(
        shown,
        &format!("{shown}cost_center, costcenter, cost__center, date_from, days, "),
        1,
    );
    Spec::load(&yaml, "mine.yaml", crate::catalogue(), &Settings::default())
        .unwrap_or_else(|errors| panic!("\n{errors}"))
}

#[test]
fn pickers_of_any_id_keep_the_rules() {
    let spec = spec();
    for language in Language::ALL {
        let document = Document::new(&spec, crate::catalogue(), language);
        for rule in rules::all() {
            let found = (rule.check)(&document);
            assert!(found.is_empty(), "{language}: {}: {found:#?}", rule.name);
        }
    }
}

#[test]
fn parameters_have_different_names_without_regard_to_case() {
    let document = Document::new(&spec(), crate::catalogue(), Language::En);
    let names: Vec<&str> = document.parameters().into_keys().collect();
    let different: BTreeSet<String> = names.iter().map(|name| name.to_lowercase()).collect();
    assert_eq!(different.len(), names.len(), "{names:?}");
    for name in [
        "CostCenter",
        "Costcenter2",
        "CostCenter3",
        "DateFrom",
        "DateFrom2",
        "DateTo",
        "Days",
        "Region",
        "Team",
        "User",
    ] {
        assert!(names.contains(&name), "{name} in {names:?}");
    }
}

/// The parameter, control and filters of a picker.
#[test]
fn a_picker_over_profiles() {
    let document = Document::new(&spec(), crate::catalogue(), Language::Ko);
    let of_name = |value: &Value, name: &str| {
        let members = value.as_object().unwrap().values();
        members.clone().any(|member| member["Name"] == name)
            || members
                .into_iter()
                .any(|member| member["SourceParameterName"] == name)
    };
    let parameters: Vec<&Value> = array(&document.definition["ParameterDeclarations"])
        .filter(|one| of_name(one, "Days"))
        .collect();
    let controls: Vec<&Value> = document
        .sheets()
        .flat_map(|sheet| array(&sheet["ParameterControls"]))
        .filter(|one| of_name(one, "Days"))
        .collect();
    let mut filters = Vec::new();
    for (group, kind, filter) in document.filters() {
        let id = text(&group["FilterGroupId"]);
        if id.starts_with("picker-days-") {
            filters.push(json!({"group": id, kind: filter}));
        }
    }
    let found = json!({"parameters": parameters, "controls": controls, "filters": filters});
    insta::assert_snapshot!(serde_json::to_string_pretty(&found).unwrap());
}
