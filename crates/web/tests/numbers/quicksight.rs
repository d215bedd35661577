//! Compares the numbers of every visual in `QuickSight` with those of the page, for the same rows and choices.
//!
//! The engine runs the datasets' SQL; the evaluator of the dashboard's tests runs the definition.

mod shown;

use std::collections::BTreeMap;

use kiro_catalog::{Catalogue, RenderOptions};
use kiro_dashboard::Language;
use kiro_dashboard::spec::{Kind, Show};
use kiro_dashboard_quicksight::{Assets, IdentityMapping, Mode, RowLevelSecurity, datasets};
use kiro_dashboard_sql::{Request, ResultSet, Value};

use crate::document::Document;
use crate::evaluate::{self, Cell, Choice, Row};
use crate::fixture::Fixture;

/// Default; two weeks of some plans on one client; one user.
const SETTINGS: [&str; 3] = [
    "",
    "from=2026-08-03&to=2026-08-16&tier=Pro&tier=Pro%2B&client=KIRO_IDE",
    "from=2026-07-15&to=2026-08-25&user={user}",
];

/// The parameters of a deployment, for the definitions under test.
pub(crate) fn assets(mode: Mode) -> Assets {
    Assets {
        prefix: "kiro".to_owned(),
        partition: "aws".to_owned(),
        region: "eu-central-1".to_owned(),
        account: "123456789012".to_owned(),
        mode,
        identity_mapping: IdentityMapping::On,
        row_level_security: RowLevelSecurity::Off,
    }
}

#[test]
fn every_number_is_that_of_the_page() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .build()
        .unwrap();
    runtime.block_on(async {
        let fixture = Fixture::make().await;
        let catalogue = Catalogue::render(&RenderOptions::default()).unwrap();
        let document = Document::new(&fixture.spec, &catalogue, Language::En);
        let mut relations: BTreeMap<String, Vec<Row>> = BTreeMap::new();
        for dataset in datasets(
            &fixture.spec,
            &catalogue,
            &assets(Mode::Light),
            Language::En,
        )
        .unwrap()
        {
            let tables = dataset.body["PhysicalTableMap"].as_object().unwrap();
            let query = tables.values().next().unwrap()["CustomSql"]["SqlQuery"]
                .as_str()
                .unwrap();
            relations.insert(dataset.relation, rows(fixture.rows(query).await));
        }
        let (user, name) = busiest(&relations["user_totals"]);
        let mut compared = 0;
        let mut differences = Vec::new();
        for query in SETTINGS {
            let request = fixture.request(&query.replace("{user}", &user));
            let choice = choice(&fixture, &request, &name);
            for visual in fixture
                .spec
                .page(Language::En)
                .sheets
                .iter()
                .flat_map(|sheet| &sheet.visuals)
            {
                let is_chosen = request.has_user(&fixture.spec);
                // The ranking stays when a user is chosen; visuals about one user are empty until then.
                let is_hidden =
                    visual.kind == Kind::Text || (visual.show == Show::NoUser && is_chosen);
                if is_hidden {
                    continue;
                }
                let figure = fixture.figure(&visual.id, &request).await;
                let drawn = document.visuals();
                let drawn = drawn.iter().find(|drawn| drawn.id() == visual.id).unwrap();
                let relation = drawn.data_sets().into_iter().next().unwrap().to_owned();
                let lines = evaluate::lines(&document, &visual.id, &relations[&relation], &choice);
                let found = shown::compare(&fixture.spec, drawn, &figure, &lines);
                differences.extend(
                    found
                        .into_iter()
                        .map(|found| format!("{} for `{query}`: {found}", visual.id)),
                );
                compared += 1;
            }
        }
        assert!(differences.is_empty(), "{}", differences.join("\n"));
        assert!(compared > 300, "only {compared} figures were compared");
    });
}

fn rows(result: ResultSet) -> Vec<Row> {
    let columns = result.columns;
    let named = |row: Vec<Value>| {
        columns
            .iter()
            .cloned()
            .zip(row.iter().map(shown::cell))
            .collect()
    };
    result.rows.into_iter().map(named).collect()
}

/// The id and the name of the user with the most messages.
fn busiest(totals: &[Row]) -> (String, String) {
    let messages = |row: &&Row| match row["total_messages"] {
        Cell::Number(messages) => messages,
        _ => 0.0,
    };
    let row = totals
        .iter()
        .max_by(|a, b| messages(a).total_cmp(&messages(b)))
        .unwrap();
    let text = |name: &str| match &row[name] {
        Cell::Text(text) => text.clone(),
        other => panic!("{other:?}"),
    };
    (text("user_id"), text("user_label"))
}

fn choice(fixture: &Fixture, request: &Request, name: &str) -> Choice {
    let span = request.chosen_span(&fixture.spec).unwrap();
    let selection = &request.selection;
    let names = fixture.spec.texts(Language::En);
    // Controls list the texts of values that have one.
    let texts = |values: Vec<&str>| {
        values
            .into_iter()
            .map(|value| {
                let name = names.get(&format!("value.client.{value}"));
                Cell::Text(name.unwrap_or(value).to_owned())
            })
            .collect()
    };
    let user = if request.has_user(&fixture.spec) {
        name
    } else {
        "(everybody)"
    };
    Choice::from([
        ("DateFrom", vec![Cell::Day(span.from)]),
        ("DateTo", vec![Cell::Day(span.to)]),
        ("Tier", texts(selection.values("tier"))),
        ("Model", texts(selection.values("model"))),
        ("Client", texts(selection.values("client"))),
        ("Account", texts(selection.values("account"))),
        ("Region", texts(selection.values("region"))),
        ("Team", texts(selection.values("team"))),
        ("User", texts(vec![user])),
    ])
}
