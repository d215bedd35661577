//! Reports by mail: what the mail system gets, that it gets it once, and that no address is said.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use tempfile::TempDir;

use crate::receiver::{Answer, Receiver};
use crate::report_delivery::{PLANTED, command, data, files};
use crate::server::Server;
use crate::support::text;

/// Stores each mail and its arguments beside itself; refuses all while there is a file `broken`.
const SENDMAIL: &str = r#"#!/bin/sh
cd "${0%/*}" || exit 1
if [ -e broken ]; then
    echo "ann@example.com: mailbox full" >&2
    exit 75
fi
mail=$(mktemp mail.XXXXXX)
printf '%s ' "$@" > "$mail"
echo >> "$mail"
cat >> "$mail"
"#;

/// A folder with the script.
struct MailSystem(TempDir);

impl MailSystem {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let program = folder.path().join("sendmail");
        fs::write(&program, SENDMAIL).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        Self(folder)
    }

    fn program(&self) -> PathBuf {
        self.0.path().join("sendmail")
    }

    /// What it got, by subject.
    fn mails(&self) -> BTreeMap<String, Message> {
        let entries = fs::read_dir(self.0.path()).unwrap();
        let paths = entries.map(|entry| entry.unwrap().path());
        let mails = paths.filter(|path| path.display().to_string().contains("/mail."));
        let read = |path: PathBuf| {
            let stored = fs::read_to_string(path).unwrap();
            let (arguments, message) = stored.split_once('\n').unwrap();
            assert_eq!(arguments.trim(), "-t -i -f reports@example.com");
            assert!(!message.contains('\r'));
            let message = Message::read(message);
            (message.header("Subject").to_owned(), message)
        };
        let all: Vec<_> = mails.map(read).collect();
        let count = all.len();
        let mails: BTreeMap<_, _> = all.into_iter().collect();
        assert_eq!(mails.len(), count, "a mail came twice");
        mails
    }

    fn forget(&self) {
        for entry in fs::read_dir(self.0.path()).unwrap() {
            let path = entry.unwrap().path();
            if path != self.program() {
                fs::remove_file(path).unwrap();
            }
        }
    }
}

/// A mail as its reader meets it.
#[derive(Debug)]
struct Message {
    headers: Vec<(String, String)>,
    text: String,
    attachment: Option<Vec<u8>>,
}

impl Message {
    /// Lines end with `\n`.
    fn read(message: &str) -> Self {
        let (headers, body) = part(message);
        let content_type = value(&headers, "Content-Type");
        let Some((_, boundary)) = content_type.split_once("boundary=\"") else {
            let text = String::from_utf8(decoded(&headers, body)).unwrap();
            return Self {
                headers,
                text,
                attachment: None,
            };
        };
        let boundary = format!("\n--{}", boundary.trim_end_matches('"'));
        let body = format!("\n{body}");
        let parts: Vec<&str> = body.split(&boundary).collect();
        assert_eq!((parts.len(), parts.last()), (4, Some(&"--\n")), "{message}");
        let content = |text: &str| {
            let (headers, body) = part(text.strip_prefix('\n').unwrap());
            decoded(&headers, body)
        };
        Self {
            headers,
            text: String::from_utf8(content(parts[1])).unwrap(),
            attachment: Some(content(parts[2])),
        }
    }

    fn header(&self, name: &str) -> &str {
        value(&self.headers, name)
    }
}

fn part(text: &str) -> (Vec<(String, String)>, &str) {
    let (headers, body) = text.split_once("\n\n").unwrap();
    let headers = headers.replace("\n ", " ");
    let headers = headers.lines().map(|line| {
        let (name, value) = line.split_once(": ").unwrap();
        (name.to_owned(), value.to_owned())
    });
    (headers.collect(), body)
}

fn value<'a>(headers: &'a [(String, String)], name: &str) -> &'a str {
    let header = headers.iter().find(|(found, _)| found == name);
    header.map_or("", |(_, value)| value)
}

