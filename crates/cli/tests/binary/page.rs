//! The live page as a process: its address, who may ask, new exports, and how it ends.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::{clean_fleet, kiro_analytics, normalize, text};

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_mins(2);

/// A page that is being served; it ends with the test.
pub(crate) struct Page {
    child: Child,
    out: BufReader<ChildStdout>,
    /// What stood on standard output before the address.
    before: String,
    address: String,
}

impl Page {
    pub(crate) fn open(command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let (mut before, mut line) = (String::new(), String::new());
        while !line.starts_with("http://") {
            before.push_str(&line);
            line.clear();
            assert_ne!(out.read_line(&mut line).unwrap(), 0, "no address: {before}");
        }
        let address = line.trim_end().to_owned();
        Self {
            child,
            out,
            before,
            address,
        }
    }

    fn authority(&self) -> &str {
        let rest = self.address.strip_prefix("http://").unwrap();
        rest.split('/').next().unwrap()
    }

    /// Status and body.
    pub(crate) fn get(&self, path: &str) -> (u16, String) {
        self.ask(path, self.authority(), "")
    }

    fn ask(&self, path: &str, host: &str, header: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(self.authority()).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n{header}Connection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let answer = text(&answer);
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, body.to_owned())
    }

    pub(crate) fn json(&self, path: &str) -> Value {
        let (status, body) = self.get(path);
        assert_eq!(status, 200, "{body}");
        serde_json::from_str(&body).unwrap()
    }

    pub(crate) fn wait_until(&self, what: &str, is_true: impl Fn(&Self) -> bool) {
        let started = Instant::now();
        while !is_true(self) {
            assert!(started.elapsed() < PATIENCE, "never {what}");
            std::thread::yield_now();
        }
    }

    pub(crate) fn wait_until_read(&self) {
        self.wait_until("ready", |page| page.get("/healthz").0 == 200);
    }

    /// Ends it; exit code, the rest of standard output, standard error.
    pub(crate) fn end(mut self, signal: &str) -> (Option<i32>, String, String) {
        let pid = self.child.id().to_string();
        let killed = Command::new("kill").args([signal, &pid]).status().unwrap();
        assert!(killed.success());
        let (mut rest, mut talk) = (String::new(), String::new());
        self.out.read_to_string(&mut rest).unwrap();
        let mut errors = self.child.stderr.take().unwrap();
        errors.read_to_string(&mut talk).unwrap();
        (self.child.wait().unwrap().code(), rest, talk)
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        // It may have ended already.
        self.child.kill().unwrap_or_default();
        drop(self.child.wait());
    }
}

pub(crate) fn serve(data: &Path, rest: &[&str]) -> Command {
    let mut command = kiro_analytics();
    command.arg("serve").args(rest).arg("--data").arg(data);
    command
}

#[test]
fn serve_prints_its_address_answers_and_ends_with_0() {
    let folder = tempfile::tempdir().unwrap();
    let (exports, data) = (folder.path().join("exports"), folder.path().join("data"));
    clean_fleet(&exports, 8, 6);
    for signal in ["-TERM", "-INT"] {
        let page = Page::open(serve(&data, &["--port", "0"]).arg(&exports));
        assert_eq!(page.before, "");
        assert!(page.address.starts_with("http://127.0.0.1:") && page.address.ends_with('/'));
        page.wait_until_read();
        let (status, html) = page.get("/");
        assert!(status == 200 && html.starts_with("<!doctype html>"));
        let dashboard = page.json("/api/dashboard");
        assert_eq!(dashboard["days"]["to"], "2026-09-30");
        assert!(dashboard["sheets"].as_array().unwrap().len() >= 7);
        let (foreign, _) = page.ask("/api/dashboard", "evil.example", "");
        assert_eq!(foreign, 421);
        let (code, rest, talk) = page.end(signal);
        assert_eq!((code, rest.as_str()), (Some(0), ""), "{talk}");
        assert!(talk.starts_with("serving `"), "{talk}");
    }
    let left = fs::read_dir(&data).unwrap();
    let names: Vec<_> = left
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(
        names.iter().all(|name| !name.starts_with('.')),
        "nothing half-written: {names:?}"
    );
}

