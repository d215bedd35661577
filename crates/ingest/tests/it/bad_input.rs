//! Everything people put in a folder of exports by mistake, and everything that can break on the way.

use std::fmt::Write as _;
use std::sync::Arc;

use kiro_ingest::{InMemoryStore, RunSummary};
use kiro_report::Dataset;

use crate::faulty_store::{Fault, FaultyStore};
use crate::kiro_exports::{FOLDER, IDE, TWO_USERS, normalize_one, options, run, run_between};
use crate::parts;

/// Normalizes one bad export beside a good one: the good one is kept, nothing of the bad one is visible but the note
/// that it failed, and the next run tries again and notes nothing twice. Returns the error.
fn failure(content: impl Into<Vec<u8>>) -> String {
    let (source, destination) = (InMemoryStore::new(), InMemoryStore::new());
    source.put(IDE, TWO_USERS);
    let bad = format!("{FOLDER}/bad.csv");
    source.put(bad.as_str(), content.into());
    let first = run(&source, &destination);
    assert_eq!(
        (first.files_seen, first.files_processed, first.files_failed),
        (2, 1, 1)
    );
    assert_eq!(
        (first.fact_rows, first.rejected_rows, first.issues.len()),
        (2, 0, 0)
    );
    assert_eq!(parts::rows(&destination, Dataset::Facts), 2);
    assert_eq!(parts::rows(&destination, Dataset::Models), 3);
    assert_eq!(
        parts::texts(&destination, Dataset::Issues, "kind"),
        [Some("unreadable_export".to_owned())]
    );
    assert_eq!(
        parts::texts(&destination, Dataset::Issues, "src_path"),
        [Some(bad.clone())]
    );
    let keys = destination.keys();
    let second = run(&source, &destination);
    assert_eq!((second.files_skipped, second.files_failed), (1, 1));
    assert_eq!(destination.keys(), keys);
    assert_eq!(second.failures, first.failures);
    assert_eq!(first.failures[0].export, bad);
    first.failures[0].error.clone()
}

#[test]
fn what_is_not_csv_text_says_what_it_is() {
    let utf16: Vec<u8> = TWO_USERS
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let utf16_be: Vec<u8> = TWO_USERS
        .encode_utf16()
        .flat_map(u16::to_be_bytes)
        .collect();
    let with_mark = [&[0xff, 0xfe], &utf16[..]].concat();
    for utf16 in [&utf16, &utf16_be, &with_mark] {
        assert_eq!(
            failure(utf16.clone()),
            "this is text in UTF-16, expected CSV text in UTF-8"
        );
    }
    assert_eq!(
        failure(b"\x1f\x8b\x08\0\0\0\0\0"),
        "this is a gzip file, expected CSV text in UTF-8"
    );
    assert_eq!(
        failure(b"PK\x03\x04...."),
        "this is a zip file (or a spreadsheet), expected CSV text in UTF-8"
    );
    for page in [
        "<!DOCTYPE html>\n<html><body>403</body></html>\n",
        "<HTML>",
        "<?xml version",
    ] {
        assert_eq!(
            failure(page),
            "this is a web page (`<!doctype html>` or the like), expected CSV text in UTF-8"
        );
    }
    assert_eq!(
        failure(b"PAR1...."),
        "this is a parquet file, expected CSV text in UTF-8"
    );
}

#[test]
fn a_file_without_a_user_or_a_date_column_says_what_was_found_and_no_cell() {
    assert_eq!(
        failure("UserId,Region,a,b,c,d,e,f\n"),
        "no date column; expected `Date`, found 8 columns, among them `UserId` and `source_region`"
    );
    assert_eq!(
        failure("Subscription Tier,DATE,clienttype,x\n"),
        "no user column; expected `UserId`, found 4 columns, among them `Date`, `Client_Type` and `Subscription_Tier`"
    );
    // A file without its header line.
    let rows = TWO_USERS.lines().skip(1).collect::<Vec<_>>().join("\n");
    assert_eq!(
        failure(rows),
        "no user column; expected `UserId`, found 8 columns, none with a name of the reports"
    );
    assert_eq!(
        failure("one\n"),
        "no user column; expected `UserId`, found 1 column, none with a name of the reports"
    );
}

