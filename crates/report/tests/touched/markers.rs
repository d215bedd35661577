//! No cell in a message: markers in every place of a file, searched in errors, hints and issues.

use std::fmt::Write as _;

use kiro_report::{IssueKind, ReadError, ReadOptions, ReportKind};
use proptest::prelude::*;

use crate::kept::{Kept, read_with};

/// What every planted text contains. An address, because a name of a column is never one.
const MARKER: &str = "mark3r@example.com";

/// Everything that is shown about a file.
fn shown(result: &Result<Kept, ReadError>) -> String {
    let mut text = String::new();
    match result {
        Ok(kept) => {
            for issue in &kept.issues {
                writeln!(text, "{issue:?} {}", issue.kind.name()).unwrap();
            }
        }
        Err(error) => {
            writeln!(
                text,
                "{error} {error:?} {} {:?}",
                error.hint(),
                error.line()
            )
            .unwrap();
        }
    }
    text
}

fn planted() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "Date,UserId,Credits_Used,a_messages\n",
        "UserId,Date,Chat_AICodeLines\n",
        "Date;UserId\n",
        "sep=;\n",
        "sep=",
        "2026-07-10,u1,1.5,3\n",
        "7/8/2026,u2,x,y\n",
        "2062-07-10,u3\n",
        "Date,",
        "UserId,",
        "\n",
        "\"",
        "\"\"",
        ",",
        ";",
        "\t",
        "\u{feff}",
        "\r\n",
        " ",
        "_messages",
        MARKER,
        MARKER,
        MARKER,
        MARKER,
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn no_cell_is_ever_shown(content in planted(), kind in prop::sample::select(vec![None, Some(ReportKind::UserReport), Some(ReportKind::ByUserAnalytic)])) {
        let options = ReadOptions { kind, ..ReadOptions::default() };
        let shown = shown(&read_with(&content, &options, &[]));
        prop_assert!(!shown.to_lowercase().contains("mark3r"), "{content:?}: {shown}");
    }
}

#[test]
fn a_file_without_its_header_line_shows_counts_alone() {
    let names = |content: &str| read_with(content, &ReadOptions::default(), &[]).unwrap_err();
    for content in [
        "2026-07-10,ann@example.com,secret\n",
        "secret\n",
        "UserId,secret\n",
        "Date,secret,KIRO_IDE\n",
        "secret;secret;secret\n",
        "{\"secret\": 1}\n",
        "UserId,secret_messages,auto_messages\n",
    ] {
        let error = names(content);
        let text = format!("{error} {error:?} {}", error.hint());
        assert!(!text.contains("secret"), "{text}");
    }
    assert_eq!(
        names("UserId,secret,Client_Type\n").to_string(),
        "no date column; expected `Date`, found 3 columns, among them `UserId` and `Client_Type`"
    );
}

#[test]
fn huge_records_and_cut_quotes_show_lines_alone() {
    let header = "Date,UserId,Note\n";
    let secret = "secret,".repeat(3 << 20);
    for content in [
        format!("{header}2026-07-10,{secret}"),
        secret.clone(),
        format!("{header}2026-07-10,\"{secret}"),
        format!("{header}\"secret"),
    ] {
        let error = read_with(&content, &ReadOptions::default(), &[]).unwrap_err();
        let text = format!("{error} {error:?}");
        assert!(text.len() < 200 && !text.contains("secret"), "{text}");
    }
}

#[test]
fn a_quote_that_swallows_rows_makes_no_name() {
    // The header's last quote closes in the third line.
    let content = "Date,UserId,\"Note\n2026-07-10,u1,secret\n2026-07-10,u2,\"x\n2026-07-10,u3,y\n";
    let kept = read_with(content, &ReadOptions::default(), &[]).unwrap();
    assert_eq!(kept.issues()[0], "1 unknown_column column_3");
    assert_eq!(kept.count(IssueKind::UnknownColumn), 1);
    assert!(!shown(&Ok(kept)).contains("secret"));
}
