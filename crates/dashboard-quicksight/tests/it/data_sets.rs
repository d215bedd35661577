//! The datasets and their columns.

use std::collections::BTreeSet;

use kiro_catalog::IDENTITY_COLUMNS;
use kiro_dashboard::Language;
use kiro_dashboard_quicksight::{Assets, IdentityMapping, Mode, datasets, definition};
use serde_json::Value;

use crate::document::{Document, array, text, walk};

#[test]
fn directory_columns_are_there_with_identity_mapping_alone() {
    let columns = |identity_mapping| {
        let assets = Assets {
            identity_mapping,
            ..crate::assets(Mode::Light)
        };
        let (spec, catalogue) = (crate::builtin(), crate::catalogue());
        let definition = definition(spec, catalogue, &assets, Language::En).unwrap();
        let datasets = datasets(spec, catalogue, &assets, Language::En).unwrap();
        let mut found = BTreeSet::new();
        let mut collect = |_: &str, value: &Value| {
            let names = [&value["ColumnName"], &value["Name"]].into_iter();
            found.extend(
                names
                    .filter_map(Value::as_str)
                    .filter(|name| IDENTITY_COLUMNS.contains(name) || *name == "Team")
                    .map(str::to_owned),
            );
        };
        walk(&definition, &mut collect);
        for dataset in &datasets {
            walk(&dataset.body, &mut |name, value| {
                array(value)
                    .chain([value])
                    .for_each(|value| collect(name, value));
            });
        }
        found
    };
    assert_eq!(columns(IdentityMapping::Off), BTreeSet::new());
    assert_eq!(
        columns(IdentityMapping::On),
        BTreeSet::from(
            [
                "Team",
                "cost_center",
                "idc_username",
                "is_known",
                "manager",
                "team"
            ]
            .map(str::to_owned)
        )
    );
}

#[test]
fn a_sheet_that_needs_the_identity_map_is_there_with_identity_mapping_alone() {
    let documents = [IdentityMapping::Off, IdentityMapping::On].map(|identity_mapping| {
        let assets = Assets {
            identity_mapping,
            ..crate::assets(Mode::Light)
        };
        Document::with_assets(crate::builtin(), crate::catalogue(), &assets, Language::En)
    });
    let sheets = documents.each_ref().map(|document| {
        let sheets = document.sheets().map(|sheet| text(&sheet["SheetId"]));
        sheets.collect::<BTreeSet<_>>()
    });
    assert_eq!(
        sheets[1].difference(&sheets[0]).collect::<Vec<_>>(),
        [&"teams"]
    );
    let [off, on] = &documents;
    assert!(on.queries.contains_key("seats") && !off.queries.contains_key("seats"));
    assert!(!off.definition.to_string().contains("\"t-"));
    for rule in crate::rules::all() {
        let found = (rule.check)(off);
        assert!(found.is_empty(), "{}: {found:#?}", rule.name);
    }
}

#[test]
fn a_key_that_not_everybody_has_is_filled() {
    let document = crate::compiled(Language::En);
    for (data_set, column) in [
        ("user_month", "team"),
        ("user_month", "cost_center"),
        ("seats", "team"),
    ] {
        let filled = format!("COALESCE(NULLIF(t.{column}, ''), '(none)') AS {column}");
        assert!(document.queries[data_set].contains(&filled), "{data_set}");
    }
    assert!(document.queries["seats"].contains("t.cost_center,"));
}

#[test]
fn everybody_is_a_row_of_the_dataset_that_only_controls_read() {
    let row = |identity_mapping| {
        let assets = Assets {
            identity_mapping,
            ..crate::assets(Mode::Light)
        };
        let (spec, catalogue) = (crate::builtin(), crate::catalogue());
        let datasets = datasets(spec, catalogue, &assets, Language::En).unwrap();
        let with_row = datasets.iter().filter_map(|dataset| {
            let tables = dataset.body["PhysicalTableMap"].as_object().unwrap();
            let query = text(&tables.values().next().unwrap()["CustomSql"]["SqlQuery"]);
            let (_, row) = query.split_once("\nUNION ALL\n")?;
            Some(format!("{}: {row}", dataset.relation))
        });
        with_row.collect::<Vec<String>>()
    };
    assert_eq!(
        row(IdentityMapping::Off),
        ["user_dim: SELECT '(everybody)'"]
    );
    assert_eq!(
        row(IdentityMapping::On),
        ["user_dim: SELECT '(everybody)', '(none)'"]
    );
}

#[test]
fn decimals_of_datasets_are_floats() {
    let assets = crate::assets(Mode::Light);
    let datasets = datasets(crate::builtin(), crate::catalogue(), &assets, Language::En).unwrap();
    let mut decimals = 0;
    for dataset in &datasets {
        walk(&dataset.body, &mut |_, value| {
            for column in array(value).filter(|column| column["Type"].is_string()) {
                let expected = (column["Type"] == "DECIMAL").then_some("FLOAT");
                assert_eq!(column["SubType"].as_str(), expected, "{column}");
                decimals += usize::from(expected.is_some());
            }
        });
    }
    assert!(decimals > 10, "{decimals}");
}

#[test]
fn datasets_hold_the_columns_that_are_used_and_no_others() {
    let document = crate::compiled(Language::En);
    let mut used: BTreeSet<(String, String)> = BTreeSet::new();
    let calculated = document.calculated();
    for ((data_set, _), expression) in &calculated {
        let names = expression
            .split('{')
            .skip(1)
            .filter_map(|rest| rest.split('}').next());
        used.extend(names.map(|name| ((*data_set).to_owned(), name.to_owned())));
    }
    walk(&document.definition, &mut |_, value| {
        if let Some(column) = value.get("ColumnName") {
            used.insert((
                text(&value["DataSetIdentifier"]).to_owned(),
                text(column).to_owned(),
            ));
        }
    });
    for (data_set, columns) in &document.columns {
        for column in columns.keys() {
            assert!(
                used.contains(&(data_set.clone(), column.clone())),
                "{data_set}.{column}"
            );
        }
    }
}

#[test]
fn datasets_are_those_of_the_relations_in_their_order() {
    let datasets = datasets(
        crate::builtin(),
        crate::catalogue(),
        &crate::assets(Mode::Light),
        Language::En,
    )
    .unwrap();
    let ids: Vec<&str> = datasets.iter().map(|dataset| dataset.id.as_str()).collect();
    let expected = [
        "kiro-activity-heatmap",
        "kiro-base-user-activity",
        "kiro-code-activity",
        "kiro-daily-users",
        "kiro-data-health",
        "kiro-export-parts",
        "kiro-first-seen",
        "kiro-model-usage",
        "kiro-report-issues",
        "kiro-seats",
        "kiro-user-dim",
        "kiro-user-month",
        "kiro-user-totals",
        "kiro-wow-movers",
    ];
    assert_eq!(ids, expected);
    for dataset in &datasets {
        assert_eq!(dataset.body["ImportMode"], "SPICE", "{}", dataset.id);
    }
}
