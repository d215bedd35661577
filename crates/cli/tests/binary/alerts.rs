//! Alerts as a process: a planted spike is sent once, printed or posted, and the webhook's address is in no output.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Output;

use serde_json::Value;
use tempfile::TempDir;

use crate::support::{kiro_analytics, text};

/// The settings of these tests: data are late by the clock, which no test has.
const SETTINGS: &str = "[alerts]\nrules = [\"allowance\", \"overage\", \"spike\", \"budget\"]\n";
const ANN: &str = "00000001-aaaa-4bbb-8ccc-ddddeeeeffff";
const BO: &str = "00000002-aaaa-4bbb-8ccc-ddddeeeeffff";

/// A folder with ten days of habit, normalized into `kiro-analytics-data`: nothing to send.
fn with_habit() -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("kiro-analytics.toml"), SETTINGS).unwrap();
    let days = (1..=10).map(|day| (day, ANN, 20.0, 0.0));
    let rows = days.chain((1..=10).map(|day| (day, BO, 30.0, 0.0)));
    add_export(folder.path(), 10, rows);
    folder
}

/// Adds an export with a day, a user, credits and overage credits per row.
fn add_export(
    folder: &Path,
    day: u32,
    rows: impl IntoIterator<Item = (u32, &'static str, f64, f64)>,
) {
    let exports = folder.join("exports");
    fs::create_dir_all(&exports).unwrap();
    let mut csv = "Date,UserId,Client_Type,Total_Messages,Credits_Used,Overage_Enabled,Overage_Cap,Overage_Credits_Used,\
                   Subscription_Tier,Usage_Limit,User_Email\n"
        .to_owned();
    for (day, user, credits, overage) in rows {
        let name = if user == ANN { "ann" } else { "bo" };
        writeln!(
            csv,
            "2026-09-{day:02},{user},KIRO_IDE,5,{credits},true,5000,{overage},PRO,1000,{name}@example.com"
        )
        .unwrap();
    }
    let name = format!("KIRO_IDE_123456789012_user_report_202609{day:02}0000.csv");
    fs::write(exports.join(name), csv).unwrap();
    let output = run(
        folder,
        &["normalize", "exports", "kiro-analytics-data"],
        &[],
    );
    assert!(output.status.success(), "{}", text(&output.stderr));
}

fn run(folder: &Path, words: &[&str], variables: &[(&str, &str)]) -> Output {
    kiro_analytics()
        .current_dir(folder)
        .args(words)
        .envs(variables.iter().copied())
        .env("NO_PROXY", "127.0.0.1")
        .env("AWS_CONFIG_FILE", "/nonexistent")
        .env("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
        .output()
        .unwrap()
}

/// Standard output of a command that succeeds.
fn printed(folder: &Path, words: &[&str]) -> String {
    let output = run(folder, &[&["alerts"], words].concat(), &[]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout)
}

fn json(folder: &Path, words: &[&str]) -> Value {
    let words = [words, &["--output", "json"]].concat();
    serde_json::from_str(&printed(folder, &words)).unwrap()
}

#[test]
fn a_planted_spike_is_printed_once() {
    let folder = with_habit();
    let folder = folder.path();
    assert_eq!(printed(folder, &[]), "");
    add_export(folder, 11, [(11, ANN, 400.0, 0.0), (11, BO, 31.0, 0.0)]);
    let expected = "\
Kiro 2026-09-11: 1 spike
As of 2026-09-11

Far more than usual
- ann@example.com (Pro): 400 credits on 2026-09-11, on other days 20
";
    // Without a flag nothing is remembered.
    for words in [&[] as &[&str], &["--record", "--dry-run"], &["--all"]] {
        assert_eq!(printed(folder, words), expected, "{words:?}");
    }
    assert_eq!(json(folder, &[])["alerts"][0]["rule"], "spike");
    assert!(!folder.join("kiro-analytics-data/alerts").exists());
    assert_eq!(printed(folder, &["--record"]), expected);
    assert_eq!(printed(folder, &["--record"]), "");
    assert_eq!(printed(folder, &[]), "");
    assert_eq!(printed(folder, &["--all"]), expected);
    let answer = json(folder, &[]);
    assert_eq!(answer["alerts"], serde_json::json!([]));
    assert_eq!(answer["sent_before"], 1);
    // What is new is sent alone: now above 75 % of the allowance.
    add_export(folder, 12, [(12, ANN, 200.0, 0.0)]);
    let expected = "\
Kiro 2026-09-12: 1 near allowance
As of 2026-09-12

Near the allowance
- ann@example.com (Pro): 80 % of the allowance, 800 of 1,000 credits; at this rate it ends on 2026-09-15
";
    assert_eq!(printed(folder, &["--record"]), expected);
    assert_eq!(printed(folder, &["--record"]), "");
}

#[test]
fn names_can_be_left_out_and_addresses_hashed() {
    let folder = with_habit();
    let folder = folder.path();
    add_export(folder, 11, [(11, ANN, 400.0, 0.0)]);
    fs::write(
        folder.join("kiro-analytics.toml"),
        format!("{SETTINGS}names = false\n"),
    )
    .unwrap();
    let shown = printed(folder, &[]);
    assert!(
        shown.contains(&format!("- {ANN} (Pro): 400 credits")),
        "{shown}"
    );
    assert!(!json(folder, &[]).to_string().contains("ann@"));
    fs::write(folder.join("kiro-analytics.toml"), SETTINGS).unwrap();
    assert!(!printed(folder, &["--hash-emails"]).contains("ann@"));
}

#[test]
fn two_commands_at_once_print_an_alert_once() {
    let folder = with_habit();
    let folder = folder.path();
    add_export(folder, 11, [(11, ANN, 400.0, 0.0)]);
    let printed: Vec<String> = std::thread::scope(|scope| {
        let runs = [(); 3].map(|()| scope.spawn(|| printed(folder, &["--record"])));
        runs.map(|run| run.join().unwrap()).into_iter().collect()
    });
    let sent = printed.iter().filter(|text| !text.is_empty());
    assert_eq!(sent.count(), 1, "{printed:?}");
}

#[test]
fn a_full_disk_or_closed_output_forgets_nothing() {
    let folder = with_habit();
    let folder = folder.path();
    add_export(folder, 11, [(11, ANN, 400.0, 0.0)]);
    if let Ok(full) = fs::OpenOptions::new().write(true).open("/dev/full") {
        let output = kiro_analytics()
            .current_dir(folder)
            .args(["alerts", "--record"])
            .stdout(full)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    }
    assert!(printed(folder, &["--record"]).contains("400 credits"));
}

#[cfg(feature = "aws")]
mod webhook {
    use super::*;
    use crate::receiver::{Answer, Receiver};

    fn post(folder: &Path, receiver: &Receiver, words: &[&str]) -> Output {
        let url = format!("http://{}/services/SECRET", receiver.address);
        let words = [&["alerts", "--webhook"], words].concat();
        run(
            folder,
            &words,
            &[("KIRO_ANALYTICS_ALERT_WEBHOOK_URL", &url)],
        )
    }

    fn with_spike(answers: &'static [Answer]) -> (TempDir, Receiver) {
        let folder = with_habit();
        add_export(folder.path(), 11, [(11, ANN, 400.0, 0.0)]);
        (folder, Receiver::start(answers))
    }

    #[test]
    fn a_planted_spike_arrives_once() {
        let (folder, receiver) = with_spike(&["200 OK"]);
        let dry = post(folder.path(), &receiver, &["--dry-run", "--output", "json"]);
        let dry: Value = serde_json::from_slice(&dry.stdout).unwrap();
        assert!(receiver.requests().is_empty());
        let sent = post(folder.path(), &receiver, &[]);
        assert_eq!(text(&sent.stdout), "sent 1 alert to 127.0.0.1\n");
        let again = post(folder.path(), &receiver, &["--output", "json"]);
        let again: Value = serde_json::from_slice(&again.stdout).unwrap();
        assert_eq!(
            (&again["sent_to"], &again["sent_before"]),
            (&Value::Null, &Value::from(1))
        );
        let requests = receiver.requests();
        assert_eq!(requests.len(), 1);
        assert_eq!(requests[0].line, "POST /services/SECRET HTTP/1.1");
        let content_type = "content-type: application/json".to_owned();
        assert!(requests[0].headers.contains(&content_type));
        assert_eq!(requests[0].body, dry["webhook_body"]);
        let section = &requests[0].body["blocks"][1]["text"]["text"];
        assert_eq!(
            section,
            "*Far more than usual*\n• ann@example.com (Pro): 400 credits on 2026-09-11, on other days 20"
        );
        // What is printed has a memory of its own.
        assert!(printed(folder.path(), &["--record"]).contains("400 credits"));
    }

    #[test]
    fn what_is_refused_is_sent_again_and_the_address_is_not_shown() {
        let (folder, receiver) = with_spike(&["404 Not Found", "200 OK"]);
        let refused = post(folder.path(), &receiver, &[]);
        assert_eq!(refused.status.code(), Some(3));
        let message = text(&refused.stderr);
        assert_eq!(
            message,
            "\
error: the alerts could not be sent
  caused by: the webhook at `127.0.0.1` did not accept the message
  caused by: it answered with status 404
hint: check `alert_webhook_url` and `alert_webhook_format`: the webhook may have been removed
"
        );
        let sent = post(folder.path(), &receiver, &[]);
        assert_eq!(text(&sent.stdout), "sent 1 alert to 127.0.0.1\n");
        assert_eq!(receiver.requests().len(), 2);
    }

    #[test]
    fn a_wrong_address_is_not_repeated() {
        let folder = with_habit();
        let url = [(
            "KIRO_ANALYTICS_ALERT_WEBHOOK_URL",
            "http://example.com/SECRET",
        )];
        let refused = run(folder.path(), &["alerts", "--webhook"], &url);
        assert_eq!(refused.status.code(), Some(2));
        assert_eq!(
            text(&refused.stderr).lines().next().unwrap(),
            "error: KIRO_ANALYTICS_ALERT_WEBHOOK_URL: `alert_webhook_url`: expected a URL that begins with `https://`"
        );
        let missing = run(folder.path(), &["alerts", "--webhook"], &[]);
        assert_eq!(missing.status.code(), Some(2));
        assert!(text(&missing.stderr).contains("expected `alert_webhook_url`"));
        let settings = format!("alert_webhook_url = 5\n{SETTINGS}");
        fs::write(folder.path().join("kiro-analytics.toml"), settings).unwrap();
        let refused = run(folder.path(), &["alerts"], &[]);
        assert_eq!(refused.status.code(), Some(2));
        assert!(
            text(&refused.stderr)
                .contains("kiro-analytics.toml:1: `alert_webhook_url`: is not a text")
        );
    }

    #[test]
    fn teams_and_json_get_their_forms() {
        for (format, member, expected) in [
            ("teams", "type", "message"),
            ("json", "subject", "Kiro 2026-09-11: 1 spike"),
        ] {
            let (folder, receiver) = with_spike(&["202 Accepted"]);
            let settings = format!("alert_webhook_format = \"{format}\"\n{SETTINGS}");
            fs::write(folder.path().join("kiro-analytics.toml"), settings).unwrap();
            let sent = post(folder.path(), &receiver, &[]);
            assert!(sent.status.success(), "{}", text(&sent.stderr));
            assert_eq!(receiver.requests()[0].body[member], expected);
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_page_that_is_open_tells_what_arrives() {
        use crate::page::Page;

        let folder = with_habit();
        let receiver = Receiver::start(&["200 OK"]);
        let url = format!("http://{}/services/SECRET", receiver.address);
        let page = Page::open(
            kiro_analytics()
                .current_dir(folder.path())
                .args(["serve", "exports", "--alerts", "--port", "0"])
                .env("KIRO_ANALYTICS_ALERT_WEBHOOK_URL", url)
                .env("NO_PROXY", "127.0.0.1")
                .env("AWS_CONFIG_FILE", "/nonexistent"),
        );
        add_export(folder.path(), 11, [(11, ANN, 400.0, 0.0)]);
        page.wait_until("an alert", |_| !receiver.requests().is_empty());
        let body = receiver.requests()[0].body.to_string();
        assert!(body.contains("400 credits on 2026-09-11"), "{body}");
        let sent = json(folder.path(), &["--webhook", "--dry-run"]);
        assert_eq!(sent["sent_before"], 1);
        assert_eq!(receiver.requests().len(), 1);
    }

    #[test]
    fn a_page_without_a_webhook_tells_what_is_missing() {
        let folder = with_habit();
        let refused = run(folder.path(), &["serve", "--alerts"], &[]);
        assert_eq!(refused.status.code(), Some(2));
        assert!(text(&refused.stderr).contains("expected `alert_webhook_url`"));
    }
}