#[test]
fn another_separator_is_named() {
    let semicolons = TWO_USERS.replace(',', ";");
    let expected = "line 1: columns are separated by semicolons, expected commas";
    assert_eq!(failure(semicolons.clone()), expected);
    assert_eq!(failure(format!("sep=;\n{semicolons}")), expected);
    assert_eq!(
        failure(format!("\u{feff}\"SEP=;\"\r\n{semicolons}")),
        expected
    );
    let quoted = "\"Date\";\"UserId\";\"Credits_Used\"\n\"2026-07-10\";\"u1\";\"1,5\"\n";
    assert_eq!(failure(quoted), expected);
    assert_eq!(
        failure(format!("{TWO_USERS}{semicolons}")),
        "line 4: columns are separated by semicolons, expected commas"
    );
    assert_eq!(
        failure(TWO_USERS.replace(',', "\t")),
        "line 1: columns are separated by tabs, expected commas"
    );
    assert_eq!(
        failure(format!("\n\nsep=\t\n{TWO_USERS}")),
        "line 3: columns are separated by tabs, expected commas"
    );
    assert_eq!(
        failure(TWO_USERS.replace(',', "|")),
        "line 1: columns are separated by vertical bars, expected commas"
    );
    assert_eq!(
        failure(format!("sep=x\n{TWO_USERS}")),
        "line 1: columns are separated by another character, expected commas"
    );
}

#[test]
fn a_header_of_the_other_report_is_refused() {
    let legacy = "UserId,Date,Chat_AICodeLines\nu1,07-10-2026,1\n";
    let error = |line| {
        format!(
            "line {line}: a header of the report `by_user_analytic` in an export of the report `user_report`"
        )
    };
    assert_eq!(failure(format!("{TWO_USERS}{legacy}")), error(4));
    assert_eq!(failure(legacy), error(1));
}

#[test]
fn a_quote_that_never_closes_names_the_line_it_began_on() {
    let cut_off = format!(
        "{TWO_USERS}2026-07-10,\"aaaa\n{}",
        "2026-07-10,u,KIRO_IDE,1,PRO,1,1,1\n".repeat(100)
    );
    assert_eq!(failure(cut_off), "line 4: a quoted field is never closed");
}

#[test]
fn a_line_of_200_megabytes_fails_and_is_not_kept_in_memory() {
    let mut content = format!("{TWO_USERS}2026-07-10,").into_bytes();
    content.resize(200 << 20, b'x');
    assert_eq!(failure(content), "line 4: a record is longer than 16 MiB");
}

#[test]
fn an_export_cut_off_in_the_middle_of_a_multi_row_group_part_leaves_nothing() {
    let mut content = TWO_USERS.to_owned();
    for row in 0..60_000 {
        writeln!(content, "2026-07-10,user-{row:032},KIRO_IDE,1,PRO,1,1,1").unwrap();
    }
    content.push_str("2026-07-10,\"");
    assert_eq!(
        failure(content),
        "line 60004: a quoted field is never closed"
    );
}

fn counts(summary: &RunSummary) -> (u64, u64, u64) {
    (
        summary.files_processed,
        summary.fact_rows,
        summary.rejected_rows,
    )
}

#[test]
fn byte_order_marks_line_ends_blank_lines_and_nul_bytes_are_no_reason_to_fail() {
    let (plain, _) = normalize_one(IDE, TWO_USERS);
    let expected = parts::sorted_rows(&plain, Dataset::Facts, &["part_id"]);
    let variants = [
        format!("\u{feff}{TWO_USERS}"),
        TWO_USERS.replace('\n', "\r\n"),
        format!("\u{feff}{}", TWO_USERS.replace('\n', "\r\n")),
        TWO_USERS.replace('\n', "\r"),
        TWO_USERS.trim_end().to_owned(),
        TWO_USERS
            .replace("Date,", " DATE ,")
            .replace("UserId", "\u{feff}userid\t"),
    ];
    for variant in variants {
        let (store, summary) = normalize_one(IDE, variant.clone());
        assert_eq!(counts(&summary), (1, 2, 0), "{variant:?}");
        assert_eq!(
            parts::sorted_rows(&store, Dataset::Facts, &["part_id"]),
            expected,
            "{variant:?}"
        );
    }
    let (_, summary) = normalize_one(IDE, TWO_USERS.replace("\n2026", "\n\n   \n2026"));
    assert_eq!(counts(&summary), (1, 2, 0));
    let (store, summary) =
        normalize_one(IDE, TWO_USERS.replace("aaaaaaaa-1111", "a\0b") + "\0\0\0\n");
    assert_eq!(counts(&summary), (1, 2, 1));
    assert!(
        parts::texts(&store, Dataset::Facts, "user_id")[0]
            .as_ref()
            .unwrap()
            .starts_with("a\0b")
    );
}

