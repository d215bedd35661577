//! An engine for some users: no relation has anything of another user.

use std::collections::BTreeSet;

use kiro_query::Engine;

use crate::fixture::{Fixture, scenarios, write_identity};
use crate::parts::{Fact, Version, fact, open, options, rows, write_facts, write_version};

fn open_for(data: &std::path::Path, users: &[&str]) -> Engine {
    let users = users.iter().map(|user| (*user).to_owned()).collect();
    Engine::open_for_users(options(data), users).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_relation_has_anything_of_another_user() {
    let data = tempfile::tempdir().unwrap();
    let planted = |day| Fact {
        tier: "PLANTED",
        ..fact(day, "planted", 900)
    };
    let days = [fact("2026-07-01", "ada", 3), planted("2026-07-01")];
    write_facts(data.path(), "2026-07-02", 1, &days);
    write_facts(data.path(), "2026-07-09", 2, &[planted("2026-07-08")]);
    let people = r#"[
        {"idc_user_id": "ada", "idc_display_name": "Ada", "team": "One", "status": "active", "is_seat": "yes"},
        {"idc_user_id": "planted", "idc_display_name": "Planted", "team": "Planted", "manager": "planted", "status": "active", "is_seat": "yes"},
        {"idc_user_id": "roster:planted", "idc_display_name": "Planted Too", "team": "Planted", "status": "active", "is_seat": "yes"}
    ]"#;
    write_identity(people, data.path());
    let engine = open_for(data.path(), &["ada"]);
    let all = open(data.path());
    for relation in engine.catalogue().relations() {
        let name = &relation.name;
        let found = rows(&engine, &format!("SELECT * FROM {name}")).await;
        for row in &found {
            assert!(!row.to_lowercase().contains("planted"), "{name}: {row}");
        }
        assert_eq!(
            engine.row_count(name).await.unwrap(),
            found.len() as u64,
            "{name}"
        );
    }
    for hidden in [
        "part_days",
        "export_parts",
        "superseded",
        "data_health",
        "report_issues",
        "report_issues_raw",
    ] {
        assert_eq!(engine.row_count(hidden).await.unwrap(), 0, "{hidden}");
    }
    assert!(all.row_count("data_health").await.unwrap() > 0);
    let users = "SELECT user_label, team FROM user_dim";
    assert_eq!(rows(&engine, users).await, ["Ada|One"]);
    assert_eq!(
        rows(
            &engine,
            "SELECT SUM(total_messages) FROM base_user_activity"
        )
        .await,
        ["3"]
    );
    // Windows end on the same day for all.
    let newest = "SELECT newest_day, anchor_day FROM data_window";
    assert_eq!(rows(&engine, newest).await, ["2026-07-08|2026-07-08"]);
    let nobody = open_for(data.path(), &[]);
    assert_eq!(nobody.row_count("user_dim").await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_a_newer_export_no_longer_has_does_not_return() {
    let data = tempfile::tempdir().unwrap();
    let version = |id, processed_ts| Version {
        id,
        src_path: "a.csv",
        export_ts: "202607020000",
        modified_ts: None,
        processed_ts,
    };
    let first = [fact("2026-07-01", "ada", 1), fact("2026-07-01", "bob", 2)];
    write_version(data.path(), &version(1, "20260801000000"), &first);
    write_version(
        data.path(),
        &version(2, "20260802000000"),
        &[fact("2026-07-01", "bob", 3)],
    );
    let engine = open_for(data.path(), &["ada"]);
    assert!(
        rows(&engine, "SELECT user_id FROM report_facts")
            .await
            .is_empty()
    );
    let engine = open_for(data.path(), &["bob"]);
    let sql = "SELECT user_id, total_messages FROM report_facts";
    assert_eq!(rows(&engine, sql).await, ["bob|3"]);
}

/// The rows of one user are the same as without the restriction, in every view that has one row per user and more.
#[tokio::test(flavor = "multi_thread")]
async fn the_rows_of_a_user_are_those_of_all() {
    for scenario in scenarios() {
        let fixture = Fixture::normalize(&scenario).await;
        let all = fixture.engine();
        let users = rows(&all, "SELECT user_id FROM user_dim ORDER BY user_id").await;
        let Some(user) = users.into_iter().find(|user| !user.contains('\'')) else {
            continue;
        };
        let only =
            Engine::open_for_users(fixture.options(), BTreeSet::from([user.clone()])).unwrap();
        for view in [
            "report_facts",
            "report_models",
            "report_code",
            "user_days",
            "code_activity",
        ] {
            let relation = all.catalogue().relation(view).unwrap();
            let columns = relation.columns.iter().map(|column| column.name.as_str());
            // Numbers of users and plans depend on which others there are.
            let columns =
                columns.filter(|name| !name.ends_with("_number") && !name.ends_with("rank"));
            let columns = columns
                .filter(|name| *name != "user_label")
                .collect::<Vec<_>>();
            let columns = columns.join(", ");
            let sql =
                |filter: &str| format!("SELECT {columns} FROM {view} {filter} ORDER BY {columns}");
            let expected = rows(&all, &sql(&format!("WHERE user_id = '{user}'"))).await;
            let found = rows(&only, &sql("")).await;
            assert_eq!(found, expected, "{} {view}", scenario.display());
        }
    }
}
