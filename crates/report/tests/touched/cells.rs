//! Literal quotes, blank words, repeated keys, models and their total.

use kiro_report::IssueKind;

use crate::kept::read;

#[test]
fn literal_quotes_come_off_every_cell() {
    let row = "2026-07-10,aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb,kiro_ide,1.5,arn:x,Pro+,12,false,ann@example.com,7,x y,7";
    let header = "Date,UserId,Client_Type,Credits_Used,ProfileId,Subscription_Tier,Total_Messages,New_User,User_Email,Usage_Limit,Note,a_messages\n";
    let expected = read(format!("{header}{row}\n")).unwrap().facts;
    assert_eq!(expected[0].extra.as_deref(), Some("{\"note\":\"x y\"}"));
    for quote in ["\"\"", "\"\"\"\"", " \"\" "] {
        let cells = row
            .split(',')
            .map(|cell| format!("\"{quote}{cell}{quote}\""));
        let quoted = cells.collect::<Vec<_>>().join(",");
        let kept = read(format!("{header}{quoted}\n")).unwrap();
        assert_eq!(kept.facts, expected, "{quoted}");
        assert_eq!(kept.count(IssueKind::BadValue), 0);
    }
}

#[test]
fn blank_words_are_blank_everywhere_and_nan_is_not() {
    let header = "Date,UserId,Client_Type,Credits_Used,ProfileId,Subscription_Tier,Total_Messages,New_User,User_Email,Note,a_messages\n";
    let row = |word: &str| {
        read(format!(
            "{header}2026-07-10,u1{}\n",
            format!(",{word}").repeat(9)
        ))
        .unwrap()
    };
    let expected = row("");
    for word in [
        "NULL",
        "null",
        "None",
        "NA",
        "N/A",
        "n/a",
        "\\N",
        "#N/A",
        "-",
        " NULL ",
        "\"\"\"NULL\"\"\"",
        "\"\"\"\"\"\"",
    ] {
        let kept = row(word);
        assert_eq!(kept.facts, expected.facts, "{word}");
        assert_eq!(kept.issues, expected.issues, "{word}");
    }
    let nan = row("nan");
    assert_eq!(nan.count(IssueKind::BadValue), 4);
    assert_eq!(nan.facts[0].email.as_deref(), Some("nan"));
    let user = read(format!("{header}2026-07-10,\"\"\"NULL\"\"\",x\n")).unwrap();
    assert_eq!(user.issues()[1], "2 missing_user userid");
    // A blank word is filled in by a repeated column.
    let kept = read("Date,UserId,Email,User_Email\n2026-07-10,u1,NULL,ann@example.com\n").unwrap();
    assert_eq!(kept.facts[0].email.as_deref(), Some("ann@example.com"));
}

#[test]
fn each_further_row_of_a_key_is_an_issue() {
    let header = "Date,UserId,Client_Type,ProfileId,Subscription_Tier,Credits_Used\n";
    let lines = [
        ("2026-07-10,u1,KIRO_IDE,p1,PRO,1", false),
        ("2026-07-10,u1,KIRO_CLI,p1,PRO,1", false),
        ("2026-07-10,u1,KIRO_IDE,p2,PRO,1", false),
        ("2026-07-11,u1,KIRO_IDE,p1,PRO,1", false),
        ("2026-07-10,u2,KIRO_IDE,p1,PRO,1", false),
        ("2026-07-10,d-0a.u1, kiro_ide ,p1,POWER,2", true),
        (
            "2026-07-10,\"\"\"u1\"\"\",KIRO_IDE,\"\"\"p1\"\"\",PRO,1",
            true,
        ),
        ("2026-07-10,u1,KIRO_IDE,,PRO,1", false),
    ];
    let rows: Vec<&str> = lines.iter().map(|(line, _)| *line).collect();
    let kept = read(format!("{header}{}", rows.join("\n"))).unwrap();
    assert_eq!(kept.facts.len(), lines.len());
    assert_eq!(kept.issues(), ["7 repeated_key -", "8 repeated_key -"]);
    // Columns with the account or the Region are part of the key.
    let kept = read(concat!(
        "Date,UserId,Account_Id,aws_region\n",
        "2026-07-10,u1,111111111111,us-east-1\n",
        "2026-07-10,u1,222222222222,us-east-1\n",
        "2026-07-10,u1,222222222222,us-east-2\n",
        "2026-07-10,u1,222222222222,us-east-2\n",
    ))
    .unwrap();
    assert_eq!(kept.count(IssueKind::RepeatedKey), 1);
    let kept =
        read("Date,UserId,Inline_AICodeLines\n07-10-2026,u1,1\n2026-07-10,u1,1\n07-11-2026,u1,1\n")
            .unwrap();
    assert_eq!(kept.issues(), ["3 repeated_key -"]);
}

#[test]
fn models_that_do_not_add_up_are_an_issue_where_they_can_be_compared() {
    let header = "Date,UserId,Total_Messages,a_messages,b_messages\n";
    for (cells, has_issue) in [
        ("5,2,3", false),
        ("5,2,2", true),
        ("5,9,0", true),
        ("5,5,", false),
        ("0,0,0", false),
        ("5,,", false),
        (",2,3", false),
        ("x,2,3", false),
        ("5,x,3", false),
        ("5,-2,3", false),
        ("5.0,2.0,3.0", false),
        ("9223372036854775807,9223372036854775807,0", false),
        ("9223372036854775806,9223372036854775807,1", true),
    ] {
        let kept = read(format!("{header}2026-07-10,u1,{cells}\n")).unwrap();
        assert_eq!(
            kept.count(IssueKind::ModelSum),
            usize::from(has_issue),
            "{cells}"
        );
        assert_eq!(kept.facts.len(), 1);
    }
    assert_eq!(
        read("Date,UserId,Total_Messages\n2026-07-10,u1,5\n")
            .unwrap()
            .issues
            .len(),
        0
    );
}