#[test]
fn bytes_that_are_not_utf_8_spoil_their_cell_only() {
    let mut content = b"Date,UserId,User_Email,Client_Type,Credits_Used,Team\n".to_vec();
    content.extend_from_slice(b"2026-07-10,u1,al\xffce@example.com,KIRO_IDE,1\xff,\xff\n");
    content.extend_from_slice(b"2026-07-10,u\xff,x,KIRO_IDE,1,a\n2026-07-10,u3,x,KIRO_IDE,1,a\n");
    let (store, summary) = normalize_one(IDE, content);
    assert_eq!(counts(&summary), (1, 2, 1));
    assert_eq!(summary.issues["invalid_utf8"], 4);
    assert_eq!(
        parts::texts(&store, Dataset::Facts, "email"),
        [None, Some("x".to_owned())]
    );
    assert_eq!(
        parts::texts(&store, Dataset::Facts, "extra"),
        [None, Some("{\"team\":\"a\"}".to_owned())]
    );
}

#[test]
fn ten_thousand_columns_are_read() {
    let (mut header, mut row) = ("Date,UserId".to_owned(), "2026-07-10,u1".to_owned());
    for column in 0..5_000 {
        write!(header, ",m{column}_messages,unknown{column}").unwrap();
        write!(row, ",{column},v{column}").unwrap();
    }
    let (store, summary) = normalize_one(IDE, format!("{header}\n{row}\n"));
    assert_eq!((summary.fact_rows, summary.model_rows), (1, 4_999));
    assert_eq!(summary.issues["unknown_column"], 5_000);
    let extra = parts::texts(&store, Dataset::Facts, "extra")[0]
        .clone()
        .unwrap();
    assert!(extra.starts_with("{\"unknown0\":\"v0\",\"unknown1\":\"v1\""));
    let too_many = format!("Date,UserId{}\n", ",x".repeat(70_000));
    assert_eq!(
        failure(too_many),
        "line 1: the header has more than 65536 columns"
    );
}

#[test]
fn an_unreadable_file_fails_alone() {
    let (source, destination) = (InMemoryStore::new(), InMemoryStore::new());
    source.put(IDE, TWO_USERS);
    source.put(format!("{FOLDER}/secret.csv").as_str(), TWO_USERS);
    let broken = FaultyStore::new(&source, Fault::Unreadable("secret"));
    let summary = run_between(broken.clone(), Arc::new(destination.clone()), &options());
    assert_eq!((summary.files_processed, summary.files_failed), (1, 1));
    assert_eq!(
        summary.failures[0].error,
        format!("could not read `{FOLDER}/secret.csv`: permission denied")
    );
    assert_eq!(
        parts::texts(&destination, Dataset::Issues, "kind"),
        [Some("unreadable_export".to_owned())]
    );
    let keys = destination.keys();
    assert_eq!(
        run_between(broken, Arc::new(destination.clone()), &options()).files_failed,
        1
    );
    assert_eq!(destination.keys(), keys);
}

#[test]
fn a_file_that_changes_while_it_is_read_fails_and_is_not_held_against_it() {
    let (source, destination) = (InMemoryStore::new(), InMemoryStore::new());
    source.put(IDE, TWO_USERS);
    let broken = FaultyStore::new(&source, Fault::BreaksOff("KIRO_IDE"));
    let summary = run_between(broken, Arc::new(destination.clone()), &options());
    assert_eq!(
        summary.failures[0].error,
        format!("could not read `{IDE}`: it changed while it was being read")
    );
    assert_eq!(destination.keys(), Vec::<String>::new());
}

#[test]
fn a_destination_that_cannot_be_written_keeps_nothing_half_done() {
    let (source, destination) = (InMemoryStore::new(), InMemoryStore::new());
    source.put(IDE, TWO_USERS);
    for (fault, cause) in [
        (Fault::ReadOnly, "the destination is read-only"),
        (Fault::Full(100), "no space is left"),
        (Fault::Full(4000), "no space is left"),
    ] {
        let broken = FaultyStore::new(&destination, fault);
        let summary = run_between(Arc::new(source.clone()), broken, &options());
        assert_eq!((summary.files_processed, summary.files_failed), (0, 1));
        assert!(
            summary.failures[0].error.starts_with("could not write `"),
            "{:?}",
            summary.failures
        );
        assert!(
            summary.failures[0].error.ends_with(cause),
            "{:?}",
            summary.failures
        );
        assert_eq!(parts::rows(&destination, Dataset::Facts), 0);
    }
    assert_eq!(run(&source, &destination).files_processed, 1);
    assert_eq!(parts::rows(&destination, Dataset::Facts), 2);
    assert_eq!(parts::rows(&destination, Dataset::Models), 3);
}