#[test]
fn a_signal_while_exports_are_read_ends_with_0_and_leaves_nothing_half_written() {
    let folder = tempfile::tempdir().unwrap();
    let (exports, data) = (folder.path().join("exports"), folder.path().join("data"));
    clean_fleet(&exports, 100, 90);
    let page = Page::open(serve(&data, &["--port", "0"]).arg(&exports));
    assert_eq!(page.get("/healthz").0, 503);
    let (code, _, talk) = page.end("-TERM");
    assert_eq!(code, Some(0), "{talk}");
    for entry in fs::read_dir(&data).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(!name.starts_with('.'), "{name}");
    }
    assert_eq!(normalize(&exports, &data).status.code(), Some(0));
}

#[test]
fn two_pages_on_the_default_port_have_different_ports() {
    let folder = tempfile::tempdir().unwrap();
    let first = Page::open(&mut serve(&folder.path().join("a"), &[]));
    let second = Page::open(&mut serve(&folder.path().join("b"), &[]));
    assert_ne!(first.authority(), second.authority());
    first.wait_until_read();
    second.wait_until_read();

    let port = first.authority().split(':').nth(1).unwrap();
    let refused = serve(&folder.path().join("c"), &["--port", port])
        .output()
        .unwrap();
    assert_eq!(refused.status.code(), Some(2));
    assert_eq!(text(&refused.stdout), "");
    let talk = text(&refused.stderr);
    assert!(
        talk.starts_with(&format!("error: could not listen on `127.0.0.1:{port}`")),
        "{talk}"
    );
    assert!(
        talk.contains("hint: name another --port, or leave it out"),
        "{talk}"
    );
}

#[test]
fn a_page_without_data_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let mut page = Page::open(&mut serve(&folder.path().join("data"), &["--port", "0"]));
    page.wait_until_read();
    assert_eq!(page.json("/api/status")["state"], "empty");
    assert_eq!(page.json("/api/dashboard")["days"], Value::Null);
    // The hint follows within the next look at the state.
    let mut talk = BufReader::new(page.child.stderr.take().unwrap());
    let mut lines = String::new();
    while !lines.contains("kiro-analytics demo") {
        assert_ne!(talk.read_line(&mut lines).unwrap(), 0, "{lines}");
    }
    assert!(lines.contains("note: there is no data in `"), "{lines}");
}

#[test]
fn exports_that_appear_while_the_page_is_open_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let (exports, data) = (folder.path().join("exports"), folder.path().join("data"));
    fs::create_dir(&exports).unwrap();
    let page = Page::open(serve(&data, &["--port", "0"]).arg(&exports));
    page.wait_until_read();
    assert_eq!(page.json("/api/status")["newest_day"], Value::Null);
    clean_fleet(&exports, 4, 3);
    page.wait_until("read", |page| {
        page.json("/api/status")["newest_day"] == "2026-09-30"
    });
}

#[test]
fn other_machines_need_the_token_that_the_address_carries() {
    let folder = tempfile::tempdir().unwrap();
    let page = Page::open(&mut serve(
        folder.path(),
        &["--port", "0", "--host", "0.0.0.0"],
    ));
    let token = page.address.split("/?token=").nth(1).unwrap();
    assert!(token.len() >= 32, "{token}");
    let host = "127.0.0.1";
    assert_eq!(page.ask("/api/status", host, "").0, 401);
    let bearer = format!("Authorization: Bearer {token}\r\n");
    assert_eq!(page.ask("/api/status", host, &bearer).0, 200);
    assert_eq!(page.ask(&format!("/?token={token}"), host, "").0, 303);

    let mut command = serve(folder.path(), &["--port", "0"]);
    let given = Page::open(command.env("KIRO_ANALYTICS_TOKEN", "a-token-of-my-own"));
    assert!(given.address.ends_with("/?token=a-token-of-my-own"));
    assert_eq!(given.get("/api/status").0, 401);
}

