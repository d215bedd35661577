//! From bytes to typed rows: a case for every rule, and the bytes cut anywhere.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;
use std::sync::Arc;

use kiro_report::{
    CodeRow, FactRow, Issue, NameRules, Names, ReadError, ReadOptions, ReportKind, ReportReader,
    RowSink,
};
use proptest::prelude::*;

/// Keeps everything as text.
#[derive(Debug, Default, Clone, PartialEq)]
struct Kept {
    models: Vec<String>,
    rows: Vec<String>,
    issues: Vec<String>,
}

impl RowSink for Kept {
    fn models(&mut self, names: Vec<String>) {
        self.models.extend(names);
    }

    fn fact(&mut self, row: &FactRow<'_>) {
        self.rows.push(format!("{row:?}"));
    }

    fn code(&mut self, row: &CodeRow<'_>) {
        self.rows.push(format!("{row:?}"));
    }

    fn issue(&mut self, issue: Issue) {
        let (column, line) = (
            issue.column.as_deref().unwrap_or("-"),
            issue.line.unwrap_or(0),
        );
        self.issues
            .push(format!("{line} {} {column}", issue.kind.name()));
    }
}

fn read_cut(kind: Option<ReportKind>, content: &[u8], cuts: &[usize]) -> Result<Kept, ReadError> {
    let mut reader = ReportReader::new(ReadOptions {
        kind,
        ..ReadOptions::default()
    });
    let mut kept = Kept::default();
    let mut rest = content;
    for cut in cuts {
        let (piece, tail) = rest.split_at((*cut).min(rest.len()));
        rest = tail;
        reader.read(piece, &mut kept)?;
    }
    reader.read(rest, &mut kept)?;
    reader.finish(&mut kept)?;
    Ok(kept)
}

fn read(content: impl AsRef<[u8]>) -> Kept {
    read_cut(Some(ReportKind::UserReport), content.as_ref(), &[]).unwrap()
}

/// The only row of an export with these columns and cells beside date and user.
fn row(columns: &str, cells: &str) -> String {
    let kept = read(format!("Date,UserId,{columns}\n2026-07-10,u1,{cells}\n"));
    assert_eq!(kept.rows.len(), 1, "{kept:?}");
    kept.rows[0].clone()
}

#[test]
fn cells_of_the_current_report_are_read_by_the_type_of_their_column() {
    let columns = "Client_Type,Chat_Conversations,Credits_Used,Overage_Cap,Overage_Credits_Used,Overage_Enabled,\
                   ProfileId,Subscription_Tier,Total_Messages,New_User,User_Email,Usage_Limit,auto_messages";
    let row = row(
        columns,
        " kiro_ide ,4.0,1.5,1e3,0,TRUE,arn:x,Pro+,86,false, Alice@example.com ,1000.0,3",
    );
    for field in [
        "line: 2",
        "activity_date: 2026-07-10",
        "user_id: UserId(\"u1\")",
        "client_type: \"KIRO_IDE\"",
        "subscription_tier: Some(\"PRO_PLUS\")",
        "chat_conversations: Some(4)",
        "total_messages: Some(86)",
        "credits_used: Some(1.5)",
        "overage_cap: Some(1000.0)",
        "overage_credits_used: Some(0.0)",
        "overage_enabled: Some(true)",
        "usage_limit: Some(1000.0)",
        "new_user: Some(false)",
        "profile_id: Some(\"arn:x\")",
        "email: Some(\"Alice@example.com\")",
        "extra: None",
        "models: [ModelMessages { model: 0, messages: 3 }]",
    ] {
        assert!(row.contains(&format!(" {field}")), "{field}: {row}");
    }
}

#[test]
fn blank_and_missing_are_null_and_a_client_is_empty() {
    let columns =
        "Client_Type,Credits_Used,Overage_Enabled,Subscription_Tier,Total_Messages,User_Email";
    for row in [row(columns, " , ,\t,,,  "), row("x", "")] {
        for field in [
            "credits_used",
            "overage_enabled",
            "subscription_tier",
            "total_messages",
            "email",
            "extra",
        ] {
            assert!(row.contains(&format!("{field}: None")), "{field}: {row}");
        }
        assert!(row.contains("client_type: \"\""), "{row}");
        assert!(row.contains("models: []"), "{row}");
    }
}

