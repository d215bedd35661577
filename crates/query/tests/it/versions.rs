//! Which part of an export counts, and where the days of the data begin.

use crate::parts::{Version, fact, open, rows, try_rows, write_facts, write_version};

const CREDITS: &str =
    "SELECT user_id, total_messages FROM report_facts ORDER BY user_id, total_messages";

#[tokio::test(flavor = "multi_thread")]
async fn only_the_newest_content_of_an_export_counts_and_restored_content_is_current() {
    let data = tempfile::tempdir().unwrap();
    let version = |id, processed| Version {
        id,
        src_path: "a.csv",
        export_ts: "202607020000",
        modified_ts: Some("20260702000000000000"),
        processed_ts: processed,
    };
    let first = [fact("2026-07-01", "ada", 1), fact("2026-07-01", "bob", 2)];
    let second = [fact("2026-07-01", "ada", 3)];
    write_version(data.path(), &version(9, "20260801000000"), &first);
    let engine = open(data.path());
    assert_eq!(rows(&engine, CREDITS).await, ["ada|1", "bob|2"]);
    write_version(data.path(), &version(1, "20260802000000"), &second);
    engine.refresh().await.unwrap();
    assert_eq!(rows(&engine, CREDITS).await, ["ada|3"]);
    let newest = "SELECT newest_version FROM replaced_exports";
    let version_of_second = "20260802000000/20260702000000000000/0000000000000001";
    assert_eq!(rows(&engine, newest).await, [version_of_second]);
    let superseded = "SELECT COUNT(*) FROM superseded";
    assert_eq!(rows(&engine, superseded).await, ["2"]);
    write_version(data.path(), &version(9, "20260803000000"), &first);
    engine.refresh().await.unwrap();
    assert_eq!(rows(&engine, CREDITS).await, ["ada|1", "bob|2"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_newer_export_is_told_by_its_time_then_its_modification_then_its_key() {
    let cases = [
        (("202607020000", None, "b"), ("202607030000", None, "a")),
        (
            ("202607020000", Some("20260702000000000001"), "b"),
            ("202607020000", Some("20260702000000000002"), "a"),
        ),
        (
            ("202607020000", None, "b"),
            ("202607020000", Some("2026"), "a"),
        ),
        (
            ("202607020000", Some("2026"), "a"),
            ("202607020000", Some("2026"), "b"),
        ),
    ];
    for (index, (older, newer)) in cases.into_iter().enumerate() {
        let data = tempfile::tempdir().unwrap();
        let write = |id, (export_ts, modified_ts, src_path), processed_ts, messages| {
            let version = Version {
                id,
                src_path,
                export_ts,
                modified_ts,
                processed_ts,
            };
            write_version(
                data.path(),
                &version,
                &[fact("2026-07-01", "ada", messages)],
            );
        };
        // The older export has the greater part and was processed later.
        write(9, older, "20260809000000", 1);
        write(1, newer, "20260801000000", 2);
        assert_eq!(
            rows(&open(data.path()), CREDITS).await,
            ["ada|2"],
            "case {index}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn days_before_2020_are_days_like_others() {
    let data = tempfile::tempdir().unwrap();
    let facts = [
        fact("2019-12-25", "bob", 1),
        fact("2020-02-01", "ada", 1),
        fact("2020-02-04", "ada", 1),
        fact("2020-02-20", "ada", 1),
    ];
    write_facts(data.path(), "2020-02-21", 1, &facts);
    let engine = open(data.path());
    let days = "SELECT user_id, COUNT(*) FROM user_daily_dense GROUP BY user_id ORDER BY user_id";
    assert_eq!(rows(&engine, days).await, ["ada|20", "bob|1"]);
    let months =
        "SELECT user_id, month_start, elapsed_days FROM user_month ORDER BY user_id, month_start";
    assert_eq!(
        rows(&engine, months).await,
        [
            "ada|2020-02-01|20",
            "bob|2019-12-01|31",
            "bob|2020-01-01|31",
            "bob|2020-02-01|20"
        ]
    );
    let calendar = "SELECT MIN(calendar_date), MAX(calendar_date), COUNT(*) FROM calendar";
    assert_eq!(rows(&engine, calendar).await, ["2019-12-01|2020-02-20|82"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sum_that_is_no_bigint_is_an_error_that_names_the_view() {
    let data = tempfile::tempdir().unwrap();
    let facts = [
        fact("2026-07-01", "ada", i64::MAX),
        fact("2026-07-02", "ada", 5),
        fact("2026-07-02", "bob", 6),
    ];
    write_facts(data.path(), "2026-07-03", 1, &facts);
    let engine = open(data.path());
    for sql in [
        "SELECT SUM(total_messages) FROM report_facts",
        "SELECT user_id, SUM(total_messages) FROM report_facts GROUP BY user_id",
        "SELECT SUM(total_messages) OVER (ORDER BY activity_date) FROM report_facts",
        "SELECT total_messages FROM user_totals",
    ] {
        let error = try_rows(&engine, sql).await.unwrap_err();
        let mut text = error.to_string();
        let mut source = std::error::Error::source(&error);
        while let Some(cause) = source {
            text = format!("{text}: {cause}");
            source = cause.source();
        }
        assert!(
            text.contains("a sum is larger than 9223372036854775807"),
            "{sql}: {text}"
        );
        assert_eq!(
            text.contains("`user_totals`"),
            sql.contains("user_totals"),
            "{text}"
        );
    }
    let fits = "SELECT SUM(total_messages - 10) FROM report_facts WHERE user_id = 'ada'";
    assert_eq!(rows(&engine, fits).await, ["9223372036854775792"]);
}
