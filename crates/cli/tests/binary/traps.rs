//! `tests/traps/exports` holds one export for every trap of the format. What each becomes was worked out by hand from
//! the text of the files (its README says how) and stands here; the binary must say the same.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use serde_json::{Value, json};

use crate::support::{kiro_analytics, query};

struct Normalized {
    data: tempfile::TempDir,
    summary: Value,
}

static NORMALIZED: LazyLock<Normalized> = LazyLock::new(|| {
    let data = tempfile::tempdir().unwrap();
    let output = kiro_analytics()
        .arg("normalize")
        .arg(traps())
        .arg(data.path())
        .args(["--output", "json"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "four exports cannot be read");
    let summary = serde_json::from_slice(&output.stdout).unwrap();
    Normalized { data, summary }
});

fn traps() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/traps/exports")
}

fn rows(sql: &str) -> Value {
    Value::Array(query(NORMALIZED.data.path(), sql))
}

#[test]
fn every_object_row_and_cell_is_accounted_for() {
    let summary = &NORMALIZED.summary;
    let counted = |name: &str| summary[name].as_u64().unwrap();
    assert_eq!(counted("files_seen"), 19);
    assert_eq!(counted("files_processed"), 15);
    assert_eq!(counted("files_skipped"), 0);
    assert_eq!(counted("files_failed"), 4);
    assert_eq!(
        counted("files_ignored"),
        3,
        "a marker, a prompt log, a compressed report"
    );
    assert_eq!(counted("fact_rows"), 16);
    assert_eq!(counted("model_rows"), 9);
    assert_eq!(counted("code_rows"), 2);
    assert_eq!(counted("rejected_rows"), 2);
    assert_eq!(
        summary["issues"],
        json!({
            "bad_date": 1, "bad_value": 3, "duplicate_column": 1, "empty_export": 1, "invalid_utf8": 1,
            "missing_user": 1, "model_sum": 1, "repeated_key": 1, "short_row": 1, "surplus_cells": 1, "unknown_column": 1,
        })
    );
}

#[test]
fn each_unreadable_export_says_why() {
    let summary = &NORMALIZED.summary;
    let reason = |name: &str| {
        summary["failures"]
            .as_array()
            .unwrap()
            .iter()
            .find(|failure| failure["export"].as_str().unwrap().contains(name))
            .map(|failure| failure["error"].as_str().unwrap().to_lowercase())
            .unwrap()
    };
    assert!(
        reason("202609110000").contains("doctype"),
        "HTML: says that it is a web page"
    );
    assert!(
        reason("202609120000").contains("line 3"),
        "the line on which the quote began"
    );
    assert!(reason("202609130000").contains("gzip"));
    assert!(reason("202609140000").contains("utf-16"));
}

#[test]
fn the_latest_export_wins_and_models_follow_the_winning_row() {
    assert_eq!(
        rows(
            "SELECT COUNT(*) AS n, COUNT(DISTINCT user_id) AS users, ROUND(SUM(credits_used), 9) AS credits FROM report_facts"
        ),
        json!([{ "n": 14, "users": 6, "credits": 143.772_469_136 }])
    );
    assert_eq!(
        rows("SELECT COUNT(*) AS n, SUM(messages) AS messages FROM report_models"),
        json!([{ "n": 7, "messages": 347 }])
    );
    assert_eq!(
        rows(
            "SELECT f.credits_used, SUM(m.messages) AS messages FROM report_facts f JOIN report_models m USING (part_id, line) \
             WHERE f.user_id = 'aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb' AND f.activity_date = DATE '2026-09-03' GROUP BY 1"
        ),
        json!([{ "credits_used": 13.5, "messages": 90 }])
    );
    assert_eq!(
        rows(
            "SELECT credits_used FROM report_facts WHERE activity_date = DATE '2026-02-14' AND user_id LIKE 'cccc%'"
        ),
        json!([{ "credits_used": 1.5 }]),
        "the same key twice in one file: the later line wins, quotes or not"
    );
}

#[test]
fn a_drifted_export_is_read_by_header_and_its_bad_cells_are_null() {
    assert_eq!(
        rows(
            "SELECT user_id, client_type, subscription_tier, chat_conversations, total_messages, credits_used, usage_limit, email, extra \
             FROM report_facts WHERE activity_date = DATE '2026-09-04' ORDER BY user_id"
        ),
        json!([
            {
                "user_id": "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb", "client_type": "KIRO_IDE", "subscription_tier": "PRO_MAX",
                "chat_conversations": 3, "total_messages": 12, "credits_used": 10.5, "usage_limit": 2000.0,
                "email": "alice@example.com", "extra": "{\"tool_calls\":\"42\"}",
            },
            {
                "user_id": "cccccccc-1111-4222-8333-dddddddddddd", "client_type": "KIRO_IDE", "subscription_tier": "PRO_PLUS",
                "chat_conversations": 1, "total_messages": null, "credits_used": null, "usage_limit": null,
                "email": "carol@example.com", "extra": null,
            },
        ])
    );
}