#[test]
fn every_spelling_of_a_header_binds() {
    let cases = [
        ("Email", "email: Some(\"1\")"),
        ("USER_EMAIL", "email: Some(\"1\")"),
        ("User Email", "email: Some(\"1\")"),
        ("usage_limit", "usage_limit: Some(1.0)"),
        ("Usage Limit", "usage_limit: Some(1.0)"),
        ("usage-limit", "usage_limit: Some(1.0)"),
        ("  Credits_Used  ", "credits_used: Some(1.0)"),
        ("\"Credits_Used\"", "credits_used: Some(1.0)"),
        (
            "TOTAL_MESSAGES",
            "total_messages: Some(1), credits_used: None",
        ),
        ("profileid", "profile_id: Some(\"1\")"),
        ("Profile Id", "profile_id: Some(\"1\")"),
        ("profile-id", "profile_id: Some(\"1\")"),
        ("PROFILE_ID", "profile_id: Some(\"1\")"),
        ("creditsused", "credits_used: Some(1.0)"),
        ("Credits Used", "credits_used: Some(1.0)"),
        ("UserEmail", "email: Some(\"1\")"),
        (
            "TotalMessages",
            "total_messages: Some(1), credits_used: None",
        ),
        (
            "Claude_Opus_5_Messages",
            "models: [ModelMessages { model: 0, messages: 1 }]",
        ),
        (
            "Tool_Calls",
            "extra: Some(\"{\\\"tool_calls\\\":\\\"1\\\"}\")",
        ),
        (
            "_messages",
            "extra: Some(\"{\\\"_messages\\\":\\\"1\\\"}\")",
        ),
        ("", "extra: Some(\"{\\\"column_3\\\":\\\"1\\\"}\")"),
    ];
    for (header, expected) in cases {
        let row = row(header, "1");
        assert!(row.contains(expected), "{header:?}: {row}");
    }
    assert!(row("Total_Messages", "5").contains("models: []"));
    let models = read("Date,UserId,Claude_Opus_4.8_messages,auto_messages,total_messages\n").models;
    assert_eq!(models, ["claude_opus_4.8", "auto"]);
}

#[test]
fn the_first_of_two_columns_counts_unless_it_is_blank() {
    let kept = read(
        "Date,UserId,Email,User_Email,a_messages,A_messages,x,X\n2026-07-10,u1,,b,1,2,,y\n2026-07-10,u2,a,b,,2,z,\n",
    );
    assert_eq!(
        kept.issues,
        [
            "1 duplicate_column user_email",
            "1 duplicate_column a_messages",
            "1 unknown_column x",
            "1 duplicate_column x"
        ]
    );
    assert!(
        kept.rows[0].contains("email: Some(\"b\"), extra: Some(\"{\\\"x\\\":\\\"y\\\"}\")"),
        "{}",
        kept.rows[0]
    );
    assert!(kept.rows[0].contains("messages: 1 }]"), "{}", kept.rows[0]);
    assert!(
        kept.rows[1].contains("email: Some(\"a\"), extra: Some(\"{\\\"x\\\":\\\"z\\\"}\")"),
        "{}",
        kept.rows[1]
    );
    assert!(kept.rows[1].contains("messages: 2 }]"), "{}", kept.rows[1]);
}

#[test]
fn what_cannot_be_read_is_null_with_an_issue_and_the_row_stays() {
    let cases = [
        ("Credits_Used", "-1", "credits_used: None"),
        ("Credits_Used", "nan", "credits_used: None"),
        ("Credits_Used", "1e400", "credits_used: None"),
        ("Total_Messages", "12.7", "total_messages: None"),
        ("Total_Messages", "\"1,234\"", "total_messages: None"),
        ("Chat_Conversations", "1_000", "chat_conversations: None"),
        ("Overage_Enabled", "yes", "overage_enabled: None"),
        ("New_User", "1", "new_user: None"),
        ("auto_messages", "-5", "models: []"),
    ];
    for (header, cell, expected) in cases {
        let kept = read(format!("Date,UserId,{header}\n2026-07-10,u1,{cell}\n"));
        assert_eq!(
            kept.issues,
            [format!("2 bad_value {}", header.to_lowercase())]
        );
        assert!(
            kept.rows[0].contains(expected),
            "{header} {cell}: {}",
            kept.rows[0]
        );
    }
}