fn decoded(headers: &[(String, String)], body: &str) -> Vec<u8> {
    match value(headers, "Content-Transfer-Encoding") {
        "7bit" => body.into(),
        _ => STANDARD.decode(body.replace('\n', "")).unwrap(),
    }
}

fn mailing(data: &Path, to: &str, mails: &MailSystem, flags: &[&str]) -> Command {
    let mut command = command(data, to, &["--period", "2026-W40", "--output", "json"]);
    command
        .args(flags)
        .env("KIRO_ANALYTICS_MAIL_FROM", "reports@example.com")
        .env("KIRO_ANALYTICS_SENDMAIL", mails.program());
    command
}

/// The word for the only report. No address is on standard output or in an error.
fn mailed(output: &Output, exit: i32) -> String {
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(exit), "{said}");
    let answer = text(&output.stdout);
    assert!(
        !said.contains('@') && !answer.contains('@'),
        "{said}{answer}"
    );
    let answer: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(answer["reports"].as_array().unwrap().len(), 1);
    answer["reports"][0]["mailed"].as_str().unwrap().to_owned()
}

/// Arguments, environment variables, and what the error says.
type Case<'a> = (&'a [&'a str], &'a [(&'a str, &'a str)], &'a str);

const TO: [&str; 2] = ["--mail", "ann@example.com,Bo@example.com"];

#[test]
fn a_report_is_mailed_once_whole_and_after_a_failure_by_the_next_run() {
    let (folder, data) = data();
    let mails = MailSystem::new();
    let place = folder.path().join("reports");
    let run = |flags: &[&str]| mailing(&data, place.to_str().unwrap(), &mails, flags);

    fs::write(mails.0.path().join("broken"), "").unwrap();
    let failed = run(&TO).output().unwrap();
    assert_eq!(mailed(&failed, 2), "failed");
    let said = text(&failed.stderr);
    for expected in [
        "could not mail `kiro-2026-W40-activity-teams.html`",
        "exit code 75: a temporary failure",
        "hint: the log of this machine's mail system",
    ] {
        assert!(said.contains(expected), "{said}");
    }
    mails.forget();

    let both: Vec<String> = std::thread::scope(|scope| {
        let runs = [(); 2].map(|()| scope.spawn(|| mailed(&run(&TO).output().unwrap(), 0)));
        runs.map(|run| run.join().unwrap()).into_iter().collect()
    });
    let sent = both.iter().filter(|status| *status == "sent").count();
    assert_eq!(sent, 1, "{both:?}");
    let got = mails.mails();
    let mail = &got["Kiro weekly report 2026-W40"];
    assert_eq!(mail.header("To"), "<ann@example.com>, <Bo@example.com>");
    assert_eq!(mail.header("From"), "<reports@example.com>");
    assert!(
        mail.text.starts_with("Kiro usage, 2026-09-28 to 2026-10-04\n\nActive users: 3\nCredits used: 103\nTotal cost: 0 USD (2026-10-01 to 2026-10-04)\n\nThe report is attached."),
        "{}", mail.text
    );
    let week = place.join("weekly/2026-W40/fleet");
    let html = fs::read(week.join("kiro-2026-W40-activity-teams.html")).unwrap();
    assert!(
        mail.attachment.as_deref() == Some(html.as_slice()),
        "the attachment is another file"
    );

    mails.forget();
    let same = run(&["--mail", "bo@example.com, ANN@example.com"])
        .output()
        .unwrap();
    assert_eq!(mailed(&same, 0), "sent_before");
    assert!(mails.mails().is_empty());
    let again = run(&[
        "--mail",
        "ann@example.com,bo@example.com",
        "--mail-again",
        "--mail-link",
    ]);
    assert_eq!(mailed(&{ again }.output().unwrap(), 0), "sent");
    let got = mails.mails();
    let mail = &got["Kiro weekly report 2026-W40"];
    assert!(mail.attachment.is_none());
    let path = week.join("kiro-2026-W40-activity-teams.html");
    assert!(
        mail.text
            .ends_with(&format!("The report:\n{}\n", path.display())),
        "{}",
        mail.text
    );
    let receipts = files(&week.join("mail"));
    assert_eq!(receipts.len(), 1);
    for (path, content) in receipts {
        assert!(!path.display().to_string().contains('@') && !content.contains(&b'@'));
    }
}

#[test]
fn each_team_gets_its_own_report_where_the_settings_say_so() {
    let (folder, data) = data();
    let mails = MailSystem::new();
    let place = folder.path().join("reports");
    let settings = folder.path().join("kiro-analytics.toml");
    fs::write(
        &settings,
        "mail_to = [\"all@example.com\"]\nmail_teams = { PAYMENTS = \"pay@example.com pal@example.com\" }\n",
    )
    .unwrap();
    let mut run = mailing(
        &data,
        place.to_str().unwrap(),
        &mails,
        &["--each-team", "--mail"],
    );
    let output = run.arg("--config").arg(&settings).output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    let got = mails.mails();
    assert_eq!(got.len(), 3, "{:?}", got.keys());
    for (subject, mail) in &got {
        let to = mail.header("To");
        if subject.to_lowercase() == "kiro weekly report 2026-w40: payments" {
            assert_eq!(to, "<pay@example.com>, <pal@example.com>");
            assert!(mail.text.contains("Active users: 2\n"), "{}", mail.text);
            assert!(!mail.text.contains(PLANTED));
        } else {
            assert_eq!(to, "<all@example.com>");
        }
    }
}

#[test]
fn a_file_is_mailed_once_for_its_days() {
    let (folder, data) = data();
    let mails = MailSystem::new();
    let out = folder.path().join("a report.html");
    let run = |days: &[&str]| {
        let output = crate::support::kiro_analytics()
            .args(["report", "--sheet", "teams", "--dashboard"])
            .arg(data.with_file_name("dashboard.yaml"))
            .args(days)
            .args(["--mail", "ann@example.com", "--out"])
            .arg(&out)
            .arg("--data")
            .arg(&data)
            .env("KIRO_ANALYTICS_MAIL_FROM", "reports@example.com")
            .env("KIRO_ANALYTICS_SENDMAIL", mails.program())
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
        text(&output.stdout)
    };
    let two = ["--from", "2026-09-28", "--until", "2026-09-29"];
    let first = run(&two);
    assert!(
        first.ends_with("2026-09-28 to 2026-09-29; mailed\n"),
        "{first}"
    );
    assert!(run(&two).ends_with("; mailed before\n"));
    let got = mails.mails();
    let mail = &got["Kiro report 2026-09-28_2026-09-29"];
    let html = fs::read(&out).unwrap();
    assert!(
        mail.attachment.as_deref() == Some(html.as_slice()),
        "the attachment is another file"
    );
    assert!(run(&[]).ends_with("2026-09-28 to 2026-09-30; mailed\n"));
    assert!(
        mails
            .mails()
            .contains_key("Kiro report 2026-09-28_2026-09-30")
    );
}

#[test]
fn what_cannot_be_mailed_says_why_without_an_address() {
    let (folder, data) = data();
    let mails = MailSystem::new();
    let place = folder.path().join("reports");
    let many: Vec<String> = (0..51)
        .map(|number| format!("n{number}@example.com"))
        .collect();
    let many = many.join(",");
    let cases: [Case<'_>; 8] = [
        (
            &["--mail", "ann@example.com,planted"],
            &[],
            "recipient 2 is none",
        ),
        (
            &["--mail", "planted@example.com\nBcc: eve@example.com"],
            &[],
            "expected an e-mail address",
        ),
        (&["--mail", &many], &[], "at most 50 recipients, found 51"),
        (&["--mail"], &[], "no recipient is configured"),
        (
            &["--mail", "ann@example.com", "--format", "csv"],
            &[],
            "--mail sends the HTML report",
        ),
        (
            &TO,
            &[("KIRO_ANALYTICS_MAIL_FROM", "")],
            "expected `mail_from`",
        ),
        (
            &TO,
            &[("KIRO_ANALYTICS_MAIL_FROM", "planted")],
            "`mail_from`: expected an e-mail address",
        ),
        (
            &TO,
            &[("KIRO_ANALYTICS_MAIL_TRANSPORT", "pigeon")],
            "expected `sendmail`, `ses`",
        ),
    ];
    for (flags, variables, expected) in cases {
        let mut run = mailing(&data, place.to_str().unwrap(), &mails, flags);
        let output = run.envs(variables.iter().copied()).output().unwrap();
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(expected), "{expected}: {said}");
        let shown = said.replace("`ann@example.com`", "");
        assert!(!shown.contains(PLANTED) && !shown.contains('@'), "{said}");
    }
    assert!(files(&place).is_empty());
}

