use super::*;
use crate::directory::{Directory, DirectoryUser};
use crate::forgotten::Forgotten;
use crate::last_known::LastKnown;

const UUID: &str = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb";

fn user(id: &str, username: &str, email: &str) -> DirectoryUser {
    DirectoryUser {
        user_id: id.to_owned(),
        username: Some(username.to_owned()),
        display_name: None,
        email: Some(email.to_owned()),
    }
}

fn sources(users: Vec<DirectoryUser>) -> Sources {
    let directory = Directory {
        users,
        groups: Vec::new(),
    };
    Sources::new(directory, LastKnown::default(), Forgotten::default())
}

fn rows(text: &str) -> Vec<RosterRow> {
    Roster::parse(text.as_bytes())
        .unwrap()
        .check(&Sources::default(), &[])
        .unwrap()
}

/// The error of a roster against a directory.
fn error(text: impl AsRef<[u8]>, users: Vec<DirectoryUser>) -> String {
    Roster::parse(text.as_ref())
        .and_then(|roster| roster.check(&sources(users), &[]))
        .map(|rows| rows.len())
        .unwrap_err()
        .to_string()
}

#[test]
fn a_row_is_read_by_the_names_of_its_columns() {
    let expected = RosterRow {
        user_id: Some(UUID.to_owned()),
        email: Some("Ann@Example.com".to_owned()),
        display_name: Some("Ann, A.".to_owned()),
        cost_center: Some("007".to_owned()),
        attributes: [("Office".to_owned(), "Rom".to_owned())].into(),
        ..RosterRow::default()
    };
    let id = UUID.to_uppercase();
    for (delimiter, line_end) in [(",", "\n"), (";", "\r\n"), ("\t", "\n")] {
        let lines = [
            "\u{feff}User ID,E-Mail,Name,Cost Centre,Office,Team",
            &format!("d-0123456789.{id}, Ann@Example.com ,\"Ann, A.\",007,Rom, "),
            ",,,,,",
            "",
        ];
        let text = lines.join(line_end).replace(',', delimiter);
        // The comma in quotes belongs to the cell.
        let text = text.replace(&format!("Ann{delimiter} A."), "Ann, A.");
        assert!(rows(&text) == [expected.clone()], "{delimiter:?}");
    }
}

#[test]
fn the_line_of_a_row_is_its_line_in_the_file() {
    for line_end in ["\n", "\r\n"] {
        let lines = [
            "",
            "email,note",
            "",
            "a@example.com,\"two",
            "lines\"",
            "",
            "",
            "b@example.com,x,y",
            ",x",
        ];
        assert_eq!(
            error(lines.join(line_end), Vec::new()),
            "2 wrong rows: line 8: the number of cells is 3, expected 2; line 9: no `user_id`, `email` or `username`",
            "{line_end:?}"
        );
    }
}

#[test]
fn wrong_rows_are_listed_by_line() {
    let cases: [(&[u8], &str); 8] = [
        (
            b"email,name\na@x.y,\xff\n",
            "1 wrong row: line 2: not text in UTF-8",
        ),
        (
            b"email,name\na@x.y,A\nA@X.y ,A\n",
            "1 wrong row: line 3: the same `email` as in line 2",
        ),
        (
            b"id,name\nu-1,A\n\"u-1\",A\n",
            "1 wrong row: line 3: the same `user_id` as in line 2",
        ),
        (
            b"email,\na@x.y,z\n",
            "1 wrong row: line 2: column 2 has content, but no name",
        ),
        (
            b"email,login,team\ndup@x.y,,a\n,ann,b\n",
            "1 wrong row: line 2: `email` matches 2 users of the directory",
        ),
        (
            b"login,team\nsame,a\nANN,b\n",
            "1 wrong row: line 2: `username` matches 2 users of the directory",
        ),
        (
            b"id,email,login,team\nu-1,,,a\n,ann@x.y,,b\n,,ann,a\n",
            "1 wrong row: line 3: the same person as in line 2, with other content",
        ),
        (
            b"email,name\n\"a@x.y,A\nb@x.y,B\n",
            "line 2: a quoted field is never closed",
        ),
    ];
    for (text, expected) in cases {
        let users = vec![
            user("u-1", "Ann", "Ann@x.y"),
            user("u-2", "same", "dup@x.y"),
            user("u-3", "Same", "Dup@x.y"),
        ];
        assert_eq!(error(text, users), expected);
    }
}

#[test]
fn many_wrong_rows_are_counted() {
    let text = format!("email,name\n{}", ",x\n".repeat(30));
    let message = error(&text, Vec::new());
    assert!(message.starts_with("30 wrong rows: line 2: no `user_id`"));
    assert!(message.contains("line 21: ") && !message.contains("line 22: "));
    assert!(message.ends_with("; and 10 more"), "{message}");
}

#[test]
fn files_that_are_no_roster_are_refused() {
    let cases: [(&[u8], &str); 6] = [
        (b"", "the file has no rows"),
        (b"\n\n", "the file has no rows"),
        (b"email,name\n,\n", "the file has no rows"),
        (
            b"PK\x03\x04",
            "this is a zip file (or a spreadsheet), expected CSV text in UTF-8",
        ),
        (b"email,\xe9quipe\n", "the header is not text in UTF-8"),
        (
            b"email,\"name\na@x.y,A\n",
            "line 1: a quoted field is never closed",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(error(text, Vec::new()), expected);
    }
    let large = vec![b'x'; MAX_ROSTER_BYTES + 1];
    assert!(error(large, Vec::new()).starts_with("the file has 67108865 bytes"));
    let mut long = "id\n".to_owned();
    for id in 0..=MAX_ROSTER_ROWS {
        long.push_str(&id.to_string());
        long.push('\n');
    }
    assert_eq!(
        error(long, Vec::new()),
        "line 1000002: the file has more than 1000000 rows"
    );
}

#[test]
fn the_same_person_twice_with_the_same_content_is_one_person() {
    let text = "id,email,team\nu-1,,a\n,ann@x.y,a\n";
    let roster = Roster::parse(text.as_bytes()).unwrap();
    let users = vec![user("u-1", "ann", "ann@x.y")];
    assert_eq!(roster.check(&sources(users), &[]).unwrap().len(), 2);
}

#[test]
fn messages_have_no_content() {
    let users = vec![
        user("u-2", "planted", "planted@x.y"),
        user("u-3", "planted", "planted@x.y"),
    ];
    let text =
        "email,login,planted\nplanted@x.y,planted,planted\nplanted,,planted,planted\n,,planted\n";
    let roster = Roster::parse(text.as_bytes()).unwrap();
    let debug = format!("{roster:?}");
    let error = roster.check(&sources(users), &[]).map(|_| ()).unwrap_err();
    let text = format!("{debug} {error} {error:?}");
    assert!(!text.contains("planted"), "{text}");
}
