//! What hostile names, cells and statements do to the command line, and who can read what it writes.

use std::fs;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::{clean_fleet, kiro_analytics, normalize, text};

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_mins(2);

/// An export with one user of each id; each has 1.5 credits.
fn export_of(users: &[&str]) -> String {
    let mut text =
        "Date,UserId,Client_Type,Credits_Used,Total_Messages,Subscription_Tier\n".to_owned();
    for user in users {
        text.push_str("2026-07-10,\"");
        text.push_str(user);
        text.push_str("\",KIRO_IDE,1.5,3,PRO\n");
    }
    text
}

fn data_of(folder: &Path, name: &str, content: &str) -> PathBuf {
    let (exports, data) = (folder.join("exports"), folder.join("data"));
    fs::create_dir_all(&exports).unwrap();
    fs::write(exports.join(name), content).unwrap();
    normalize(&exports, &data);
    data
}

fn run(arguments: &[&str], data: &Path) -> String {
    let output = kiro_analytics()
        .args(arguments)
        .arg("--data")
        .arg(data)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout)
}

const NAME: &str = "KIRO_IDE_123456789012_user_report_202607110000.csv";
const FORMULAS: [&str; 8] = [
    "=cmd|' /C calc'!A0",
    "+49",
    "-1+1",
    "@SUM(A1)",
    "＝1",
    "＋1",
    "－1",
    "＠x",
];

#[test]
fn no_csv_carries_a_formula_unless_raw_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let data = data_of(folder.path(), NAME, &export_of(&FORMULAS));
    let sql = "SELECT user_id AS \"=id\", -credits_used AS credits FROM report_facts";
    let out = folder.path().join("facts.csv");
    let out = out.to_str().unwrap();
    let query = ["query", sql, "--format", "csv"];
    let file = ["export", "report_facts", "--format", "csv", "--out", out];
    let printed = ["export", "report_facts", "--format", "csv", "--out", "-"];
    let users = |csv: &str| -> Vec<String> {
        let mut rows = csv::Reader::from_reader(csv.as_bytes());
        let headers = rows.headers().unwrap().clone();
        let column = headers
            .iter()
            .position(|name| name.ends_with("id") && name != "part_id");
        let column = column.unwrap();
        let mut users: Vec<String> = rows
            .records()
            .map(|row| row.unwrap()[column].to_owned())
            .collect();
        users.sort();
        users
    };
    for (raw, mark) in [(false, "'"), (true, "")] {
        let mut expected: Vec<String> = FORMULAS
            .iter()
            .map(|user| format!("{mark}{user}"))
            .collect();
        expected.sort();
        for arguments in [&query[..], &file, &printed] {
            let mut arguments = arguments.to_vec();
            if raw {
                arguments.push("--raw");
            }
            let mut csv = run(&arguments, &data);
            if csv.is_empty() {
                csv = fs::read_to_string(out).unwrap();
            }
            assert_eq!(users(&csv), expected, "{arguments:?}");
            if arguments[0] == "query" {
                assert!(csv.starts_with(&format!("{mark}=id,credits\n")), "{csv}");
                assert!(csv.contains(",-1.5\n"), "numbers stay numbers: {csv}");
            }
        }
    }
    let json = run(&["query", sql, "--format", "json"], &data);
    assert!(json.contains("\"@SUM(A1)\""), "{json}");
}

#[test]
fn a_name_of_a_file_forges_no_line() {
    let folder = tempfile::tempdir().unwrap();
    let exports = folder.path().join("exports");
    fs::create_dir_all(&exports).unwrap();
    let name = "a\nerror: forged\n  caused by: forged\u{1b}[2J.csv";
    fs::write(
        exports.join(name),
        "Date,UserId\n2026-07-10,\"never closed\n",
    )
    .unwrap();
    let output = normalize(&exports, &folder.path().join("data"));
    let talk = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{talk}");
    assert!(
        talk.contains(r"`a\nerror: forged\n  caused by: forged\u{1b}[2J.csv`"),
        "{talk}"
    );
    assert!(
        !talk
            .lines()
            .any(|line| line.trim_start().starts_with("error: forged")),
        "{talk}"
    );
}

/// Ticks of processor time that a process has used, and true if it catches SIGINT.
fn observe(child: &Child) -> (u64, bool) {
    let read =
        |name: &str| fs::read_to_string(format!("/proc/{}/{name}", child.id())).unwrap_or_default();
    let stat = read("stat");
    let fields: Vec<&str> = stat
        .rsplit(')')
        .next()
        .unwrap()
        .split_whitespace()
        .collect();
    let ticks = fields.get(11).and_then(|ticks| ticks.parse().ok());
    let status = read("status");
    let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
    let caught = caught.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    (ticks.unwrap_or(0), caught.unwrap_or(0) & 0b10 != 0)
}

