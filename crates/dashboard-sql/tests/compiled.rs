//! The SQL of the built-in dashboard's visuals, and the values that selections can contain.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::fmt::Write as _;

use kiro_catalog::{Catalogue, RenderOptions, Settings};
use kiro_dashboard::{Language, PageVisual, Spec};
use kiro_dashboard_sql::{
    DataWindow, Request, ResultSet, Selection, Span, TableView, Value, build_figure, options_query,
    read_single_valued_pickers, single_valued_pickers_query, visual_query,
};

const DEFAULT: &str = "";
const FILTERED: &str = "from=2026-07-01&to=2026-08-15&tier=Pro&tier=Pro%2B&model=auto&client=KIRO_IDE&account=123456789012&region=us-east-1&team=Platform&user=u-1";

fn builtin() -> Spec {
    let catalogue = Catalogue::render(&RenderOptions::default()).unwrap();
    Spec::builtin(&catalogue, &Settings::default()).unwrap_or_else(|errors| panic!("\n{errors}"))
}

fn request(spec: &Spec, query: &str) -> Request {
    let days = Span {
        from: "2025-09-01".parse().unwrap(),
        to: "2026-08-30".parse().unwrap(),
    };
    let view = TableView {
        limit: Some(100),
        ..TableView::default()
    };
    Request {
        selection: Selection::parse(spec, query).unwrap(),
        data: DataWindow {
            days: Some(days),
            first_day: None,
        },
        view,
    }
}

fn sql_of_sheet(spec: &Spec, visuals: &[PageVisual], query: &str) -> String {
    let mut text = String::new();
    for PageVisual { id, .. } in visuals {
        let Ok(compiled) = visual_query(spec, id, &request(spec, query)) else {
            continue;
        };
        for statement in compiled.statements {
            writeln!(
                text,
                "-- {id}: {:?}
{}
",
                statement.role, statement.sql
            )
            .unwrap();
        }
    }
    text
}

#[test]
fn the_sql_of_two_sheets() {
    let spec = builtin();
    let page = spec.page(Language::En);
    for (id, name, query) in [
        ("activity", "activity-default", DEFAULT),
        ("people", "people-filtered", FILTERED),
    ] {
        let sheet = page.sheets.iter().find(|sheet| sheet.id == id).unwrap();
        insta::assert_snapshot!(name, sql_of_sheet(&spec, &sheet.visuals, query));
    }
}

/// The parts of a statement outside of quotes.
fn outside_quotes(sql: &str) -> String {
    sql.split('\'').step_by(2).collect()
}

#[test]
fn no_value_of_a_selection_can_leave_its_literal() {
    let spec = builtin();
    let harmless = request(
        &spec,
        "user=x&tier=x&client=x&model=x&account=x&region=x&team=x",
    );
    for evil in [
        "O'Brien",
        "'; DROP TABLE kiro_analytics.base_user_activity; --",
        "\\' OR '1'='1",
        "\\",
        "''",
        "\u{2019} OR 1=1 /* 한국 中文 */",
        "\"; SELECT 1",
        "x' UNION ALL SELECT email FROM kiro_analytics.user_dim --",
    ] {
        let mut request = harmless.clone();
        for picker in &spec.document().pickers {
            if request.selection.is_chosen(&picker.id) {
                request.selection.choose(&picker.id, [evil.to_owned()]);
            }
        }
        request.view.search = evil.to_owned();
        let mut calm = harmless.clone();
        calm.view.search = "x".to_owned();
        for id in spec.visual_ids() {
            let Ok(found) = visual_query(&spec, id, &request) else {
                continue;
            };
            let expected = visual_query(&spec, id, &calm).unwrap();
            for (found, expected) in found.statements.iter().zip(&expected.statements) {
                assert_eq!(
                    outside_quotes(&found.sql),
                    outside_quotes(&expected.sql),
                    "{id} with {evil}"
                );
            }
        }
        let options = options_query(&spec, "user", evil, 20).unwrap();
        let expected = options_query(&spec, "user", "x", 20).unwrap();
        assert_eq!(
            outside_quotes(&options.statements[0].sql),
            outside_quotes(&expected.statements[0].sql)
        );
    }
}

#[test]
fn every_order_says_where_nulls_go_and_nothing_is_engine_specific() {
    let spec = builtin();
    for id in spec.visual_ids() {
        for query in [DEFAULT, FILTERED] {
            let Ok(compiled) = visual_query(&spec, id, &request(&spec, query)) else {
                continue;
            };
            for statement in compiled.statements {
                let sql = statement.sql;
                assert_eq!(
                    sql.matches(" ASC").count() + sql.matches(" DESC").count(),
                    sql.matches("NULLS LAST").count(),
                    "{sql}"
                );
                for foreign in [
                    "::",
                    "ILIKE",
                    "QUALIFY",
                    "OFFSET",
                    "current_date",
                    "\"",
                    "`",
                    "EXCEPT",
                ] {
                    assert!(!sql.contains(foreign), "{foreign} in {sql}");
                }
            }
        }
    }
}

