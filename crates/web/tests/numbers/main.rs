//! Compares the numbers of every visual with plain code over the rows of the relations.
//!
//! The oracle shares no code with the compiler: it filters and sums rows itself, visual by visual. `quicksight` compares
//! the visuals of `QuickSight` with the page.

#![expect(clippy::unwrap_used, reason = "tests")]

#[path = "../../../dashboard-quicksight/tests/it/document.rs"]
#[expect(dead_code, reason = "the rules of the other tests need more of it")]
mod document;
#[path = "../../../dashboard-quicksight/tests/it/evaluate.rs"]
mod evaluate;
mod expected;
mod fixture;
#[path = "../../../dashboard-quicksight/tests/it/language.rs"]
mod language;
mod oracle;
mod quicksight;
mod row_rules;
#[path = "../../../dashboard-quicksight/tests/it/syntax.rs"]
mod syntax;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use fixture::Fixture;
use kiro_dashboard_sql::{Figure, Value, options_query};
use oracle::{Expected, Oracle, Shape};
// `document` calls `crate::assets`.
use quicksight::assets;

/// Default; two weeks of some plans on one client; a long window of one account and model; days that begin before the
/// data, in one Region; one team. The selection of one user is added below.
const SETTINGS: [&str; 5] = [
    "",
    "from=2026-08-03&to=2026-08-16&tier=Pro&tier=Pro%2B&client=KIRO_IDE",
    "from=2026-06-10&to=2026-08-20&account=123456789012&model={model}&tier=Power&tier=Pro",
    "from=2026-04-20&to=2026-06-19&region=eu-central-1",
    "from=2026-07-10&to=2026-08-25&team=Payments",
];
/// The visuals without numbers.
const TEXTS: [&str; 2] = ["h-limits", "t-about"];

#[test]
fn every_number_is_that_of_plain_code() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .build()
        .unwrap();
    runtime.block_on(async {
        let fixture = Arc::new(Fixture::make().await);
        let oracle = Oracle::load(&fixture).await;
        let model = oracle.models[0].text("model_name");
        let user = oracle.busiest_user();
        let mut settings: Vec<String> = SETTINGS
            .iter()
            .map(|query| query.replace("{model}", &model))
            .collect();
        settings.push(format!("from=2026-07-15&to=2026-08-25&user={user}"));
        let mut compared = 0;
        let mut never_filled: BTreeSet<String> =
            fixture.spec.visual_ids().map(str::to_owned).collect();
        // Texts, and a feature that the synthetic exports do not use.
        for visual in TEXTS.into_iter().chain(["c-transform"]) {
            never_filled.remove(visual);
        }
        for query in &settings {
            let request = fixture.request(query);
            let span = request.chosen_span(&fixture.spec).unwrap();
            let mut figures = tokio::task::JoinSet::new();
            for visual in fixture
                .spec
                .visual_ids()
                .filter(|visual| !TEXTS.contains(visual))
                .map(str::to_owned)
            {
                let (fixture, request) = (Arc::clone(&fixture), request.clone());
                figures.spawn(async move { fixture.figure(&visual, &request).await });
            }
            while let Some(figure) = figures.join_next().await {
                let figure = figure.unwrap();
                let Some(expected) = expected::of_visual(&oracle.under(&request, span), &figure.id)
                else {
                    panic!(
                        "no expected numbers for `{}`: write them in tests/numbers/expected",
                        figure.id
                    );
                };
                compare(query, &figure, &expected);
                if figure.empty.is_none() {
                    never_filled.remove(&figure.id);
                }
                compared += 1;
            }
        }
        assert!(compared > 400, "only {compared} figures were compared");
        assert!(
            never_filled.is_empty(),
            "the fixture never fills {never_filled:?}"
        );
        no_value_of_a_selection_is_an_error(&fixture).await;
        teams_add_up_to_the_fleet(&fixture).await;
        every_kind_of_seat_occurs(&oracle);
    });
}