#[test]
fn a_row_without_user_or_date_is_rejected_for_one_reason() {
    let cases = [
        ("2026-07-10,,1", "2 missing_user userid"),
        (",,", "2 missing_user userid"),
        ("2026-07-10,\"\"\"\"\"\",x", "2 missing_user userid"),
        ("2026-07-10,d-0123456789.,x", "2 missing_user userid"),
        ("2026-07-10,NULL,1", "2 missing_user userid"),
        (",u1,x", "2 bad_date date"),
        ("7/10/2026,u1,x", "2 ambiguous_date date"),
        ("2023-11-27,u1,x", "2 implausible_date date"),
        ("2026-02-30,u1,x", "2 bad_date date"),
        ("10.07.2026,u1", "2 bad_date date"),
        ("garbage", "2 missing_user userid"),
    ];
    for (line, expected) in cases {
        let kept = read(format!("Date,UserId,Credits_Used\n{line}\n"));
        assert_eq!(
            (kept.issues, kept.rows.len()),
            (vec![expected.to_owned()], 0),
            "{line}"
        );
    }
}

#[test]
fn short_and_long_rows_keep_what_is_there() {
    let kept =
        read("Date,UserId,Credits_Used,a_messages\n2026-07-10,u1,1.5\n2026-07-10,u2,1.5,2,3,4\n");
    assert_eq!(kept.issues, ["2 short_row -", "3 surplus_cells -"]);
    assert!(
        kept.rows
            .iter()
            .all(|row| row.contains("credits_used: Some(1.5)"))
    );
    assert!(kept.rows[1].contains("messages: 2 }"));
}

#[test]
fn lines_are_counted_as_an_editor_shows_them() {
    let kept = read(
        "\r\nDate,UserId,x\r\n\r\n2026-07-10,u1,\"a\r\nb\"\r\n  \r\n2026-07-10,u2,c\r\n2026-07-10,,\r\n",
    );
    assert!(kept.rows[0].contains("line: 4,"), "{kept:?}");
    assert!(kept.rows[1].contains("line: 7,"), "{kept:?}");
    assert_eq!(kept.issues, ["2 unknown_column x", "8 missing_user userid"]);
}

#[test]
fn a_loose_header_tells_its_report() {
    let cases = [
        ("UserId,Date,Chat_AICodeLines", ReportKind::ByUserAnalytic),
        (
            "date,inline_acceptancecount,userid",
            ReportKind::ByUserAnalytic,
        ),
        ("Date,UserId,Client_Type", ReportKind::UserReport),
        (
            "Date,UserId,Client_Type,Chat_AICodeLines",
            ReportKind::UserReport,
        ),
        ("Date,UserId", ReportKind::UserReport),
    ];
    for (header, expected) in cases {
        let mut reader = ReportReader::new(ReadOptions::default());
        reader
            .read(format!("{header}\n").as_bytes(), &mut Kept::default())
            .unwrap();
        assert_eq!(reader.kind(), Some(expected), "{header}");
    }
}

#[test]
fn a_legacy_row_has_its_counters_and_nothing_of_the_other_report() {
    let content = "UserId,Date,Inline_AICodeLines,Chat_AICodeLines,Client_Type,x_messages\nu1,11-24-2025,5.0,,KIRO_IDE,3\n";
    let kept = read_cut(Some(ReportKind::ByUserAnalytic), content.as_bytes(), &[]).unwrap();
    assert_eq!(
        kept.issues,
        [
            "1 unknown_column client_type",
            "1 unknown_column x_messages"
        ]
    );
    assert!(kept.rows[0].starts_with(
        "CodeRow { line: 2, activity_date: 2025-11-24, user_id: UserId(\"u1\"), counters: [None,"
    ));
    assert_eq!(kept.rows[0].matches("Some(5)").count(), 1);
    assert!(kept.rows[0].contains(
        "extra: Some(\"{\\\"client_type\\\":\\\"KIRO_IDE\\\",\\\"x_messages\\\":\\\"3\\\"}\")"
    ));
    assert_eq!(kept.models, Vec::<String>::new());
}

#[test]
fn nothing_at_all_is_an_empty_export() {
    for content in ["", "\n", "\r\n\r\n", "\u{feff}", "\u{feff}\n"] {
        let kept = read(content);
        assert_eq!(
            (kept.issues, kept.rows.len()),
            (vec!["0 empty_export -".to_owned()], 0),
            "{content:?}"
        );
    }
    assert_eq!(read("Date,UserId\n").issues, Vec::<String>::new());
}