#[test]
fn an_export_is_dated_by_its_name_then_its_path_and_never_by_the_account() {
    assert_eq!(
        rows(
            "SELECT DISTINCT export_ts, source_account, source_region, subscription_tier FROM report_facts \
             WHERE activity_date IN (DATE '2026-09-06', DATE '2026-09-07', DATE '2026-09-16') ORDER BY export_ts"
        ),
        json!([
            { "export_ts": "202609060000", "source_account": "202512251234", "source_region": "us-east-1", "subscription_tier": "FREE" },
            { "export_ts": "202609070000", "source_account": "202512251234", "source_region": "us-east-1", "subscription_tier": null },
            { "export_ts": "202609160000", "source_account": "123456789012", "source_region": "", "subscription_tier": "PRO_ULTRA" },
        ])
    );
}

#[test]
fn parts_of_one_day_complement_each_other_and_short_rows_keep_what_is_there() {
    assert_eq!(
        rows(
            "SELECT user_id, credits_used, total_messages FROM report_facts WHERE activity_date = DATE '2026-09-05' ORDER BY user_id"
        ),
        json!([
            { "user_id": "11111111-1111-4222-8333-000000000001", "credits_used": 1.5, "total_messages": 1 },
            { "user_id": "11111111-1111-4222-8333-000000000002", "credits_used": 2.5, "total_messages": 2 },
            { "user_id": "11111111-1111-4222-8333-000000000003", "credits_used": 2.0, "total_messages": null },
        ])
    );
}

#[test]
fn an_undecodable_cell_is_null_and_its_row_stays() {
    assert_eq!(
        rows(
            "SELECT email, credits_used, total_messages FROM report_facts WHERE activity_date = DATE '2026-09-08'"
        ),
        json!([{ "email": null, "credits_used": 6.0, "total_messages": 8 }])
    );
}

#[test]
fn both_legacy_roots_are_read_with_and_without_the_newer_counters() {
    assert_eq!(
        rows(
            "SELECT activity_date, user_id, chat_aicodelines, chat_messagessent, inline_suggestionscount, testgeneration_eventcount \
             FROM report_code ORDER BY activity_date"
        ),
        json!([
            {
                "activity_date": "2025-06-01", "user_id": "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb", "chat_aicodelines": 5,
                "chat_messagessent": 8, "inline_suggestionscount": 9, "testgeneration_eventcount": null,
            },
            {
                "activity_date": "2025-11-24", "user_id": "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb", "chat_aicodelines": 37,
                "chat_messagessent": 14, "inline_suggestionscount": 83, "testgeneration_eventcount": 0,
            },
        ])
    );
}

#[test]
fn tier_labels_and_the_current_tier_are_readable() {
    assert_eq!(
        rows("SELECT user_label, subscription_tier FROM user_dim ORDER BY user_label"),
        json!([
            { "user_label": "11111111-1111-4222-8333-000000000001", "subscription_tier": "Power" },
            { "user_label": "11111111-1111-4222-8333-000000000002", "subscription_tier": "Power" },
            { "user_label": "11111111-1111-4222-8333-000000000003", "subscription_tier": "Unknown" },
            { "user_label": "alice@example.com", "subscription_tier": "Pro Ultra" },
            { "user_label": "bob@example.com", "subscription_tier": "Pro Max" },
            { "user_label": "carol@example.com", "subscription_tier": "Pro+" },
        ])
    );
}

#[test]
fn model_rows_of_a_run_that_was_killed_before_their_facts_do_not_count() {
    let data = tempfile::tempdir().unwrap();
    kiro_analytics()
        .arg("normalize")
        .arg(traps())
        .arg(data.path())
        .output()
        .unwrap();
    std::fs::remove_dir_all(data.path().join("facts")).unwrap();
    assert_eq!(
        query(
            data.path(),
            "SELECT (SELECT COUNT(*) FROM report_models_raw) AS written, (SELECT COUNT(*) FROM report_models) AS counted"
        ),
        [json!({ "written": 9, "counted": 0 })]
    );
}
