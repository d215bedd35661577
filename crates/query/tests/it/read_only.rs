//! Statements that are refused, and their errors.

use crate::parts::{fact, open, rows, try_rows, write_facts};
use kiro_query::QueryError;

#[tokio::test(flavor = "multi_thread")]
async fn anything_but_a_query_is_refused() {
    let data = tempfile::tempdir().unwrap();
    let engine = open(data.path());
    let target = data.path().join("x.csv");
    for sql in [
        "DROP VIEW user_dim".to_owned(),
        "INSERT INTO identity_map VALUES ('a', 'b', 'c', 'd', 'e')".to_owned(),
        "WITH a AS (SELECT 1) INSERT INTO identity_map SELECT 'a', 'b', 'c', 'd', 'e' FROM a"
            .to_owned(),
        "SELECT 1 AS x INTO copied".to_owned(),
        format!("COPY (SELECT 1) TO '{}'", target.display()),
        "SET datafusion.execution.batch_size = 1".to_owned(),
        "EXPLAIN ANALYZE DROP VIEW user_dim".to_owned(),
        "CREATE FUNCTION f(DOUBLE) RETURNS DOUBLE RETURN $1".to_owned(),
        "PREPARE p AS SELECT 1".to_owned(),
    ] {
        let error = try_rows(&engine, &sql).await.expect_err(&sql);
        assert!(error.is_user_error(), "{sql}: {error:?}");
        assert!(
            matches!(
                error,
                QueryError::NotAQuery { .. } | QueryError::Statement(_)
            ),
            "{sql}: {error:?}"
        );
    }
    assert!(!target.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn no_file_can_be_read_by_its_name() {
    let data = tempfile::tempdir().unwrap();
    let part = write_facts(
        data.path(),
        "2026-07-11",
        1,
        &[fact("2026-07-10", "alice", 1)],
    );
    let engine = open(data.path());
    let part = part.display();
    for sql in [
        format!("SELECT * FROM '{part}'"),
        format!("SELECT * FROM \"{part}\""),
        format!("SELECT * FROM read_parquet('{part}')"),
        format!("SELECT * FROM parquet_metadata('{part}')"),
        "SELECT * FROM information_schema.tables".to_owned(),
    ] {
        let error = try_rows(&engine, &sql).await.expect_err(&sql);
        assert!(error.is_user_error(), "{sql}: {error:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_misspelled_name_is_refused_with_the_nearest() {
    let data = tempfile::tempdir().unwrap();
    let engine = open(data.path());
    for (sql, message) in [
        (
            "SELECT * FROM user_dims",
            "there is no table or view `user_dims`; did you mean `user_dim`?",
        ),
        (
            "SELECT * FROM invoices",
            "there is no table or view `invoices`",
        ),
        (
            "SELECT 1 FROM elsewhere.user_dim",
            "there is no table or view `elsewhere.user_dim`; did you mean `user_dim`?",
        ),
        (
            "SELECT user_lable FROM user_dim",
            "there is no column `user_lable`; did you mean `user_label`?",
        ),
        (
            "SELECT u.teem FROM user_dim AS u",
            "there is no column `u.teem`; did you mean `team`?",
        ),
    ] {
        let error = try_rows(&engine, sql).await.expect_err(sql);
        assert_eq!(error.to_string(), message);
        assert!(error.is_user_error());
        assert!(error.hint().is_some());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn relations_are_found_wherever_a_query_names_them() {
    let data = tempfile::tempdir().unwrap();
    write_facts(
        data.path(),
        "2026-07-11",
        1,
        &[fact("2026-07-10", "alice", 3), fact("2026-07-10", "bob", 4)],
    );
    let engine = open(data.path());
    let sql = "WITH user_dim AS (SELECT user_id FROM kiro_analytics.report_facts) \
               SELECT user_id, (SELECT SUM(total_messages) FROM user_totals) AS messages FROM user_dim \
               WHERE EXISTS (SELECT 1 FROM base_user_activity AS b WHERE b.user_id = user_dim.user_id) ORDER BY user_id";
    assert_eq!(rows(&engine, sql).await, ["alice|7", "bob|7"]);
    let plan = rows(&engine, "EXPLAIN SELECT user_id FROM user_dim")
        .await
        .join("\n");
    assert!(plan.contains("user_dim"), "{plan}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_that_fails_while_it_runs_is_a_user_error() {
    let data = tempfile::tempdir().unwrap();
    write_facts(
        data.path(),
        "2026-07-11",
        1,
        &[fact("2026-07-10", "alice", 0)],
    );
    let engine = open(data.path());
    let error = try_rows(&engine, "SELECT 1 / total_messages FROM report_facts")
        .await
        .expect_err("division by zero");
    assert!(error.is_user_error(), "{error:?}");
    assert!(matches!(error, QueryError::Run(_)), "{error:?}");
}