#[test]
fn every_mistake_of_a_dashboard_is_reported_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let builtin = fs::read_to_string("../../dashboards/kiro.yaml").unwrap();
    let file = folder.path().join("mine.yaml");
    let wrong = builtin
        .replace("  - id: economics\n", "  - id: activity\n")
        .replace("  - id: people\n", "  - id: activity\n");
    fs::write(&file, &wrong).unwrap();
    let data = folder.path().join("data");
    let mut command = serve(&data, &["--port", "0"]);
    let refused = command.arg("--dashboard").arg(&file).output().unwrap();
    assert_eq!(refused.status.code(), Some(2));
    let talk = text(&refused.stderr);
    let lines: Vec<&str> = talk.lines().collect();
    let (errors, hint) = lines.split_at(lines.len() - 1);
    assert!(errors.len() >= 2, "{talk}");
    for error in errors {
        let place = error.strip_prefix(&format!("error: {}:", file.display()));
        let mut place = place.unwrap_or_else(|| panic!("{error}")).splitn(3, ':');
        for part in [place.next(), place.next()] {
            assert!(part.unwrap().parse::<u64>().unwrap() > 0, "{error}");
        }
    }
    assert!(hint[0].starts_with("hint: docs/dashboard.md"), "{talk}");
    assert!(!data.exists(), "nothing is made for a wrong command");

    let mut demo = kiro_analytics();
    demo.args(["demo", "--no-serve", "--dir"]).arg(&data);
    let refused = demo.arg("--dashboard").arg(&file).output().unwrap();
    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused.stderr).contains("mine.yaml:"));
    assert!(!data.exists(), "no fleet is made for a wrong dashboard");

    let own = builtin.replace("default_days: 30", "default_days: 14");
    fs::write(&file, own).unwrap();
    let mut command = serve(&data, &["--port", "0"]);
    let page = Page::open(command.arg("--dashboard").arg(&file));
    assert_eq!(page.json("/api/dashboard")["default_days"], 14);
}

#[test]
fn a_demo_prints_its_headline_and_serves_the_page() {
    let folder = tempfile::tempdir().unwrap();
    let demo = |flags: &[&str]| {
        let mut command = kiro_analytics();
        command.args(["demo", "--users", "12", "--days", "20"]);
        command.args(["--end-date", "2026-09-30"]).args(flags);
        command.arg("--dir").arg(folder.path().join("demo"));
        command
    };
    let page = Page::open(&mut demo(&["--port", "0"]));
    assert!(
        page.before.contains("\nPeople        12 used Kiro from"),
        "{}",
        page.before
    );
    assert!(page.before.contains("\nCredits ") && !page.before.contains("\nIdle"));
    page.wait_until_read();
    assert_eq!(page.json("/api/status")["newest_day"], "2026-09-30");
    let (code, rest, talk) = page.end("-INT");
    assert_eq!((code, rest.as_str()), (Some(0), ""), "{talk}");

    let ended = demo(&["--no-serve"]).output().unwrap();
    assert_eq!(ended.status.code(), Some(0));
    let headlines = text(&ended.stdout);
    assert!(headlines.contains("\nPeople        12 used Kiro from"));
    assert!(headlines.contains("\nIdle") && !headlines.contains("http://"));
}

#[test]
fn names_are_neither_shown_nor_imported_while_addresses_are_hashed() {
    let folder = tempfile::tempdir().unwrap();
    let (exports, data) = (folder.path().join("exports"), folder.path().join("data"));
    clean_fleet(&exports, 3, 3);
    let page = Page::open(serve(&data, &["--port", "0", "--hash-emails"]).arg(&exports));
    page.wait_until_read();
    assert_eq!(page.json("/api/status")["people"], Value::Null);
    let (status, body) = page.get("/api/people");
    assert_eq!(status, 409, "{body}");
    assert!(body.contains("addresses are hashed"), "{body}");
}
