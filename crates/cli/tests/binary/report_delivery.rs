//! Reports below a folder or a bucket: named by period and team, written once, and without anybody of another team.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::read::GzDecoder;
use kiro_dashboard::builtin_text;
use serde_json::Value;
use tempfile::TempDir;

use crate::server::Server;
use crate::support::{kiro_analytics, text};

/// In the name, id, address, team and plan of every person who is not in Payments.
pub(crate) const PLANTED: &str = "planted";

/// A few visuals of the built-in dashboard: a report of them is quick.
pub(crate) fn dashboard() -> String {
    let (definitions, _) = builtin_text().split_once("\nsheets:\n").unwrap();
    let sheets = "
sheets:
  - id: activity
    pickers: [date, user]
    visuals:
      - id: a-kpi-users
        type: kpi
        dataset: activity
        measures: [users]
        layout: {x: 0, y: 0, w: 2, h: 2}
      - id: a-kpi-credits
        type: kpi
        dataset: activity
        measures: [credits]
        layout: {x: 2, y: 0, w: 2, h: 2}
      - id: e-overage-users
        type: table
        dataset: activity
        by: [{column: user_id}]
        details: [{column: user_tier, meaning: tier}]
        measures: [credits]
        sort: [{by: credits}]
        layout: {x: 0, y: 2, w: 12, h: 5}
  - id: teams
    pickers: [date, user]
    visuals:
      - id: t-kpi-cost
        type: kpi
        dataset: months
        measures: [month_cost]
        window: month
        layout: {x: 0, y: 0, w: 2, h: 2}
      - id: t-teams
        type: table
        dataset: months
        by: [{column: team}]
        measures: [month_active_users, month_messages, month_credits]
        window: month
        sort: [{by: month_credits}]
        layout: {x: 0, y: 2, w: 12, h: 6}
";
    format!("{definitions}{sheets}")
}

/// Three days of a week of two teams; nobody of a third one is active.
pub(crate) fn data() -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    let exports = folder.path().join("exports");
    fs::create_dir(&exports).unwrap();
    let rows = format!(
        "Date,UserId,Client_Type,Total_Messages,Credits_Used,Subscription_Tier,User_Email\n\
         2026-09-28,u-ann,KIRO_IDE,5,1.5,PRO,ann@example.com\n\
         2026-09-29,u-bob,KIRO_CLI,7,2.5,PRO,bob@example.com\n\
         2026-09-30,u-{PLANTED},KIRO_IDE,900,99,{PLANTED},{PLANTED}@example.com\n"
    );
    let name = "KIRO_IDE_123456789012_user_report_202609300000.csv";
    fs::write(exports.join(name), rows).unwrap();
    let data = folder.path().join("data");
    fs::write(data.with_file_name("dashboard.yaml"), dashboard()).unwrap();
    let roster = folder.path().join("roster.csv");
    let people = format!(
        "user_id,email,name,team\n\
         u-ann,ann@example.com,Ann,Payments\n\
         u-bob,bob@example.com,Bob,payments\n\
         u-{PLANTED},{PLANTED}@example.com,{PLANTED} One,{PLANTED}/Team\n\
         ,seat@example.com,Seat,Idle\n"
    );
    fs::write(&roster, people).unwrap();
    for (words, paths) in [
        (&["normalize"] as &[&str], [&exports, &data]),
        (&["people", "import", "--data"], [&data, &roster]),
    ] {
        let output = kiro_analytics().args(words).args(paths).output().unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
    }
    (folder, data)
}

