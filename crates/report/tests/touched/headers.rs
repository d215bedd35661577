//! Headers anywhere, what may stand before them, and what makes a file another one.

use std::fmt::Write as _;
use std::sync::Arc;

use kiro_report::{IssueKind, NameRules, Names, ReadError, ReadOptions, ReportKind, Separator};

use crate::kept::{read, read_with};

const FIRST: &str = "Date,UserId,Client_Type,Total_Messages,a_messages,b_messages,Team\n\
                     2026-07-10,u1,KIRO_IDE,30,10,20,red\n";
const SECOND: &str = "b_messages,UserId,c_messages,Date,Total_Messages,Client_Type,Note\n\
                      5,u2,2,2026-07-11,7,KIRO_CLI,hi\n";

#[test]
fn a_header_anywhere_binds_the_rest_of_the_file() {
    let kept = read(format!("{FIRST}{SECOND}{FIRST}")).unwrap();
    let models = |index: usize| -> Vec<(&str, i64)> {
        let models = kept.facts[index].models.iter();
        models
            .map(|(name, count)| (name.as_str(), *count))
            .collect()
    };
    assert_eq!(models(0), [("a", 10), ("b", 20)]);
    assert_eq!(models(1), [("b", 5), ("c", 2)]);
    assert_eq!(models(2), [("a", 10), ("b", 20)]);
    let extra = |index: usize| kept.facts[index].extra.clone().unwrap();
    assert_eq!(
        (extra(0), extra(1)),
        (
            "{\"team\":\"red\"}".to_owned(),
            "{\"note\":\"hi\"}".to_owned()
        )
    );
    // A column is new once, headers are no rows, and the third file repeats a key.
    assert_eq!(
        kept.issues(),
        [
            "1 unknown_column team",
            "3 unknown_column note",
            "6 repeated_key -"
        ]
    );
}

#[test]
fn a_later_header_may_have_more_columns_fewer_columns_and_other_duplicates() {
    let kept = read(
        "Date,UserId\n2026-07-10,u1\n\
         Email,Date,UserId,Team,User_Email,a_messages\n,2026-07-10,u2,x,ann@example.com,3\n\
         UserId,Date\nu3,2026-07-10\n\
         Date,UserId,Email,User_Email\n2026-07-10,u4,,bob@example.com\n",
    );
    let kept = kept.unwrap();
    let emails: Vec<Option<&str>> = kept
        .facts
        .iter()
        .map(|fact| fact.email.as_deref())
        .collect();
    assert_eq!(
        emails,
        [None, Some("ann@example.com"), None, Some("bob@example.com")]
    );
    assert_eq!(kept.facts[1].models["a"], 3);
    assert_eq!(
        kept.issues(),
        ["3 unknown_column team", "3 duplicate_column user_email"]
    );
}

#[test]
fn blank_lines_separators_and_marks_before_a_header_are_skipped() {
    let expected = read(FIRST).unwrap().facts;
    for before in [
        "\n",
        "\r\n\r\n",
        "  \n\t\n",
        "\u{a0}\n",
        ",,,\n",
        "\"\",\"\"\n",
        "\u{feff}",
        "\u{feff}\u{feff}",
        "\u{feff}\n\u{feff}\u{feff}",
        "\n \n\u{feff},,\n\u{feff}",
        "sep=,\n",
        "\u{feff}\"sep=,\"\r\n",
        "SEP=,\n\n",
    ] {
        for header in [FIRST.to_owned(), FIRST.replacen("Date", "\"Date\"", 1)] {
            let kept = read(format!("{before}{header}")).unwrap();
            assert_eq!(kept.facts, expected, "{before:?}");
            assert_eq!(kept.count(IssueKind::UnknownColumn), 1);
            assert_eq!(kept.issues.len(), 1, "{before:?}: {:?}", kept.issues);
        }
    }
}

#[test]
fn joined_files_keep_their_marks_and_separator_lines() {
    let second = SECOND.replacen("b_messages", "\"b_messages\"", 1);
    for between in [
        "\u{feff}",
        "\n\n",
        "\u{feff}\u{feff}\r\n",
        "sep=,\n",
        "\u{feff}sep=,\n\u{feff}",
    ] {
        let kept = read(format!("\u{feff}{FIRST}{between}{second}")).unwrap();
        assert_eq!(kept.facts.len(), 2, "{between:?}");
        assert_eq!(kept.facts[1].models["b"], 5);
        assert_eq!(kept.issues.len(), 2, "{between:?}: {:?}", kept.issues);
    }
}

#[test]
fn a_line_of_separators_is_a_rejected_row_below_the_header() {
    let kept = read(format!("{FIRST},,,,,,\n \n\n")).unwrap();
    assert_eq!(kept.facts.len(), 1);
    assert_eq!(
        kept.issues(),
        ["1 unknown_column team", "3 missing_user userid"]
    );
}

