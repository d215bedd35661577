//! What happens to the process and around it: signals, full disks, closed pipes, two at once.

use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::{clean_fleet, fingerprint, kiro_analytics, normalize, query, text};

/// Files below a folder, temporary ones included.
fn files(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path.display().to_string());
        }
    }
    found
}

fn parts(folder: &Path) -> usize {
    files(folder)
        .iter()
        .filter(|path| path.ends_with(".parquet"))
        .count()
}

/// Starts a run and waits until it has written some parts, but far from all.
fn half_way(source: &Path, dest: &Path) -> Child {
    let mut child = kiro_analytics()
        .args(["normalize", "--jobs", "1"])
        .arg(source)
        .arg(dest)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let started = Instant::now();
    while parts(dest) < 20 {
        assert!(
            started.elapsed() < Duration::from_mins(1),
            "no parts after a minute"
        );
        assert_eq!(
            child.try_wait().unwrap(),
            None,
            "the run was over before it could be interrupted"
        );
        std::thread::yield_now();
    }
    child
}

#[test]
fn killed_half_way_and_run_again_gives_what_one_clean_run_gives() {
    let folder = tempfile::tempdir().unwrap();
    let (exports, cut, clean) = (
        folder.path().join("exports"),
        folder.path().join("cut"),
        folder.path().join("clean"),
    );
    clean_fleet(&exports, 100, 90);
    let mut child = half_way(&exports, &cut);
    child.kill().unwrap();
    assert_eq!(child.wait().unwrap().code(), None);
    assert_eq!(normalize(&exports, &clean).status.code(), Some(0));
    assert!(
        parts(&cut) < parts(&clean),
        "killed too late to say anything"
    );
    assert_eq!(normalize(&exports, &cut).status.code(), Some(0));
    assert_eq!(fingerprint(&cut), fingerprint(&clean));
    assert_eq!(parts(&cut), parts(&clean));
}

#[test]
fn ctrl_c_ends_with_130_and_leaves_nothing_half_written() {
    let folder = tempfile::tempdir().unwrap();
    let (exports, data) = (folder.path().join("exports"), folder.path().join("data"));
    clean_fleet(&exports, 100, 90);
    let child = half_way(&exports, &data);
    assert!(
        Command::new("kill")
            .args(["-INT", &child.id().to_string()])
            .status()
            .unwrap()
            .success()
    );
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    assert!(
        text(&output.stderr).starts_with("error: interrupted\n"),
        "{}",
        text(&output.stderr)
    );
    let left = files(&data);
    assert!(
        left.iter().all(|path| path.ends_with(".parquet")),
        "{left:?}"
    );
    // Every part that is there can be read.
    fingerprint(&data);
}

#[test]
fn two_runs_at_once_do_no_harm() {
    let folder = tempfile::tempdir().unwrap();
    let (exports, shared, alone) = (
        folder.path().join("exports"),
        folder.path().join("a"),
        folder.path().join("b"),
    );
    clean_fleet(&exports, 60, 60);
    let start = || {
        kiro_analytics()
            .arg("normalize")
            .arg(&exports)
            .arg(&shared)
            .stdout(Stdio::null())
            .spawn()
            .unwrap()
    };
    let (mut first, mut second) = (start(), start());
    assert!(first.wait().unwrap().success());
    assert!(second.wait().unwrap().success());
    assert_eq!(normalize(&exports, &alone).status.code(), Some(0));
    assert_eq!(fingerprint(&shared), fingerprint(&alone));
}