#[test]
fn amazon_ses_gets_a_link_that_works_and_its_refusals_say_what_to_do() {
    const ANSWERS: &[Answer] = &[
        "400 Bad Request\r\nx-amzn-errortype: MailFromDomainNotVerifiedException",
        "403 Forbidden\r\nx-amzn-errortype: AccessDeniedException",
        "200 OK",
    ];
    let (_folder, data) = data();
    let mails = MailSystem::new();
    let ses = Receiver::start(ANSWERS);
    let bucket = Server::shared().new_bucket();
    let to = format!("s3://{bucket}/reports");
    let run = || {
        mailing(
            &data,
            &to,
            &mails,
            &["--mail", "ann@example.com", "--mail-link"],
        )
        .env("KIRO_ANALYTICS_MAIL_TRANSPORT", "ses")
        // The emulator's own secret, so that it can check the signature of a link.
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .env("AWS_ENDPOINT_URL_SESV2", format!("http://{}", ses.address))
        .output()
        .unwrap()
    };
    for expected in ["aws sesv2 create-email-identity", "allow ses:SendEmail"] {
        let output = run();
        assert_eq!(mailed(&output, 3), "failed");
        assert!(
            text(&output.stderr).contains(expected),
            "{}",
            text(&output.stderr)
        );
    }
    assert_eq!(mailed(&run(), 0), "sent");
    assert_eq!(mailed(&run(), 0), "sent_before");
    let requests = ses.requests();
    assert_eq!(requests.len(), 3);
    let request = &requests[2];
    assert_eq!(request.line, "POST /v2/email/outbound-emails HTTP/1.1");
    assert_eq!(request.body["FromEmailAddress"], "reports@example.com");
    assert_eq!(
        request.body["Destination"]["ToAddresses"],
        serde_json::json!(["ann@example.com"])
    );
    let raw = request.body["Content"]["Raw"]["Data"].as_str().unwrap();
    let message = String::from_utf8(STANDARD.decode(raw).unwrap()).unwrap();
    let mail = Message::read(&message.replace("\r\n", "\n"));
    assert_eq!(mail.header("Subject"), "Kiro weekly report 2026-W40");
    assert!(mail.text.contains("The link works until "), "{}", mail.text);
    let link = mail
        .text
        .lines()
        .find(|line| line.starts_with("http"))
        .unwrap();
    for part in [
        "X-Amz-Expires=604800",
        "X-Amz-SignedHeaders=host&",
        "X-Amz-Signature=",
    ] {
        assert!(link.contains(part), "{link}");
    }
    let address = format!("http://{}", Server::shared().address);
    let path = link.strip_prefix(&address).unwrap();
    let got = Server::shared().ask("GET", path, "");
    let (head, _) = got.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    assert!(got.contains("<!doctype html>"), "{head}");
    let forged = Server::shared().ask("GET", &format!("{path}0"), "");
    assert!(forged.starts_with("HTTP/1.1 403"), "{forged}");
}