#[test]
fn without_data_there_are_no_statements_and_the_figure_says_why() {
    let spec = builtin();
    let nothing = Request::default();
    for id in spec.visual_ids() {
        let Ok(query) = visual_query(&spec, id, &nothing) else {
            continue;
        };
        // What is wrong with exports has a figure of its own without any row.
        let is_health = spec
            .visual(id)
            .unwrap()
            .dataset
            .as_ref()
            .is_some_and(|dataset| {
                ["health", "issues", "first_seen"].contains(&dataset.value.as_str())
            });
        assert_eq!(query.statements.is_empty(), !is_health, "{id}");
        let none = vec![ResultSet::default(); query.statements.len()];
        let figure = build_figure(&spec, id, &nothing, none).unwrap();
        assert!(figure.empty.is_some(), "{id}");
    }
}

/// Why a visual without a number is empty.
fn reason(spec: &Spec, visual: &str, query: &str) -> String {
    let request = request(spec, query);
    let query = visual_query(spec, visual, &request).unwrap();
    let results = query.statements.iter().map(|statement| ResultSet {
        columns: vec![String::new()],
        // A headline is one row without a number.
        rows: if statement.sql.contains("GROUP BY") {
            Vec::new()
        } else {
            vec![vec![Value::Null]]
        },
    });
    let figure = build_figure(spec, visual, &request, results.collect()).unwrap();
    figure.empty.unwrap().reason
}

#[test]
fn a_visual_that_needs_people_or_fees_says_what_is_missing() {
    let with_fees = builtin();
    let catalogue = Catalogue::render(&RenderOptions::default()).unwrap();
    let mut settings = Settings::default();
    for plan in settings.plans.0.values_mut() {
        plan.monthly_fee_usd = None;
    }
    let spec = Spec::builtin(&catalogue, &settings).unwrap();
    for (spec, visual, query, expected) in [
        (&spec, "t-trend", "", "no_people"),
        (&spec, "t-models", "", "no_people"),
        (&spec, "t-kpi-adoption", "", "no_people"),
        (&spec, "t-trend", "team=Payments", "narrowed"),
        (&spec, "t-teams", "", "no_rows"),
        (&spec, "t-kpi-fees", "", "no_fees"),
        (&spec, "t-kpi-fees", "team=Payments", "no_fees"),
        (&spec, "t-kpi-unused", "", "no_fees"),
        (&with_fees, "t-kpi-fees", "", "no_rows"),
        (&with_fees, "t-kpi-fees", "team=Payments", "narrowed"),
        (&spec, "t-kpi-credits", "", "no_rows"),
    ] {
        let found = reason(spec, visual, query);
        assert_eq!(
            found,
            format!("empty.{expected}.reason"),
            "{visual}?{query}"
        );
    }
}

#[test]
fn what_is_wrong_with_exports_is_shown_without_any_row() {
    let spec = builtin();
    for visual in [
        "h-issues",
        "h-files",
        "h-unreadable",
        "h-columns",
        "h-sources",
    ] {
        let query = visual_query(&spec, visual, &Request::default()).unwrap();
        assert!(!query.statements.is_empty(), "{visual}");
        assert!(
            !query.statements[0].sql.contains("activity_date"),
            "{visual}"
        );
        let none = vec![ResultSet::default(); query.statements.len()];
        let figure = build_figure(&spec, visual, &Request::default(), none).unwrap();
        assert_eq!(
            figure.empty.unwrap().reason,
            "empty.no_data.reason",
            "{visual}"
        );
    }
}

#[test]
fn selections_that_differ_only_in_pickers_without_effect_have_one_spelling() {
    let spec = builtin();
    let selection = Selection::parse(&spec, "tier=Pro&model=auto&user=u-1").unwrap();
    for (visual, expected) in [("a-rolling", ""), ("a-credits", "tier=Pro&user=u-1")] {
        let acting = spec.acting_pickers(visual).unwrap();
        let found = selection.canonical_for(&spec, |picker| acting.contains(&picker));
        assert_eq!(found, expected, "{visual}");
    }
}

#[test]
fn a_picker_offers_no_null_and_the_empty_value_where_it_can_be_chosen() {
    let spec = builtin();
    for (picker, expected) in [
        ("region", "WHERE source_region IS NOT NULL GROUP BY"),
        ("team", "WHERE team IS NOT NULL AND team <> '' GROUP BY"),
    ] {
        let query = options_query(&spec, picker, "", 20).unwrap();
        let sql = &query.statements[0].sql;
        assert!(sql.contains(expected), "{sql}");
    }
}

#[test]
fn pickers_with_at_most_one_value_are_found_by_one_statement() {
    let spec = builtin();
    let query = single_valued_pickers_query(&spec).unwrap().unwrap();
    let [statement] = query.statements.as_slice() else {
        panic!("{query:?}");
    };
    let parts: Vec<&str> = statement.sql.split("\nUNION ALL\n").collect();
    assert_eq!(parts.len(), 6, "neither dates nor users: {}", statement.sql);
    assert_eq!(
        parts[5],
        "SELECT 'team' AS picker, CASE WHEN MIN(team) < MAX(team) THEN 0 ELSE 1 END AS is_single_valued \
         FROM kiro_analytics.user_dim WHERE team IS NOT NULL AND team <> ''"
    );
    let row = |picker: &str, flag| vec![Value::Text(picker.to_owned()), Value::Whole(flag)];
    let rows = ResultSet {
        columns: Vec::new(),
        rows: vec![row("team", 1), row("tier", 0), row("account", 1)],
    };
    assert_eq!(
        read_single_valued_pickers(&spec, &rows),
        ["account", "team"]
    );
}