/// Every month, the teams have the people and, to the cent, the money of all users.
async fn teams_add_up_to_the_fleet(fixture: &Fixture) {
    let sums = |people: &str, relation: &str| {
        let columns = [
            people,
            "SUM(active_days)",
            "SUM(total_messages)",
            "SUM(credits_used)",
            "SUM(overage_credits)",
            "SUM(overage_cost_usd)",
            "SUM(monthly_fee_usd)",
        ]
        .join(", ");
        format!(
            "SELECT CAST(month_start AS varchar) AS month_start, {columns} FROM kiro_analytics.{relation} \
             GROUP BY month_start ORDER BY month_start"
        )
    };
    let teams = fixture.rows(&sums("SUM(people)", "team_month")).await;
    let users = fixture
        .rows(&sums(
            "COUNT(CASE WHEN NOT is_former THEN 1 END)",
            "user_month",
        ))
        .await;
    assert_eq!(teams.rows.len(), 4, "months");
    for (teams, users) in teams.rows.iter().zip(&users.rows) {
        assert_eq!(teams[0], users[0]);
        for (teams, users) in teams[1..].iter().zip(&users[1..]) {
            let (teams, users) = (teams.number().unwrap(), users.number().unwrap());
            assert!((teams - users).abs() < 0.005, "{teams}, expected {users}");
        }
    }
    let groups = "SELECT DISTINCT team, cost_center FROM kiro_analytics.team_month";
    let groups = fixture.rows(groups).await;
    let has = |team: &str, cost_center: &str| {
        let wanted = [
            Value::Text(team.to_owned()),
            Value::Text(cost_center.to_owned()),
        ];
        groups.rows.contains(&wanted.to_vec())
    };
    assert!(groups.rows.len() > 6);
    assert!(has("Payments", "CC-2010") && has("Payments", "CC-2020"));
    assert!(groups.rows.iter().any(|row| row[0].plain() == "No team"));
    assert!(
        groups
            .rows
            .iter()
            .any(|row| row[1].plain() == "No cost centre")
    );
}

/// The fleet has people of every state, known ones and others.
fn every_kind_of_seat_occurs(oracle: &Oracle) {
    let all = |column: &str| -> BTreeSet<String> {
        oracle.seats.iter().map(|row| row.text(column)).collect()
    };
    let states = ["active", "idle", "leaving", "left", "never_used"];
    assert_eq!(all("seat_state"), states.map(str::to_owned).into());
    assert_eq!(all("is_known").len(), 3, "known, not known, forgotten");
    assert_eq!(
        all("user_label").len(),
        oracle.seats.len(),
        "labels are unique"
    );
}

/// Escaped values are valid SQL, and match no row.
async fn no_value_of_a_selection_is_an_error(fixture: &Fixture) {
    for evil in [
        "O'Brien \\",
        "'; DROP TABLE x; --",
        "\u{2019} \" 한국 中文 /* */",
        "\\' OR '1'='1",
    ] {
        let mut request = fixture.request("");
        for picker in ["tier", "client", "region", "team"] {
            request.selection.choose(picker, [evil.to_owned()]);
        }
        for visual in [
            "a-credits",
            "p-all-users",
            "p-segments",
            "p-user-daily",
            "b-tiers",
        ] {
            let figure = fixture.figure(visual, &request).await;
            assert!(
                figure.rows.is_empty() && figure.empty.is_some(),
                "{visual} with {evil}"
            );
        }
        let options = options_query(&fixture.spec, "user", evil, 10).unwrap();
        assert!(
            fixture
                .rows(&options.statements[0].sql)
                .await
                .rows
                .is_empty()
        );
    }
}