#[test]
fn an_endless_statement_ends_on_the_first_signal() {
    let folder = tempfile::tempdir().unwrap();
    for (sql, signal) in [
        (
            "WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t) SELECT COUNT(*) FROM t",
            "-INT",
        ),
        (
            "WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t WHERE n < 3000) \
             SELECT COUNT(*) FROM t AS a CROSS JOIN t AS b CROSS JOIN t AS c",
            "-TERM",
        ),
    ] {
        let mut child = kiro_analytics()
            .args(["query", sql, "--data"])
            .arg(folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let started = Instant::now();
        // It runs: it has used a second of processor time.
        loop {
            let (ticks, is_caught) = observe(&child);
            if ticks > 100 && is_caught {
                break;
            }
            assert_eq!(child.try_wait().unwrap(), None, "{sql}");
            assert!(started.elapsed() < PATIENCE, "{sql}");
            std::thread::yield_now();
        }
        let pid = child.id().to_string();
        let killed = Command::new("kill").args([signal, &pid]).status();
        assert!(killed.unwrap().success());
        let mut talk = String::new();
        child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut talk)
            .unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(130), "{talk}");
        assert!(talk.starts_with("error: interrupted"), "{talk}");
    }
}

#[test]
fn a_second_signal_ends_a_command_that_cannot_be_interrupted() {
    let folder = tempfile::tempdir().unwrap();
    // A row of 1 MB goes into a pipe that nothing empties after its first byte.
    let sql = "SELECT repeat('x', 1000000)";
    let mut child = kiro_analytics()
        .args(["query", sql, "--format", "csv", "--data"])
        .arg(folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdout = child.stdout.take().unwrap();
    stdout.read_exact(&mut [0]).unwrap();
    let pid = child.id().to_string();
    let started = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        assert!(started.elapsed() < PATIENCE);
        Command::new("kill").args(["-INT", &pid]).status().unwrap();
    };
    let mut talk = String::new();
    let mut stderr = child.stderr.take().unwrap();
    stderr.read_to_string(&mut talk).unwrap();
    assert_eq!(status.code(), Some(130), "{talk}");
    assert_eq!(talk, "error: ended by the second signal\n");
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// Asserts that only the owner can read a folder and everything in it.
fn assert_private(path: &Path) {
    let is_folder = path.is_dir();
    assert_eq!(
        mode(path),
        if is_folder { 0o700 } else { 0o600 },
        "{}",
        path.display()
    );
    if is_folder {
        for entry in fs::read_dir(path).unwrap() {
            assert_private(&entry.unwrap().path());
        }
    }
}

#[test]
fn what_is_written_is_readable_by_its_owner_only() {
    let folder = tempfile::tempdir().unwrap();
    let given = folder.path().join("given");
    fs::create_dir(&given).unwrap();
    fs::set_permissions(&given, fs::Permissions::from_mode(0o755)).unwrap();
    let demo = given.join("demo");
    let written = kiro_analytics()
        .args(["demo", "--no-serve", "--users", "3", "--days", "3", "--dir"])
        .arg(&demo)
        .output()
        .unwrap();
    assert!(written.status.success(), "{}", text(&written.stderr));
    let data = demo.join("data");
    for (arguments, name) in [
        (&["report"][..], "report.html"),
        (&["report", "--format", "csv"], "figures"),
        (&["export", "user_month", "--format", "csv"], "month.csv"),
        (&["export", "all", "--format", "parquet"], "views"),
    ] {
        let out = given.join(name);
        run(
            &[arguments, &["--out", out.to_str().unwrap()]].concat(),
            &data,
        );
        assert_private(&out);
    }
    assert_private(&demo);
    assert_eq!(mode(&given), 0o755, "a folder of the user stays as it is");
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn an_unknown_name_is_a_wrong_command_and_the_nearest_one_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let (exports, data) = (folder.path().join("exports"), folder.path().join("data"));
    clean_fleet(&exports, 3, 3);
    assert!(normalize(&exports, &data).status.success());
    let builtin = fs::read_to_string("../../dashboards/kiro.yaml").unwrap();
    let spec = folder.path().join("mine.yaml");
    fs::write(
        &spec,
        builtin.replace("default_days: 30", "default_day: 30"),
    )
    .unwrap();
    let settings = folder.path().join("settings.toml");
    let out = folder.path().join("out");
    let paths = [&data, &spec, &settings, &out].map(|path| path.to_str().unwrap());
    let [data, spec, settings_path, out] = paths;
    let check = |arguments: &[&str], variable: Option<&str>, expected: &str| {
        let mut command = kiro_analytics();
        command.args(arguments).current_dir(folder.path());
        if let Some(name) = variable {
            command.env(name, "x");
        }
        let output = command.output().unwrap();
        let talk = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {talk}");
        assert!(talk.contains(expected), "{arguments:?}: {talk}");
    };
    for (arguments, expected) in [
        (
            &["report", "--data", data, "--out", out, "--sheet", "peopel"][..],
            "did you mean `people`?",
        ),
        (
            &["report", "--data", data, "--out", out, "--sheet", ""],
            "there is no sheet ``",
        ),
        (
            &["report", "--data", data, "--out", out, "--acount", "1"],
            "--acount",
        ),
        (
            &["report", "--data", data, "--out", out, "--language", "tlh"],
            "possible values",
        ),
        (
            &["report", "--data", data, "--out", out, "--dashboard", spec],
            "did you mean `default_days`?",
        ),
        (
            &[
                "export",
                "user_mont",
                "--data",
                data,
                "--format",
                "csv",
                "--out",
                out,
            ],
            "did you mean `user_month`?",
        ),
        (
            &[
                "export",
                "user_month",
                "--data",
                data,
                "--format",
                "cvs",
                "--out",
                out,
            ],
            "csv",
        ),
        (
            &["query", "SELECT * FROM user_total", "--data", data],
            "did you mean `user_totals`?",
        ),
        (
            &[
                "query",
                "SELECT credits_use FROM user_totals",
                "--data",
                data,
            ],
            "did you mean `credits_used`?",
        ),
        (&["normalise", "a", "b"], "normalize"),
        (
            &["normalize", "exports", "gs://bucket/prefix"],
            "expected a folder or `s3://BUCKET/PREFIX`",
        ),
        (
            &["normalize", "exports", "s3:/bucket"],
            "expected a folder or `s3://BUCKET/PREFIX`",
        ),
    ] {
        check(arguments, None, expected);
    }
    for (toml, expected) in [
        ("dat = \"x\"\n", "did you mean `data`?"),
        ("[budgets]\nat_risk_share = 0.5\n", "did you mean `budget`?"),
        (
            "[budget]\nat_risk_shar = 0.5\n",
            "did you mean `at_risk_share`?",
        ),
        ("[overage]\nreading = \"dayly\"\n", "daily"),
        ("anchor = \"newst\"\n", "newest"),
    ] {
        fs::write(&settings, toml).unwrap();
        check(
            &["views", "--data", data, "--config", settings_path],
            None,
            expected,
        );
    }
    check(
        &["views", "--data", data],
        Some("KIRO_ANALYTICS_HASH_EMIALS"),
        "did you mean `KIRO_ANALYTICS_HASH_EMAILS`?",
    );
    assert!(!folder.path().join("gs:").exists() && !folder.path().join("s3:").exists());
}

/// A variable has one parser: blank is not set, and white space around a value does not count, as in a flag.
#[test]
fn a_variable_means_the_same_as_the_flag_and_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let export = "Date,UserId,User_Email,Client_Type,Credits_Used\n2026-07-10,u-1,a@example.com,KIRO_IDE,1\n";
    let data = data_of(folder.path(), NAME, export);
    let label = |flags: &[&str], variables: &[(&str, &str)], file: &str| {
        let toml = folder.path().join("kiro-analytics.toml");
        fs::write(&toml, file).unwrap();
        let mut command = kiro_analytics();
        command.current_dir(folder.path());
        command.args([
            "query",
            "SELECT email FROM report_facts",
            "--format",
            "csv",
            "--data",
        ]);
        command
            .arg(&data)
            .args(flags)
            .envs(variables.iter().copied());
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
        text(&output.stdout)
    };
    let (salt, hash) = ("KIRO_ANALYTICS_HASH_SALT", "KIRO_ANALYTICS_HASH_EMAILS");
    let expected = label(&["--hash-emails", "--hash-salt", "salt"], &[], "");
    assert!(!expected.contains("a@example.com"), "{expected}");
    for (flags, variables, file) in [
        (&["--hash-emails", "--hash-salt", " salt "][..], &[][..], ""),
        (&[], &[(salt, " salt\n"), (hash, " Yes ")], ""),
        (
            &["--hash-emails"],
            &[(salt, "salt")],
            "hash_salt = \"other\"\n",
        ),
        (
            &[],
            &[(salt, " "), (hash, "")],
            "hash_emails = true\nhash_salt = \"salt\"\n",
        ),
    ] {
        assert_eq!(
            label(flags, variables, file),
            expected,
            "{flags:?} {variables:?} {file}"
        );
    }
}