#[test]
fn a_full_disk_fails_loudly_and_the_next_run_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let (exports, data, clean) = (
        folder.path().join("exports"),
        folder.path().join("data"),
        folder.path().join("clean"),
    );
    clean_fleet(&exports, 30, 30);
    fs::create_dir(&data).unwrap();
    // A file system of its own inside a namespace of its own: nothing stays mounted, no privileges are needed.
    let script = r#"
        set -u
        mount -t tmpfs -o size=256k tmpfs "$2" || exit 77
        "$0" normalize "$1" "$2" > /dev/null; echo "first $?"
        find "$2" -type f ! -name '*.parquet' | sed 's/^/left over: /'
        mount -o remount,size=64m "$2"
        "$0" normalize "$1" "$2" > /dev/null; echo "second $?"
        cp -r "$2" "$3"
    "#;
    let output = Command::new("unshare")
        .args(["--map-root-user", "--mount", "sh", "-c", script])
        .arg(env!("CARGO_BIN_EXE_kiro-analytics"))
        .args([&exports, &data, &folder.path().join("copy")])
        .output()
        .unwrap();
    assert_ne!(
        output.status.code(),
        Some(77),
        "this test needs `unshare` and user namespaces: {}",
        text(&output.stderr)
    );
    assert_eq!(
        text(&output.stdout),
        "first 1\nsecond 0\n",
        "{}",
        text(&output.stderr)
    );
    let talk = text(&output.stderr);
    assert!(
        talk.contains("no space is left") || talk.contains("No space left"),
        "{talk}"
    );
    assert!(talk.contains("hint: "), "{talk}");
    assert_eq!(normalize(&exports, &clean).status.code(), Some(0));
    assert_eq!(
        fingerprint(&folder.path().join("copy")),
        fingerprint(&clean)
    );
}

#[test]
fn a_destination_that_cannot_be_written_is_a_wrong_command() {
    let folder = tempfile::tempdir().unwrap();
    clean_fleet(folder.path(), 3, 3);
    // Nobody may make folders here, not even root.
    let output = normalize(folder.path(), Path::new("/sys/kiro-analytics-test"));
    assert_eq!(output.status.code(), Some(2));
    let talk = text(&output.stderr);
    assert!(
        talk.starts_with("error: could not write to `/sys/kiro-analytics-test`\n  caused by: "),
        "{talk}"
    );
    assert!(talk.contains("\nhint: "), "{talk}");
    assert_eq!(text(&output.stdout), "");
}

#[test]
fn an_export_that_cannot_be_read_fails_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (exports, data) = (folder.path().join("exports"), folder.path().join("data"));
    let fleet = clean_fleet(&exports, 10, 10);
    let secret = exports.join("secret.csv");
    fs::write(&secret, "Date,UserId,Client_Type,Chat_Conversations,Credits_Used,Subscription_Tier,Total_Messages\n").unwrap();
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o000)).unwrap();
    // Permissions do not stop root, unless root has given that privilege up.
    let output = Command::new("setpriv")
        .args([
            "--bounding-set",
            "-dac_override,-dac_read_search",
            "--inh-caps",
            "-dac_override,-dac_read_search",
        ])
        .args([env!("CARGO_BIN_EXE_kiro-analytics"), "normalize"])
        .args([&exports, &data])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    assert!(
        text(&output.stderr).contains("secret.csv"),
        "{}",
        text(&output.stderr)
    );
    assert!(
        text(&output.stderr).contains("permission denied"),
        "{}",
        text(&output.stderr)
    );
    assert_eq!(fingerprint(&data)[1]["row_count"], fleet.rows);
}

#[test]
fn a_destination_inside_the_source_is_no_source() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    clean_fleet(folder.path(), 10, 10);
    assert_eq!(normalize(folder.path(), &data).status.code(), Some(0));
    let first = fingerprint(&data);
    assert_eq!(normalize(folder.path(), &data).status.code(), Some(0));
    assert_eq!(fingerprint(&data), first);
}

#[test]
fn a_reader_that_leaves_early_is_no_error() {
    let folder = tempfile::tempdir().unwrap();
    let (exports, data) = (folder.path().join("exports"), folder.path().join("data"));
    clean_fleet(&exports, 120, 60);
    assert_eq!(normalize(&exports, &data).status.code(), Some(0));
    for format in ["csv", "json", "table"] {
        let mut child = kiro_analytics()
            .args(["query", "--format", format, "--data"])
            .arg(&data)
            .arg("SELECT * FROM base_user_activity")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut start = [0; 10];
        let mut stdout = child.stdout.take().unwrap();
        stdout.read_exact(&mut start).unwrap();
        drop(stdout);
        let output = child.wait_with_output().unwrap();
        assert_eq!(
            (output.status.code(), text(&output.stderr)),
            (Some(0), String::new()),
            "{format}"
        );
    }
}