fn compare(query: &str, figure: &Figure, expected: &Expected) {
    let name = format!("{} for `{query}`", figure.id);
    match &expected.shape {
        Shape::Hidden => assert!(
            figure.empty.is_some() && figure.rows.is_empty(),
            "{name} should be hidden"
        ),
        Shape::Table { keys } => {
            let found = table(figure, *keys, expected.measures());
            same(&name, &found, &expected.rows);
            if let (Some(totals), Some(expected)) = (&figure.totals, &expected.totals) {
                let found = totals[totals.len() - expected.len()..].to_vec();
                assert!(
                    close(&found, expected),
                    "{name}: totals {found:?}, expected {expected:?}"
                );
            }
        }
        Shape::Kpi { previous } => {
            let found = figure
                .rows
                .first()
                .map(|row| row[0].clone())
                .unwrap_or_default();
            assert!(
                close(std::slice::from_ref(&found), &expected.single()),
                "{name}: {found:?}, expected {:?}",
                expected.single()
            );
            let found = figure.previous.as_ref().map(|part| part.rows[0][0].clone());
            assert_eq!(
                found.is_some(),
                previous.is_some(),
                "{name}: whether there is a comparison"
            );
            if let (Some(found), Some(previous)) = (found, previous) {
                assert!(
                    close(std::slice::from_ref(&found), std::slice::from_ref(previous)),
                    "{name}: before {found:?}, expected {previous:?}"
                );
            }
        }
        Shape::Transposed => {
            let found: BTreeMap<String, Vec<Value>> = figure
                .rows
                .iter()
                .map(|row| (row[0].plain(), row[1..].to_vec()))
                .collect();
            same(&name, &found, &expected.rows);
        }
        Shape::Pivot => {
            let first = figure
                .columns
                .iter()
                .position(|column| column.label_format.is_some());
            let first = first.unwrap_or(figure.columns.len() - 1);
            let mut found = BTreeMap::new();
            for row in &figure.rows {
                for (place, column) in figure.columns.iter().enumerate().skip(first) {
                    if !row[place].is_null() {
                        let axis = if column.label_format.is_some() {
                            column.name.as_str()
                        } else {
                            "total"
                        };
                        found.insert(
                            format!("{}|{axis}", row[0].plain()),
                            vec![row[place].clone()],
                        );
                    }
                }
            }
            for (place, column) in figure.columns.iter().enumerate().skip(first) {
                let axis = if column.label_format.is_some() {
                    column.name.as_str()
                } else {
                    "total"
                };
                let total = figure.totals.as_ref().unwrap()[place].clone();
                if !total.is_null() {
                    found.insert(format!("total|{axis}"), vec![total]);
                }
            }
            same(&name, &found, &expected.rows);
        }
    }
}

/// The last columns of each row, by its first ones.
fn table(figure: &Figure, keys: usize, measures: usize) -> BTreeMap<String, Vec<Value>> {
    let rows = figure.rows.iter().map(|row| {
        let key: Vec<String> = row[..keys].iter().map(Value::plain).collect();
        (key.join("|"), row[row.len() - measures..].to_vec())
    });
    rows.collect()
}

fn same(name: &str, found: &BTreeMap<String, Vec<Value>>, expected: &BTreeMap<String, Vec<Value>>) {
    let missing: Vec<&String> = expected
        .keys()
        .filter(|key| !found.contains_key(*key))
        .collect();
    let surplus: Vec<&String> = found
        .keys()
        .filter(|key| !expected.contains_key(*key))
        .collect();
    assert!(
        missing.is_empty() && surplus.is_empty(),
        "{name}: missing {missing:?}, surplus {surplus:?}"
    );
    for (key, values) in expected {
        assert!(
            close(&found[key], values),
            "{name}, {key}: {:?}, expected {values:?}",
            found[key]
        );
    }
}

fn close(found: &[Value], expected: &[Value]) -> bool {
    found.len() == expected.len()
        && found.iter().zip(expected).all(|(found, expected)| {
            match (found.number(), expected.number()) {
                (Some(a), Some(b)) => (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0),
                (Some(zero), None) | (None, Some(zero)) => zero == 0.0,
                (None, None) => found == expected,
            }
        })
}