pub(crate) fn command(data: &Path, to: &str, flags: &[&str]) -> Command {
    let mut command = kiro_analytics();
    command
        .args(["report", "--sheet", "activity,teams", "--to", to])
        .arg("--data")
        .arg(data)
        .arg("--dashboard")
        .arg(data.with_file_name("dashboard.yaml"))
        .args(flags)
        .env(
            "AWS_ENDPOINT_URL",
            format!("http://{}", Server::shared().address),
        )
        .env("AWS_REGION", "eu-central-1")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("AWS_CONFIG_FILE", "/nonexistent")
        .env("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
        .env("AWS_ACCESS_KEY_ID", "123456789012")
        .env("AWS_SECRET_ACCESS_KEY", "secret");
    command
}

fn report(data: &Path, to: &str, flags: &[&str]) -> Output {
    command(data, to, flags).output().unwrap()
}

const WEEK: [&str; 6] = [
    "--period", "2026-W40", "--format", "html,csv", "--output", "json",
];

/// The answer of a run that succeeds.
fn answer(data: &Path, to: &str, flags: &[&str]) -> Value {
    let output = report(data, to, &[&WEEK, flags].concat());
    assert!(output.status.success(), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The status of each file, by its place.
fn statuses(answer: &Value) -> BTreeMap<String, String> {
    let reports = answer["reports"].as_array().unwrap().iter();
    let files = reports.flat_map(|report| report["files"].as_array().unwrap());
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    files
        .map(|file| (text(&file["location"]), text(&file["status"])))
        .collect()
}

/// Every file below a folder, without those of the lock.
pub(crate) fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let Ok(entries) = fs::read_dir(folder) else {
        return found;
    };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if !path.file_name().unwrap().to_string_lossy().starts_with('.') {
            let content = fs::read(&path).unwrap();
            found.insert(path, content);
        }
    }
    found
}

/// A page with its figures unpacked.
fn readable(content: &[u8]) -> String {
    let html = String::from_utf8(content.to_vec()).unwrap();
    let Some(block) = html.split("id=\"report-data\">").nth(1) else {
        return html;
    };
    let block = STANDARD
        .decode(block.split("</script>").next().unwrap())
        .unwrap();
    let mut figures = String::new();
    GzDecoder::new(block.as_slice())
        .read_to_string(&mut figures)
        .unwrap();
    figures
}

#[test]
fn each_team_gets_a_report_without_the_others_and_a_second_run_writes_nothing() {
    let (folder, data) = data();
    let place = folder.path().join("reports");
    let to = place.to_str().unwrap();
    let first = answer(&data, to, &["--each-team"]);
    assert_eq!(first["teams_without_activity"], 1);
    let reports = first["reports"].as_array().unwrap();
    let teams: Vec<&Value> = reports.iter().map(|report| &report["teams"]).collect();
    assert_eq!(teams.len(), 3, "{teams:?}");
    assert_eq!(teams[0], &serde_json::json!([]));
    for report in reports {
        assert_eq!(report["period"], "2026-W40");
        assert_eq!(report["from"], "2026-09-28");
        assert_eq!(report["to"], "2026-10-04");
    }
    let week = place.join("weekly/2026-W40");
    let written = files(&place);
    assert!(written.contains_key(&week.join("fleet/kiro-2026-W40-activity-teams.html")));
    assert!(written.contains_key(&week.join("fleet/csv/activity/a-kpi-credits.csv")));
    let payments = files(&week.join("teams/payments"));
    assert_eq!(payments.len(), 6, "{:?}", payments.keys());
    let mut has_ann = false;
    for (path, content) in &payments {
        let shown = readable(content);
        let lower = shown.to_lowercase();
        assert!(!lower.contains(PLANTED), "{}", path.display());
        has_ann |= shown.contains("ann@example.com") || shown.contains("Ann");
    }
    assert!(has_ann);
    let fleet = &written[&week.join("fleet/kiro-2026-W40-activity-teams.html")];
    assert!(readable(fleet).to_lowercase().contains(PLANTED));

    let all = statuses(&first);
    assert_eq!(all.len(), written.len());
    assert!(all.values().all(|status| status == "written"), "{all:?}");
    let again = statuses(&answer(&data, to, &["--each-team"]));
    assert!(
        again.values().all(|status| status == "unchanged"),
        "{again:?}"
    );
    let alone = statuses(&answer(&data, to, &["--team", "PAYMENTS"]));
    assert_eq!(alone.len(), payments.len());
    assert!(alone.values().all(|status| status == "unchanged"));
    assert_eq!(files(&place), written);
}

#[test]
fn a_bucket_gets_each_file_once_from_two_runs_at_once_with_its_headers() {
    let (_folder, data) = data();
    let bucket = Server::shared().new_bucket();
    let to = format!("s3://{bucket}/reports/");
    let answers: Vec<Value> = std::thread::scope(|scope| {
        let runs = [(); 2].map(|()| scope.spawn(|| answer(&data, &to, &[])));
        runs.map(|run| run.join().unwrap()).into_iter().collect()
    });
    let both: Vec<_> = answers.iter().map(statuses).collect();
    assert!(both[0].keys().eq(both[1].keys()));
    for (place, status) in &both[0] {
        let statuses = [status.as_str(), both[1][place].as_str()];
        let written = statuses.iter().filter(|one| **one == "written");
        assert_eq!(written.count(), 1, "{place}");
    }
    let again = statuses(&answer(&data, &to, &[]));
    assert!(again.values().all(|status| status == "unchanged"));

    let key = "reports/weekly/2026-W40/fleet/kiro-2026-W40-activity-teams.html";
    assert!(
        again.contains_key(&format!("s3://{bucket}/{key}")),
        "{again:?}"
    );
    let head = Server::shared()
        .ask("HEAD", &format!("/{bucket}/{key}"), "")
        .to_lowercase();
    for line in [
        "content-type: text/html; charset=utf-8",
        "content-disposition: inline; filename=\"kiro-2026-w40-activity-teams.html\"",
    ] {
        assert!(head.contains(line), "{head}");
    }
}

#[test]
fn a_run_that_is_killed_leaves_whole_files_and_the_next_one_goes_on() {
    let (folder, data) = data();
    let place = folder.path().join("reports");
    let to = place.to_str().unwrap();
    let mut run = command(&data, to, &WEEK)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    while files(&place).is_empty() && run.try_wait().unwrap().is_none() {
        std::thread::yield_now();
    }
    run.kill().unwrap();
    run.wait().unwrap();
    let left = files(&place);
    assert!(!left.is_empty());
    let next = statuses(&answer(&data, to, &[]));
    for path in left.keys() {
        let place = path.display().to_string();
        assert_eq!(next[&place], "unchanged", "{place} was written in part");
    }
    assert_eq!(files(&place).len(), next.len());
}

#[test]
fn what_cannot_be_written_says_why() {
    let (folder, data) = data();
    let place = folder.path().join("reports");
    let to = place.to_str().unwrap();
    let cases: [(&str, &[&str], i32, &str); 7] = [
        (to, &["--anonymize"], 2, "needs a salt"),
        (
            to,
            &["--viewer", "u-ann"],
            2,
            "no name for the report of one viewer",
        ),
        (to, &["--team", "Nobody"], 2, "no person is in this team"),
        (
            to,
            &["--period", "2026-W20"],
            1,
            "there is no activity in 2026-W20",
        ),
        (to, &["--period", "week"], 2, "expected last-week"),
        (
            to,
            &["--until", "2026-01-01"],
            2,
            "there is no activity in these days",
        ),
        (
            "s3://no-such-bucket/x",
            &["--period", "2026-W40"],
            3,
            "the bucket does not exist",
        ),
    ];
    for (to, flags, code, expected) in cases {
        let output = report(&data, to, flags);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{said}");
        assert!(said.contains(expected), "{said}");
        assert!(!said.contains(PLANTED) && !said.contains('@'), "{said}");
    }
    assert!(files(&place).is_empty());
}

#[test]
fn an_anonymous_report_has_a_place_of_its_own_and_names_nobody() {
    let (folder, data) = data();
    let place = folder.path().join("reports");
    let flags = ["--anonymize", "--hash-salt", "pepper"];
    let first = statuses(&answer(&data, place.to_str().unwrap(), &flags));
    let written = files(&place.join("weekly/2026-W40/anonymous/fleet"));
    assert_eq!(written.len(), first.len());
    for (path, content) in written {
        let shown = readable(&content);
        assert!(!shown.contains("@example.com"), "{}", path.display());
    }
    let again = statuses(&answer(&data, place.to_str().unwrap(), &flags));
    assert!(again.values().all(|status| status == "unchanged"));
}
