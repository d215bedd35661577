//! The functions that the engine adds, with the results of Trino, also for NULL.

use std::path::Path;

use crate::parts::{open, rows, try_rows};

async fn value(expression: &str) -> String {
    let engine = open(Path::new("no/such/folder"));
    rows(&engine, &format!("SELECT {expression}"))
        .await
        .join(" ")
}

#[tokio::test(flavor = "multi_thread")]
async fn date_diff_counts_whole_units_to_the_second_date() {
    assert_eq!(
        value("date_diff('day', DATE '2026-02-27', DATE '2026-03-01')").await,
        "2"
    );
    assert_eq!(
        value("date_diff('month', DATE '2026-03-31', DATE '2026-02-28')").await,
        "-1"
    );
    assert_eq!(
        value("date_diff('day', CAST(NULL AS date), DATE '2026-03-01')").await,
        "NULL"
    );
    assert_eq!(
        value("date_diff('day', DATE '2026-03-01', NULL)").await,
        "NULL"
    );
    let column =
        "date_diff('day', d, DATE '2026-03-03') FROM (VALUES (DATE '2026-03-01'), (NULL)) AS v (d)";
    assert_eq!(value(column).await, "2 NULL");
}

#[tokio::test(flavor = "multi_thread")]
async fn date_add_returns_a_date() {
    assert_eq!(
        value("date_add('day', 30, DATE '2026-02-01')").await,
        "2026-03-03"
    );
    assert_eq!(
        value("date_add('month', 1, DATE '2026-01-31')").await,
        "2026-02-28"
    );
    assert_eq!(
        value("date_add('day', NULL, DATE '2026-01-31')").await,
        "NULL"
    );
    let column = "date_add('day', n, DATE '2026-03-01') FROM (VALUES (1), (NULL)) AS v (n)";
    assert_eq!(value(column).await, "2026-03-02 NULL");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_week_begins_on_monday() {
    assert_eq!(value("day_of_week(DATE '2026-07-06')").await, "1");
    assert_eq!(value("day_of_week(DATE '1969-12-28')").await, "7");
    assert_eq!(value("day_of_week(CAST(NULL AS date))").await, "NULL");
    assert_eq!(
        value("day_of_week(d) FROM (VALUES (DATE '1970-01-01'), (NULL)) AS v (d)").await,
        "4 NULL"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_digest_is_in_capital_hexadecimal_digits() {
    let digest = "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD";
    assert_eq!(value("to_hex(sha256(to_utf8('abc')))").await, digest);
    assert_eq!(value("to_hex(to_utf8('é'))").await, "C3A9");
    assert_eq!(value("to_hex(to_utf8(''))").await, "");
    assert_eq!(
        value("to_hex(sha256(to_utf8(CAST(NULL AS varchar))))").await,
        "NULL"
    );
    assert_eq!(
        value("to_hex(sha256(to_utf8(t))) FROM (VALUES ('abc'), (NULL)) AS v (t)").await,
        format!("{digest} NULL")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sequence_has_both_ends() {
    let days =
        "d FROM UNNEST(sequence(DATE '2024-02-28', DATE '2024-03-01', INTERVAL '1' DAY)) AS c (d)";
    assert_eq!(value(days).await, "2024-02-28 2024-02-29 2024-03-01");
    let months = "d FROM UNNEST(sequence(DATE '2026-01-01', DATE '2026-03-31', INTERVAL '1' MONTH)) AS c (d)";
    assert_eq!(value(months).await, "2026-01-01 2026-02-01 2026-03-01");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sequence_without_a_step_goes_one_by_one_towards_its_last_value() {
    for (ends, expected) in [
        ("5, 1", "5 4 3 2 1"),
        ("1, 3", "1 2 3"),
        ("2, 2", "2"),
        (
            "DATE '2026-03-01', DATE '2026-02-27'",
            "2026-03-01 2026-02-28 2026-02-27",
        ),
        (
            "DATE '2026-02-28', DATE '2026-03-01'",
            "2026-02-28 2026-03-01",
        ),
    ] {
        let found = value(&format!("d FROM UNNEST(sequence({ends})) AS c (d)")).await;
        assert_eq!(found, expected, "{ends}");
    }
    let column = "cardinality(sequence(1, n)) FROM (VALUES (3), (NULL), (-2)) AS v (n)";
    assert_eq!(value(column).await, "3 NULL 4");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_may_read_the_clock() {
    assert_eq!(value("current_date > DATE '2020-01-01'").await, "true");
    assert_eq!(
        value("now() > TIMESTAMP '2020-01-01 00:00:00'").await,
        "true"
    );
    let recent =
        "COUNT(*) FROM report_facts WHERE activity_date >= current_date - INTERVAL '30' DAY";
    assert_eq!(value(recent).await, "0");
}

#[tokio::test(flavor = "multi_thread")]
async fn nulls_come_last_in_either_order() {
    for (order, expected) in [
        ("ASC", "1 3 NULL"),
        ("DESC", "3 1 NULL"),
        ("DESC NULLS FIRST", "NULL 3 1"),
    ] {
        let column = format!("x FROM (VALUES (1), (NULL), (3)) AS v (x) ORDER BY x {order}");
        assert_eq!(value(&column).await, expected, "{order}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_argument_is_a_user_error() {
    let engine = open(Path::new("no/such/folder"));
    for sql in [
        "SELECT date_diff('day', 1, 2)",
        "SELECT date_diff('fortnight', DATE '2026-01-01', DATE '2026-01-02')",
        "SELECT date_add('day', 1.5, DATE '2026-01-01')",
        "SELECT to_hex(12)",
        "SELECT to_utf8(12)",
        "SELECT day_of_week('2026-01-01')",
        "SELECT sequence(DATE '1900-01-01', DATE '2026-01-02', INTERVAL '1' DAY)",
        "SELECT sequence(1, 400000000000)",
        "SELECT sequence(1, 3, -1)",
        "SELECT sequence(4)",
        "SELECT sequence('a', 'b')",
    ] {
        let error = try_rows(&engine, sql).await.err();
        assert!(
            error
                .as_ref()
                .is_some_and(kiro_query::QueryError::is_user_error),
            "{sql}: {error:?}"
        );
    }
}