#[test]
fn other_separators_are_refused_by_their_names() {
    let refused = |content: &str| match read(content) {
        Err(ReadError::OtherSeparator { line, separator }) => (line, separator),
        other => panic!("{content:?}: {other:?}"),
    };
    for (byte, separator) in [
        (';', Separator::Semicolon),
        ('\t', Separator::Tab),
        ('|', Separator::VerticalBar),
    ] {
        let other = SECOND.replace(',', &byte.to_string());
        assert_eq!(refused(&other), (1, separator));
        assert_eq!(refused(&format!("\n\u{feff}{other}")), (2, separator));
        assert_eq!(refused(&format!("sep={byte}\n{other}")), (1, separator));
        // Also where the file is joined to another, and where cells have quotes or commas.
        assert_eq!(refused(&format!("{FIRST}{other}")), (3, separator));
        assert_eq!(
            refused(&format!("{FIRST}sep={byte}\n{other}")),
            (3, separator)
        );
        let quoted =
            "\"Date\",\"UserId\",\"Note, long\"\n".replace("\",\"", &format!("\"{byte}\""));
        assert_eq!(refused(&quoted), (1, separator));
    }
    assert_eq!(refused(&format!("sep=#\n{FIRST}")), (1, Separator::Other));
    let error = read("Date;UserId\n").unwrap_err();
    assert_eq!(
        error.to_string(),
        "line 1: columns are separated by semicolons, expected commas"
    );
    assert!(error.hint().starts_with("save it as CSV with commas"));
}

#[test]
fn a_header_of_the_other_report_is_refused() {
    let legacy = "UserId,Date,Chat_AICodeLines\nu1,07-10-2026,1\n";
    let error = read(format!("{FIRST}{legacy}")).unwrap_err();
    let (expected, found) = (ReportKind::UserReport, ReportKind::ByUserAnalytic);
    assert_eq!(
        error,
        ReadError::OtherReport {
            line: 3,
            expected,
            found
        }
    );
    let error = read(format!("{legacy}{FIRST}")).unwrap_err();
    let swapped = ReadError::OtherReport {
        line: 3,
        expected: found,
        found: expected,
    };
    assert_eq!(error, swapped);
    let options = ReadOptions::of_kind(ReportKind::UserReport);
    let error = read_with(legacy, &options, &[]).unwrap_err();
    assert_eq!(error.line(), Some(1));
    // A header that could be of either is of the file's report.
    assert_eq!(
        read(format!("{legacy}Date,UserId\n07-11-2026,u2\n"))
            .unwrap()
            .code
            .len(),
        2
    );
}

#[test]
fn the_inline_chat_counter_has_two_names() {
    for (header, cells, expected) in [
        ("InlineChat_EventCount", "8", 8),
        ("InlineChat_TotalEventCount", "8", 8),
        ("inline chat event count", "8", 8),
        ("InlineChat_TotalEventCount,InlineChat_EventCount", "7,8", 7),
        ("InlineChat_TotalEventCount,InlineChat_EventCount", ",8", 8),
    ] {
        let kept = read(format!(
            "UserId,Date,{header},Inline_AICodeLines\nu1,03-25-2025,{cells},1\n"
        ))
        .unwrap();
        assert_eq!(
            kept.code[0]["inlinechat_totaleventcount"], expected,
            "{header}"
        );
    }
}

#[test]
fn an_excluded_column_is_no_model_and_no_surprise() {
    let content = "Date,UserId,Total_Messages,a_messages,Simple_Task_Messages,b_messages\n2026-07-10,u1,5,3,2,0\n2026-07-10,u2,3,3,2,0\n2026-07-10,u3,4,3,2,0\n";
    for name in [
        "simple_task",
        "simple_task_messages",
        "Simple Task Messages",
        "SIMPLETASK",
    ] {
        let rules = NameRules {
            excluded_models: vec!["other".to_owned(), name.to_owned()],
            ..NameRules::default()
        };
        let options = ReadOptions {
            names: Arc::new(Names::new(&rules).unwrap()),
            ..ReadOptions::default()
        };
        let kept = read_with(content, &options, &[]).unwrap();
        assert_eq!(kept.facts[0].models.len(), 1, "{name}");
        assert_eq!(
            kept.facts[0].extra.as_deref(),
            Some("{\"simple_task_messages\":\"2\"}")
        );
        // Its messages may be part of the total or not.
        assert_eq!(kept.issues(), ["4 model_sum -"], "{name}");
    }
    assert_eq!(read(content).unwrap().facts[0].models["simple_task"], 2);
}

#[test]
fn names_are_bounded_over_all_headers_of_a_file() {
    let mut content = String::new();
    for file in 0..40 {
        content.push_str("Date,UserId");
        for model in 0..2_000 {
            write!(content, ",m{file}x{model}_messages").unwrap();
        }
        content.push('\n');
    }
    assert!(matches!(
        read(content),
        Err(ReadError::TooManyColumns { line: 33, .. })
    ));
}

#[test]
fn a_header_with_aliases_is_a_header_anywhere() {
    let rules = NameRules {
        header_aliases: [("\u{c9}tudiant", "UserId"), ("Jour", "Date")]
            .map(|(alias, header)| (alias.to_owned(), header.to_owned()))
            .into(),
        ..NameRules::default()
    };
    let options = ReadOptions {
        names: Arc::new(Names::new(&rules).unwrap()),
        ..ReadOptions::default()
    };
    let content = "\nDate,UserId,Total_Messages,a_messages\n2026-07-10,u1,5,5\n\
                   a_messages,\u{e9}tudiant,JOUR,Total_Messages\n3,u2,2026-07-11,3\n";
    let kept = read_with(content, &options, &[]).unwrap();
    let users: Vec<&str> = kept.facts.iter().map(|row| row.user.as_str()).collect();
    assert_eq!(users, ["u1", "u2"]);
    assert_eq!(kept.facts[1].models["a"], 3);
    assert_eq!(kept.issues(), Vec::<String>::new());
}