#[test]
fn an_export_without_a_usable_row_fails_and_says_how_many_rows_of_which_kind() {
    let rows = "2026-13-10,u1,KIRO_IDE,1,PRO,1,1,1\n2026-07-10,,KIRO_IDE,x,PRO,1,1,1\n";
    let header = TWO_USERS.lines().next().unwrap();
    let (source, destination) = (InMemoryStore::new(), InMemoryStore::new());
    source.put(IDE, TWO_USERS);
    let bad = format!("{FOLDER}/bad.csv");
    source.put(
        bad.as_str(),
        format!("{header}\n{rows},,,,,,,\nno,u2,KIRO_IDE,1,PRO,1,1,1\n"),
    );
    let first = run(&source, &destination);
    assert_eq!((first.files_processed, first.files_failed), (1, 1));
    assert_eq!((first.rejected_rows, first.issues.len()), (0, 0));
    assert_eq!(first.failures[0].export, bad);
    assert_eq!(
        first.failures[0].error,
        "none of 3 rows is usable: 2 missing_user, 2 bad_date"
    );
    assert!(first.failures[0].hint.is_some());
    let issues = parts::sorted_rows(
        &destination,
        Dataset::Issues,
        &[
            "part_id",
            "src_path",
            "export_ts",
            "processed_ts",
            "modified_ts",
        ],
    );
    assert_eq!(
        issues,
        [
            "kind=bad_date|column_name=date|row_rejected=true|line=2",
            "kind=bad_date|column_name=date|row_rejected=true|line=5",
            "kind=missing_user|column_name=userid|row_rejected=true|line=3",
            "kind=missing_user|column_name=userid|row_rejected=true|line=4",
            "kind=unreadable_export|column_name=NULL|row_rejected=false|line=NULL",
        ]
    );
    assert_eq!(parts::rows(&destination, Dataset::Facts), 2);
    assert_eq!(parts::rows(&destination, Dataset::Models), 3);
    // It is tried again, and its issues are written once.
    let keys = destination.keys();
    let second = run(&source, &destination);
    assert_eq!((second.files_skipped, second.files_failed), (1, 1));
    assert_eq!(second.failures, first.failures);
    assert_eq!(destination.keys(), keys);
    source.put(bad.as_str(), TWO_USERS);
    assert_eq!(run(&source, &destination).files_failed, 0);
    assert_eq!(parts::rows(&destination, Dataset::Facts), 4);
}

#[test]
fn a_legacy_export_without_a_usable_row_fails_as_well() {
    let key = crate::kiro_exports::LEGACY;
    let (store, summary) = normalize_one(key, "UserId,Date,Inline_AICodeLines\nu1,no,5\n");
    assert_eq!((summary.files_failed, summary.code_rows), (1, 0));
    assert_eq!(
        summary.failures[0].error,
        "none of 1 rows is usable: 1 bad_date"
    );
    assert_eq!(parts::rows(&store, Dataset::Code), 0);
    assert_eq!(parts::rows(&store, Dataset::Issues), 2);
}

#[test]
fn one_usable_row_among_many_is_enough() {
    let rows = "2026-13-10,u1,KIRO_IDE,1,PRO,1,1,1\n".repeat(1000);
    let (_, summary) = normalize_one(IDE, format!("{TWO_USERS}{rows}"));
    assert_eq!(counts(&summary), (1, 2, 1000));
}

#[test]
fn a_large_export_without_a_usable_row_keeps_its_issues_by_line() {
    let header = TWO_USERS.lines().next().unwrap();
    let row = "2026-13-10,u1,KIRO_IDE,1,PRO,1,1,1\n";
    let content = format!("{header}\n{}", row.repeat(100_000));
    assert!(content.len() > 2 << 20);
    let (store, summary) = normalize_one(IDE, content);
    assert_eq!(
        summary.failures[0].error,
        "none of 100000 rows is usable: 100000 bad_date"
    );
    assert_eq!(parts::rows(&store, Dataset::Issues), 100_001);
}

#[test]
fn content_that_replaces_another_one_and_has_no_usable_row_leaves_the_other_one() {
    let (source, destination) = (InMemoryStore::new(), InMemoryStore::new());
    source.put(IDE, TWO_USERS);
    run(&source, &destination);
    source.put(IDE, TWO_USERS.replace("2026-07-10", "10. July"));
    assert_eq!(run(&source, &destination).files_failed, 1);
    assert_eq!(parts::rows(&destination, Dataset::Facts), 2);
}
