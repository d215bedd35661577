//! Cached views, and refreshes after changes of the folder.

use std::fs;
use std::sync::Arc;

use crate::fixture::write_identity;
use crate::parts::{Fact, fact, open, options, rows, try_rows, write_facts};
use chrono::NaiveDate;
use kiro_query::{Engine, EngineOptions, QueryError};

const DAYS: &str = "SELECT activity_date, total_messages FROM daily_trends ORDER BY activity_date";

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_part_is_seen_after_a_refresh_and_not_before() {
    let data = tempfile::tempdir().unwrap();
    write_facts(
        data.path(),
        "2026-07-02",
        1,
        &[fact("2026-07-01", "alice", 3)],
    );
    let engine = open(data.path());
    assert_eq!(rows(&engine, DAYS).await, ["2026-07-01|3"]);
    write_facts(
        data.path(),
        "2026-07-03",
        2,
        &[fact("2026-07-02", "alice", 4)],
    );
    assert_eq!(rows(&engine, DAYS).await, ["2026-07-01|3"]);
    let refresh = engine.refresh().await.unwrap();
    assert_eq!(refresh.changed_parts, 1);
    assert!(refresh.recomputed.contains(&"daily_trends".to_owned()));
    assert!(
        !refresh.recomputed.contains(&"plans".to_owned()),
        "none of its datasets has changed"
    );
    assert!(
        !refresh.recomputed.contains(&"user_month".to_owned()),
        "no statement has read it"
    );
    assert_eq!(rows(&engine, DAYS).await, ["2026-07-01|3", "2026-07-02|4"]);
    assert_eq!(engine.refresh().await.unwrap().changed_parts, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_re_export_replaces_rows_of_an_earlier_month() {
    let data = tempfile::tempdir().unwrap();
    write_facts(
        data.path(),
        "2026-05-02",
        1,
        &[fact("2026-05-01", "alice", 3), fact("2026-05-01", "bob", 1)],
    );
    write_facts(
        data.path(),
        "2026-07-02",
        2,
        &[fact("2026-07-01", "alice", 5)],
    );
    let engine = open(data.path());
    assert_eq!(rows(&engine, DAYS).await, ["2026-05-01|4", "2026-07-01|5"]);
    write_facts(
        data.path(),
        "2026-07-03",
        3,
        &[fact("2026-05-01", "alice", 30)],
    );
    engine.refresh().await.unwrap();
    assert_eq!(rows(&engine, DAYS).await, ["2026-05-01|31", "2026-07-01|5"]);
    assert_eq!(
        rows(&engine, "SELECT part_id, line FROM superseded").await,
        ["0000000000000001|2"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_part_is_gone_after_a_refresh() {
    let data = tempfile::tempdir().unwrap();
    write_facts(
        data.path(),
        "2026-05-02",
        1,
        &[fact("2026-05-01", "alice", 3)],
    );
    let newer = write_facts(
        data.path(),
        "2026-05-03",
        2,
        &[fact("2026-05-01", "alice", 7), fact("2026-05-02", "bob", 1)],
    );
    let engine = open(data.path());
    assert_eq!(rows(&engine, DAYS).await, ["2026-05-01|7", "2026-05-02|1"]);
    fs::remove_file(newer).unwrap();
    assert_eq!(engine.refresh().await.unwrap().changed_parts, 1);
    assert_eq!(rows(&engine, DAYS).await, ["2026-05-01|3"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_history_in_time_partitions_gives_the_same_rows_as_a_new_engine() {
    let data = tempfile::tempdir().unwrap();
    let facts = |day: &'static str, messages: i64| -> Vec<crate::parts::Fact> {
        ["alice", "bob", "cyd", "dan"]
            .map(|user| fact(day, user, messages))
            .to_vec()
    };
    let days = [
        "2026-01-15",
        "2026-01-31",
        "2026-02-01",
        "2026-02-27",
        "2026-03-01",
        "2026-05-31",
    ];
    for (id, day) in (1..).zip(days) {
        write_facts(data.path(), day, id, &facts(day, 1));
    }
    let engine = Engine::open_with_time_partitions(options(data.path()), 5).unwrap();
    let question =
        "SELECT COUNT(*), SUM(total_messages), COUNT(DISTINCT user_id) FROM base_user_activity";
    assert_eq!(rows(&engine, question).await, ["24|24|4"]);
    // A part across the end of a month, a late part of an earlier month, the first part of a new month, a part that
    // changes only the last day of the users, a part with a new user who changes the numbers of the others, a part with
    // another tier of a user.
    let mut across = facts("2026-01-31", 10);
    across.extend(facts("2026-02-01", 10));
    for (id, day, part) in [
        (20, "2026-06-01", across),
        (21, "2026-06-01", facts("2026-01-15", 100)),
        (22, "2026-06-02", facts("2026-06-01", 1_000)),
        (23, "2026-06-03", facts("2026-06-02", 10_000)),
        (24, "2026-06-04", vec![fact("2026-06-03", "aaron", 1)]),
        (
            25,
            "2026-06-05",
            vec![Fact {
                tier: "POWER",
                ..fact("2026-06-04", "bob", 1)
            }],
        ),
    ] {
        write_facts(data.path(), day, id, &part);
        engine.refresh().await.unwrap();
        for question in [
            question,
            DAYS,
            "SELECT user_id, user_label, user_tier, user_number, COUNT(*), SUM(total_messages) \
             FROM base_user_activity GROUP BY 1, 2, 3, 4 ORDER BY 1",
            "SELECT part_id, line FROM superseded ORDER BY part_id, line",
        ] {
            let expected = rows(&open(data.path()), question).await;
            assert_eq!(rows(&engine, question).await, expected, "{day} {question}");
        }
    }
    assert_eq!(rows(&engine, question).await, ["34|44494|5"]);
    assert_eq!(engine.row_count("superseded").await.unwrap(), 12);
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_statements_compute_a_view_once() {
    let data = tempfile::tempdir().unwrap();
    let part = write_facts(
        data.path(),
        "2026-07-02",
        1,
        &[fact("2026-07-01", "alice", 3)],
    );
    let engine = Arc::new(open(data.path()));
    let mut asking = tokio::task::JoinSet::new();
    for _ in 0..16 {
        let engine = Arc::clone(&engine);
        asking.spawn(async move { rows(&engine, DAYS).await });
    }
    while let Some(answer) = asking.join_next().await {
        assert_eq!(answer.unwrap(), ["2026-07-01|3"]);
    }
    // The cached view does not read the part again.
    fs::remove_file(part).unwrap();
    assert_eq!(rows(&engine, DAYS).await, ["2026-07-01|3"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn statements_during_a_refresh_see_one_complete_state() {
    let data = tempfile::tempdir().unwrap();
    write_facts(
        data.path(),
        "2026-07-02",
        1,
        &[fact("2026-07-01", "alice", 1)],
    );
    let engine = Arc::new(open(data.path()));
    let question =
        "SELECT (SELECT COUNT(*) FROM report_facts), (SELECT SUM(total_messages) FROM user_totals)";
    assert_eq!(rows(&engine, question).await, ["1|1"]);
    write_facts(
        data.path(),
        "2026-07-03",
        2,
        &[fact("2026-07-02", "alice", 9)],
    );
    let refreshing = tokio::spawn({
        let engine = Arc::clone(&engine);
        async move { engine.refresh().await.unwrap() }
    });
    while !refreshing.is_finished() {
        let answer = rows(&engine, question).await;
        assert!(answer == ["1|1"] || answer == ["2|10"], "{answer:?}");
    }
    assert_eq!(rows(&engine, question).await, ["2|10"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn since_and_until_restrict_the_days_of_activity() {
    let data = tempfile::tempdir().unwrap();
    let days = [
        fact("2026-07-01", "alice", 1),
        fact("2026-07-02", "alice", 2),
        fact("2026-07-03", "alice", 4),
    ];
    write_facts(data.path(), "2026-07-04", 1, &days);
    for (since, until, expected) in [
        (None, None, 7),
        (Some(date("2026-07-02")), None, 6),
        (None, Some(date("2026-07-02")), 3),
        (Some(date("2026-07-02")), Some(date("2026-07-02")), 2),
    ] {
        let engine = Engine::open(EngineOptions {
            since,
            until,
            ..options(data.path())
        })
        .unwrap();
        for relation in ["report_facts_raw", "report_facts", "base_user_activity"] {
            let sql = format!("SELECT SUM(total_messages) FROM {relation}");
            assert_eq!(
                rows(&engine, &sql).await,
                [expected.to_string()],
                "{relation} {since:?} {until:?}"
            );
        }
        let counted = engine.row_count("report_facts_raw").await.unwrap();
        assert_eq!(
            counted.to_string(),
            rows(&engine, "SELECT COUNT(*) FROM report_facts_raw").await[0]
        );
    }
    let nothing = EngineOptions {
        since: Some(date("2026-07-03")),
        until: Some(date("2026-07-01")),
        ..options(data.path())
    };
    let engine = Engine::open(nothing).unwrap();
    assert_eq!(rows(&engine, "SELECT COUNT(*) FROM user_dim").await, ["0"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_part_is_named_and_the_previous_state_stays() {
    let data = tempfile::tempdir().unwrap();
    write_facts(
        data.path(),
        "2026-07-02",
        1,
        &[fact("2026-07-01", "alice", 1)],
    );
    let engine = open(data.path());
    assert_eq!(rows(&engine, DAYS).await, ["2026-07-01|1"]);
    let damaged = data
        .path()
        .join("facts/export_date=2026-07-02/part-00000000000000ff.parquet");
    fs::write(&damaged, "not Parquet at all").unwrap();
    let error = engine.refresh().await.expect_err("a damaged part");
    assert!(
        matches!(&error, QueryError::DamagedPart { path, .. } if path == &damaged),
        "{error:?}"
    );
    assert!(!error.is_user_error());
    assert_eq!(rows(&engine, DAYS).await, ["2026-07-01|1"]);
    let error = try_rows(&open(data.path()), DAYS)
        .await
        .expect_err("a damaged part");
    assert!(
        error.to_string().contains("part-00000000000000ff.parquet"),
        "{error}"
    );
    fs::remove_file(&damaged).unwrap();
    assert_eq!(engine.refresh().await.unwrap().changed_parts, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn damage_within_a_part_is_named_too() {
    let data = tempfile::tempdir().unwrap();
    let part = write_facts(
        data.path(),
        "2026-07-02",
        1,
        &[fact("2026-07-01", "alice", 1), fact("2026-07-01", "bob", 1)],
    );
    let mut bytes = fs::read(&part).unwrap();
    bytes[4..200].fill(0xFF);
    fs::write(&part, bytes).unwrap();
    let error = try_rows(&open(data.path()), "SELECT * FROM report_facts_raw")
        .await
        .expect_err("damage");
    assert!(
        matches!(&error, QueryError::DamagedPart { path, .. } if path == &part),
        "{error:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_of_another_dataset_is_named_with_what_is_wrong() {
    let data = tempfile::tempdir().unwrap();
    let part = write_facts(
        data.path(),
        "2026-07-02",
        1,
        &[fact("2026-07-01", "alice", 1)],
    );
    let foreign = data.path().join("issues/export_date=2026-07-02");
    fs::create_dir_all(&foreign).unwrap();
    fs::copy(part, foreign.join("part-0000000000000002.parquet")).unwrap();
    let error = try_rows(&open(data.path()), "SELECT * FROM report_issues_raw")
        .await
        .expect_err("a foreign part");
    assert!(matches!(error, QueryError::ForeignPart { .. }), "{error:?}");
    assert!(
        error.to_string().contains("column `kind` is missing"),
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn temporary_and_foreign_files_are_ignored() {
    let data = tempfile::tempdir().unwrap();
    let part = write_facts(
        data.path(),
        "2026-07-02",
        1,
        &[fact("2026-07-01", "alice", 1)],
    );
    let folder = part.parent().unwrap();
    for name in [
        ".part-0000000000000002.parquet.tmp",
        "part-0000000000000003.parquet.partial",
        "_SUCCESS",
        "notes.csv",
    ] {
        fs::write(folder.join(name), "garbage").unwrap();
    }
    fs::create_dir_all(data.path().join("facts/export_date=never")).unwrap();
    fs::write(
        data.path()
            .join("facts/export_date=never/part-0000000000000004.parquet"),
        "garbage",
    )
    .unwrap();
    assert_eq!(rows(&open(data.path()), DAYS).await, ["2026-07-01|1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_team_that_becomes_unknown_is_not_the_text_null() {
    let data = tempfile::tempdir().unwrap();
    write_facts(
        data.path(),
        "2026-07-02",
        1,
        &[fact("2026-07-01", "alice", 3)],
    );
    write_identity(r#"[{"idc_user_id": "alice", "team": "NULL"}]"#, data.path());
    let engine = Engine::open_with_time_partitions(options(data.path()), 1).unwrap();
    let unknown = "SELECT COUNT(*) FROM base_user_activity WHERE team IS NULL";
    assert_eq!(rows(&engine, unknown).await, ["0"]);
    write_identity(
        r#"[{"idc_user_id": "alice", "idc_username": "alice"}]"#,
        data.path(),
    );
    engine.refresh().await.unwrap();
    assert_eq!(rows(&engine, unknown).await, ["1"]);
}