#[test]
fn an_answer_that_cannot_be_written_is_an_error() {
    let full = fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let output = kiro_analytics()
        .args(["query", "SELECT 1 AS one", "--data"])
        .arg(folder.path())
        .stdout(full)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        text(&output.stderr).contains("No space left on device"),
        "{}",
        text(&output.stderr)
    );
}

#[test]
fn a_query_can_come_from_standard_input() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = kiro_analytics()
        .args(["query", "--format", "csv", "-", "--data"])
        .arg(folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(b"SELECT 1 AS one\n")
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(text(&output.stdout), "one\n1\n");
}

#[test]
fn flags_win_over_the_environment_and_that_over_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let exports = folder.path().join("exports");
    let [of_file, of_environment, of_flag] =
        ["file", "environment", "flag"].map(|name| folder.path().join(name));
    clean_fleet(&exports, 4, 3);
    for (data, days) in [
        (&of_file, "2026-09-28"),
        (&of_environment, "2026-09-29"),
        (&of_flag, "2026-09-30"),
    ] {
        let run = kiro_analytics()
            .arg("normalize")
            .args([&exports, data])
            .args(["--since", days])
            .output()
            .unwrap();
        assert!(run.status.success(), "{}", text(&run.stderr));
    }
    fs::write(
        folder.path().join("kiro-analytics.toml"),
        "data = \"file\"\n",
    )
    .unwrap();
    let first_day = |command: &mut Command| {
        let output = command.current_dir(folder.path()).output().unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
        text(&output.stdout)
    };
    let sql = [
        "query",
        "--format",
        "csv",
        "SELECT MIN(export_date) AS first_day FROM report_facts_raw",
    ];
    assert_eq!(
        first_day(kiro_analytics().args(sql)),
        "first_day\n2026-09-28\n"
    );
    let by_environment = ("KIRO_ANALYTICS_DATA", &of_environment);
    assert_eq!(
        first_day(
            kiro_analytics()
                .env(by_environment.0, by_environment.1)
                .args(sql)
        ),
        "first_day\n2026-09-29\n"
    );
    let mut with_flag = kiro_analytics();
    with_flag
        .env(by_environment.0, by_environment.1)
        .args(sql)
        .arg("--data")
        .arg(&of_flag);
    assert_eq!(first_day(&mut with_flag), "first_day\n2026-09-30\n");
}

#[test]
fn a_demo_is_the_same_again_and_never_touches_other_folders() {
    let folder = tempfile::tempdir().unwrap();
    let demo = |dir: &Path, output: &str| {
        kiro_analytics()
            .args([
                "demo",
                "--no-serve",
                "--users",
                "20",
                "--days",
                "30",
                "--end-date",
                "2026-09-30",
                "--output",
                output,
                "--dir",
            ])
            .arg(dir)
            .output()
            .unwrap()
    };
    let dir = folder.path().join("demo");
    let first = demo(&dir, "text");
    assert_eq!(first.status.code(), Some(0), "{}", text(&first.stderr));
    let second = demo(&dir, "text");
    assert_eq!(text(&first.stdout), text(&second.stdout));
    let third: serde_json::Value = serde_json::from_slice(&demo(&dir, "json").stdout).unwrap();
    assert_eq!(third["normalize"]["files_processed"], 0);

    let other = folder.path().join("other");
    fs::create_dir_all(other.join("exports")).unwrap();
    fs::write(other.join("exports/precious.csv"), "x").unwrap();
    let refused = demo(&other, "text");
    assert_eq!(refused.status.code(), Some(2));
    assert!(other.join("exports/precious.csv").is_file());
}