fn odd_export() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop::sample::select(vec![
        &b"Date,UserId,Credits_Used,a_messages,Team\n"[..],
        b"2026-07-10,u1,1.5,3,\n",
        b"\xef\xbb\xbf",
        b"\xff",
        b"\r\n",
        b"\"",
        b",",
        b"\0",
        b"\"a,\"\"\nb\"",
        b"12.0",
        b"7/1/2026,",
        b" ",
    ]);
    prop::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2048))]

    #[test]
    fn cutting_the_bytes_elsewhere_changes_nothing(content in odd_export(), cuts in prop::collection::vec(0_usize..9, 0..40)) {
        prop_assert_eq!(read_cut(None, &content, &cuts), read_cut(None, &content, &[]));
    }
}

/// The rows of an export, with these rules about names.
fn read_named(rules: &NameRules, content: &str) -> Kept {
    let mut reader = ReportReader::new(ReadOptions {
        names: Arc::new(Names::new(rules).unwrap()),
        ..ReadOptions::of_kind(ReportKind::UserReport)
    });
    let mut kept = Kept::default();
    reader.read(content.as_bytes(), &mut kept).unwrap();
    reader.finish(&mut kept).unwrap();
    kept
}

fn pairs(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    let pairs = pairs.iter();
    pairs
        .map(|(alias, name)| ((*alias).to_owned(), (*name).to_owned()))
        .collect()
}

#[test]
fn aliases_read_an_export_as_if_it_had_the_known_names() {
    let known = read(concat!(
        "Date,UserId,Client_Type,Subscription_Tier,Total_Messages,User_Email,glm_5_messages\n",
        "2026-07-10,u1,KIRO_WEB,Pro+,9,a@example.com,9\n",
    ));
    let other = concat!(
        "Day,UserId,Client_Type,Subscription_Tier,Total_Messages,E-Mail Address,GLM-5_messages\n",
        "2026-07-10,u1,Kiro Browser,Pro Plus (annual),9,a@example.com,9\n",
    );
    let rules = NameRules {
        header_aliases: pairs(&[("e_mail_address", "User_Email"), ("Day", "Date")]),
        client_aliases: pairs(&[("Kiro Browser", "KIRO_WEB")]),
        tier_aliases: pairs(&[("PRO PLUS ANNUAL", "PRO_PLUS")]),
        model_aliases: pairs(&[("glm-5", "glm_5")]),
        ..NameRules::default()
    };
    assert_eq!(read_named(&rules, other), known);
}

#[test]
fn columns_of_one_model_add_up() {
    let rules = NameRules {
        model_aliases: pairs(&[("glm_5_fast", "glm_5")]),
        ..NameRules::default()
    };
    let kept = read_named(
        &rules,
        concat!(
            "Date,UserId,auto_messages,glm_5_fast_messages,glm_5_messages\n",
            "2026-07-10,u1,1,2,3\n2026-07-10,u2,,,4\n2026-07-10,u3,5,,\n",
        ),
    );
    assert_eq!(kept.models, ["auto", "glm_5"]);
    assert_eq!(kept.issues, Vec::<String>::new());
    let models = |row: &str| {
        let models = row.split("models: ").nth(1).unwrap();
        models.split_inclusive(']').next().unwrap().to_owned()
    };
    assert_eq!(
        kept.rows.iter().map(|row| models(row)).collect::<Vec<_>>(),
        [
            "[ModelMessages { model: 0, messages: 1 }, ModelMessages { model: 1, messages: 5 }]",
            "[ModelMessages { model: 1, messages: 4 }]",
            "[ModelMessages { model: 0, messages: 5 }]",
        ]
    );
}

#[test]
fn an_excluded_column_is_no_model_and_its_cells_are_kept() {
    let content = "Date,UserId,Tool-Call_Messages,glm_5_messages\n2026-07-10,u1,7,3\n";
    assert_eq!(read(content).models, ["tool-call", "glm_5"]);
    let rules = NameRules {
        excluded_models: vec!["tool_call_messages".to_owned()],
        ..NameRules::default()
    };
    let kept = read_named(&rules, content);
    assert_eq!(kept.models, ["glm_5"]);
    assert_eq!(kept.issues, Vec::<String>::new());
    assert!(
        kept.rows[0].contains(r#"extra: Some("{\"tool-call_messages\":\"7\"}")"#),
        "{}",
        kept.rows[0]
    );
}

#[test]
fn new_user_may_follow_the_models() {
    let kept = read("Date,UserId,auto_messages,New_User\n2026-07-10,u1,3,true\n");
    assert_eq!(kept.models, ["auto"]);
    assert!(kept.rows[0].contains("new_user: Some(true)"), "{kept:?}");
}
