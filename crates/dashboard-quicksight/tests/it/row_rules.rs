//! The rules that restrict the rows of every dataset.

use std::collections::BTreeMap;

use kiro_dashboard::Language;
use kiro_dashboard_quicksight::{
    Assets, DataSet, IdentityMapping, Mode, RULES, RowLevelSecurity, datasets,
};
use serde_json::Value;

use crate::document::{Document, array, text};

/// Datasets about persons. All others of the built-in dashboard are about the fleet.
const OF_PERSONS: [&str; 8] = [
    "base_user_activity",
    "code_activity",
    "model_usage",
    "seats",
    "user_dim",
    "user_month",
    "user_totals",
    "wow_movers",
];
const RULES_ARN: &str = "arn:aws:quicksight:eu-central-1:123456789012:dataset/kiro-row-rules";

fn with_rules() -> Assets {
    Assets {
        identity_mapping: IdentityMapping::On,
        row_level_security: RowLevelSecurity::On,
        ..crate::assets(Mode::Light)
    }
}

fn restricted(language: Language) -> Vec<DataSet> {
    datasets(
        crate::builtin(),
        crate::catalogue(),
        &with_rules(),
        language,
    )
    .unwrap()
}

fn table(dataset: &DataSet) -> &Value {
    let tables = dataset.body["PhysicalTableMap"].as_object().unwrap();
    &tables.values().next().unwrap()["CustomSql"]
}

fn query(dataset: &DataSet) -> &str {
    text(&table(dataset)["SqlQuery"])
}

/// The types of the columns, as the rules name them.
fn columns(dataset: &DataSet) -> BTreeMap<&str, &str> {
    let mut columns: BTreeMap<&str, &str> = array(&table(dataset)["Columns"])
        .map(|column| (text(&column["Name"]), text(&column["Type"])))
        .collect();
    let logical = dataset.body["LogicalTableMap"].as_object();
    for table in logical.into_iter().flat_map(|tables| tables.values()) {
        for transform in array(&table["DataTransforms"]) {
            let rename = &transform["RenameColumnOperation"];
            let column_type = columns.remove(text(&rename["ColumnName"])).unwrap();
            columns.insert(text(&rename["NewColumnName"]), column_type);
        }
    }
    columns
}

#[test]
fn every_dataset_has_the_rules_and_the_columns_that_they_name() {
    for language in Language::ALL {
        let datasets = restricted(language);
        let (rules, restricted) = datasets.split_first().unwrap();
        assert_eq!(rules.relation, RULES, "the rules come first");
        assert_eq!(rules.body["UseAs"], "RLS_RULES");
        assert!(rules.body["RowLevelPermissionDataSet"].is_null());
        let of_rules = columns(rules);
        assert_eq!(of_rules.get("UserName"), Some(&"STRING"));
        for dataset in restricted {
            let name = &dataset.relation;
            let said = &dataset.body["RowLevelPermissionDataSet"];
            assert_eq!(said["Arn"], RULES_ARN, "{name}");
            assert_eq!(said["PermissionPolicy"], "GRANT_ACCESS", "{name}");
            assert_eq!(said["Status"], "ENABLED", "{name}");
            let columns = columns(dataset);
            for column in of_rules.keys().filter(|column| **column != "UserName") {
                assert_eq!(columns.get(column), Some(&"STRING"), "{name}.{column}");
            }
        }
    }
}

#[test]
fn rows_of_persons_have_their_person_and_team_and_all_others_nobody() {
    let datasets = restricted(Language::En);
    let mut of_persons = Vec::new();
    for dataset in datasets.iter().skip(1) {
        let query = query(dataset);
        let person = match dataset.relation.as_str() {
            "seats" => "t.person_id AS row_person",
            _ => "t.user_id AS row_person",
        };
        if OF_PERSONS.contains(&dataset.relation.as_str()) {
            of_persons.push(dataset.relation.as_str());
            assert!(query.contains(person), "{query}");
            // Not the text that the team is filled with where it is shown.
            assert!(query.contains("t.team AS row_team"), "{query}");
        } else {
            assert!(
                query.contains("CAST(NULL AS varchar) AS row_person"),
                "{query}"
            );
            assert!(
                query.contains("CAST(NULL AS varchar) AS row_team"),
                "{query}"
            );
            assert!(!query.contains("t.user_id"), "{query}");
        }
    }
    assert_eq!(of_persons, OF_PERSONS);
}

/// A dataset of a custom dashboard, over any relation, is restricted by the same rule: a relation with a person has a team.
#[test]
fn every_relation_with_a_person_and_a_team_is_known() {
    let relations = crate::catalogue().relations().iter();
    let with_both = relations.filter(|relation| {
        let has = |name: &str| relation.columns.iter().any(|column| column.name == name);
        has("team") && (has("user_id") || has("person_id"))
    });
    let mut names: Vec<&str> = with_both.map(|relation| relation.name.as_str()).collect();
    names.sort_unstable();
    let expected = [
        "alerts",
        "base_user_activity",
        "code_activity",
        "code_totals",
        "identities",
        "model_usage",
        "row_rules",
        "seats",
        "usage_spikes",
        "user_dim",
        "user_month",
        "user_totals",
        "wow_movers",
    ];
    assert_eq!(names, expected);
}

#[test]
fn everybody_among_the_users_is_for_everybody() {
    let datasets = restricted(Language::En);
    let users = datasets
        .iter()
        .find(|dataset| dataset.relation == "user_dim");
    let (_, row) = query(users.unwrap()).split_once("UNION ALL\n").unwrap();
    assert_eq!(
        row,
        "SELECT '(everybody)', '(none)', '(everybody)', CAST(NULL AS varchar)"
    );
}

#[test]
fn without_row_level_security_nothing_is_different() {
    let assets = crate::assets(Mode::Light);
    let found = datasets(crate::builtin(), crate::catalogue(), &assets, Language::En).unwrap();
    for dataset in &found {
        assert!(dataset.body["RowLevelPermissionDataSet"].is_null());
        assert!(!query(dataset).contains("row_person"));
    }
    assert_eq!(found.len() + 1, restricted(Language::En).len());
    let with_rules = Document::with_assets(
        crate::builtin(),
        crate::catalogue(),
        &with_rules(),
        Language::En,
    );
    assert_eq!(
        with_rules.definition,
        crate::compiled(Language::En).definition
    );
}