#[test]
fn completions_and_manual_pages_name_every_command() {
    let bash = kiro_analytics()
        .args(["completions", "bash"])
        .output()
        .unwrap();
    assert!(text(&bash.stdout).contains("kiro-analytics"));
    let folder = tempfile::tempdir().unwrap();
    assert!(
        kiro_analytics()
            .args(["man", "--out"])
            .arg(folder.path())
            .status()
            .unwrap()
            .success()
    );
    for command in [
        "serve",
        "report",
        "normalize",
        "query",
        "views",
        "export",
        "demo",
        "completions",
        "man",
    ] {
        assert!(text(&bash.stdout).contains(command), "{command}");
        let page =
            fs::read_to_string(folder.path().join(format!("kiro-analytics-{command}.1"))).unwrap();
        assert!(
            page.contains(".SH NAME") && page.contains("Examples:"),
            "{command}"
        );
    }
    let whole = kiro_analytics().arg("man").output().unwrap();
    assert!(text(&whole.stdout).contains(".TH"));
}

#[test]
fn a_window_of_query_narrows_the_tables() {
    let folder = tempfile::tempdir().unwrap();
    let (exports, data) = (folder.path().join("exports"), folder.path().join("data"));
    clean_fleet(&exports, 30, 20);
    assert_eq!(normalize(&exports, &data).status.code(), Some(0));
    let output = kiro_analytics()
        .args([
            "query",
            "--format",
            "csv",
            "--since",
            "2026-09-20",
            "--until",
            "2026-09-25",
            "--data",
        ])
        .arg(&data)
        .arg("SELECT MIN(activity_date) AS a, MAX(activity_date) AS b FROM base_user_activity")
        .output()
        .unwrap();
    assert_eq!(text(&output.stdout), "a,b\n2026-09-20,2026-09-25\n");
    assert_eq!(
        query(
            &data,
            "SELECT MIN(activity_date) AS a FROM base_user_activity"
        )[0]["a"],
        "2026-09-11"
    );
}

#[test]
fn views_lists_every_relation_with_rows_columns_and_meanings() {
    let folder = tempfile::tempdir().unwrap();
    let (exports, data) = (folder.path().join("exports"), folder.path().join("data"));
    let fleet = clean_fleet(&exports, 10, 10);
    assert_eq!(normalize(&exports, &data).status.code(), Some(0));
    let views = |format: &str| {
        let output = kiro_analytics()
            .args(["views", "--output", format, "--data"])
            .arg(&data)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
        output.stdout
    };
    let listed: Vec<serde_json::Value> = serde_json::from_slice(&views("json")).unwrap();
    let rows = |name: &str| {
        let relation = listed
            .iter()
            .find(|relation| relation["name"] == name)
            .unwrap();
        relation["rows"].as_u64().unwrap()
    };
    assert_eq!(rows("report_facts_raw"), fleet.rows);
    assert_eq!(rows("report_facts"), fleet.rows);
    assert_eq!(rows("base_user_activity"), fleet.rows);
    assert_eq!(rows("report_code"), fleet.code_rows);
    assert_eq!(rows("user_dim"), u64::from(fleet.users));
    for relation in &listed {
        assert!(
            !relation["meaning"].as_str().unwrap().is_empty(),
            "{relation}"
        );
        let columns = relation["columns"].as_array().unwrap();
        assert!(!columns.is_empty(), "{relation}");
        for column in columns {
            assert!(
                ["varchar", "bigint", "double", "boolean", "date"]
                    .contains(&column["type"].as_str().unwrap())
            );
            assert!(!column["name"].as_str().unwrap().is_empty());
        }
    }
    let manual = text(&views("text"));
    assert!(
        manual.contains(&format!("report_facts (view, {} rows)\n", fleet.rows)),
        "{manual}"
    );
    assert!(manual.lines().all(|line| line.trim_end() == line));
}

#[test]
fn json_is_one_array_of_objects_however_many_rows() {
    let folder = tempfile::tempdir().unwrap();
    let (exports, data) = (folder.path().join("exports"), folder.path().join("data"));
    let fleet = clean_fleet(&exports, 50, 40);
    assert_eq!(normalize(&exports, &data).status.code(), Some(0));
    let rows = query(
        &data,
        "SELECT activity_date, user_id, credits_used FROM base_user_activity",
    );
    assert_eq!(rows.len() as u64, fleet.rows);
    assert!(
        rows.iter()
            .all(|row| row["activity_date"].as_str().unwrap().len() == 10
                && row["credits_used"].is_f64())
    );
}
