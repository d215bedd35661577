//! What readers of the dashboard in Quick Sight see of a fleet: the rows of each dataset, cut by the rules as AWS documents them.

use std::collections::{BTreeMap, BTreeSet};

use kiro_catalog::{Catalogue, RenderOptions};
use kiro_dashboard::Language;
use kiro_dashboard_quicksight::{Assets, Mode, RULES, RowLevelSecurity, datasets};
use kiro_dashboard_sql::{ResultSet, Value};
use kiro_people::{MapRow, Visibility};

use crate::fixture::{ADMIN, Fixture};
use crate::quicksight::assets;

/// Datasets about the fleet: only an administrator sees them.
const OF_THE_FLEET: [&str; 6] = [
    "activity_heatmap",
    "daily_users",
    "data_health",
    "export_parts",
    "first_seen",
    "report_issues",
];

type Row = BTreeMap<String, Option<String>>;

fn rows(result: ResultSet) -> Vec<Row> {
    let columns = result.columns;
    let cell = |value: &Value| match value {
        Value::Null => None,
        Value::Text(text) => Some(text.clone()),
        other => Some(format!("{other:?}")),
    };
    let row = |row: Vec<Value>| {
        let cells = row.iter().map(cell);
        columns.iter().cloned().zip(cells).collect()
    };
    result.rows.into_iter().map(row).collect()
}

/// The values of a cell of a rule: separated by commas, except in double quotation marks.
fn has_value(cell: &str, found: &str) -> bool {
    match cell
        .strip_prefix('"')
        .and_then(|cell| cell.strip_suffix('"'))
    {
        Some(quoted) => quoted == found,
        None => cell.split(',').any(|value| value == found),
    }
}

fn is_allowed(row: &Row, rule: &Row) -> bool {
    ["row_person", "row_team"].iter().all(|column| {
        let rule = rule[*column].as_deref();
        let found = row[*column].as_deref();
        rule.is_none_or(|rule| found.is_some_and(|found| has_value(rule, found)))
    })
}

fn email(row: &MapRow) -> Option<String> {
    row.email.as_ref().map(|email| email.to_lowercase())
}

#[test]
fn a_reader_sees_the_rows_of_the_people_that_a_viewer_sees_and_no_text_of_others() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .build()
        .unwrap();
    runtime.block_on(async {
        let fixture = Fixture::make().await;
        let catalogue = Catalogue::render(&RenderOptions::default()).unwrap();
        let assets = Assets {
            row_level_security: RowLevelSecurity::On,
            ..assets(Mode::Light)
        };
        let mut relations: BTreeMap<String, Vec<Row>> = BTreeMap::new();
        for dataset in datasets(&fixture.spec, &catalogue, &assets, Language::En).unwrap() {
            let tables = dataset.body["PhysicalTableMap"].as_object().unwrap();
            let query = &tables.values().next().unwrap()["CustomSql"]["SqlQuery"];
            let found = rows(fixture.rows(query.as_str().unwrap()).await);
            relations.insert(dataset.relation, found);
        }
        let rules = relations.remove(RULES).unwrap();
        let managers: BTreeSet<String> = fixture
            .people
            .iter()
            .filter_map(|row| row.manager.as_ref())
            .map(|manager| manager.to_lowercase())
            .collect();
        assert!(managers.len() > 2, "{managers:?}");
        let others = fixture.people.iter().filter_map(email).take(5);
        let strangers = ["stranger@example.com".to_owned(), ADMIN.to_owned()];
        let mut cut = 0;
        for viewer in managers.iter().cloned().chain(others).chain(strangers) {
            let admins = [ADMIN.to_owned()];
            let visible = Visibility::of_viewer(&viewer, &admins, &fixture.people, &fixture.seen);
            let is_visible = |person: &str| match &visible {
                Visibility::Everybody => true,
                Visibility::Persons(persons) => persons.contains(person),
            };
            let own = rules.iter();
            let own: Vec<&Row> = own
                .filter(|rule| rule["user_name"].as_deref() == Some(&viewer))
                .collect();
            // Names of people that the viewer must not see, and that no visible person has.
            let label = |row: &&MapRow| row.display_name.clone();
            let (seen, hidden): (Vec<&MapRow>, Vec<&MapRow>) = fixture
                .people
                .iter()
                .partition(|row| is_visible(&row.user_id));
            let seen: BTreeSet<String> = seen.iter().filter_map(label).collect();
            let hidden: BTreeSet<String> = hidden.iter().filter_map(label).collect();
            let hidden: Vec<&String> = hidden.difference(&seen).collect();
            for (relation, rows) in &relations {
                let allowed = rows.iter();
                let allowed: Vec<&Row> = allowed
                    .filter(|row| own.iter().any(|rule| is_allowed(row, rule)))
                    .collect();
                let expected = rows
                    .iter()
                    .filter(|row| match row["row_person"].as_deref() {
                        Some("(everybody)") => !own.is_empty(),
                        Some(person) => is_visible(person),
                        None => matches!(visible, Visibility::Everybody),
                    });
                assert_eq!(allowed.len(), expected.count(), "{relation} of {viewer}");
                let is_of_fleet = OF_THE_FLEET.contains(&relation.as_str());
                if is_of_fleet && !matches!(visible, Visibility::Everybody) {
                    assert!(allowed.is_empty(), "{relation} of {viewer}");
                }
                let cells = allowed.iter().flat_map(|row| row.values().flatten());
                for cell in cells {
                    let shown = hidden.iter().find(|name| cell.contains(name.as_str()));
                    assert!(shown.is_none(), "{relation} shows {viewer} `{cell}`");
                }
                cut += usize::from(!allowed.is_empty() && allowed.len() < rows.len());
            }
        }
        assert!(cut > 20, "only {cut} datasets were cut");
    });
}
