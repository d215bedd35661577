//! Pages and reports for some people: nothing of anybody else is in any answer, file or message.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;

use crate::page::{Page, serve};
use crate::support::{kiro_analytics, query, text};

/// In the name, id, address, team, manager, plan, client and file of every other person.
const PLANTED: &str = "planted";

/// Ann leads Payments, where Bob is; all others are planted.
fn data() -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    let exports = folder.path().join("exports");
    fs::create_dir(&exports).unwrap();
    let header = "Date,UserId,Client_Type,Total_Messages,Credits_Used,Subscription_Tier,User_Email,auto_messages\n";
    let own = "2026-09-28,u-ann,KIRO_IDE,5,1.5,PRO,ann@example.com,5\n2026-09-29,u-bob,KIRO_CLI,7,2.5,PRO,,7\n";
    let others = format!(
        "2026-09-30,u-{PLANTED},KIRO_PLANTED,900,99,{PLANTED},{PLANTED}@example.com,900\n\
         2026-09-30,u-{PLANTED}-too,KIRO_IDE,900,99,POWER,,900\n"
    );
    let name = "KIRO_IDE_123456789012_user_report_202609300000.csv";
    fs::write(exports.join(name), format!("{header}{own}{others}")).unwrap();
    // An export without visible people and with an issue, and one that fails.
    let name = format!("{PLANTED}_123456789012_user_report_202610010000.csv");
    fs::write(exports.join(name), format!("{header}yesterday{others}")).unwrap();
    fs::write(exports.join(format!("{PLANTED}.csv")), "no header\n").unwrap();
    let data = folder.path().join("data");
    let output = kiro_analytics()
        .arg("normalize")
        .arg(&exports)
        .arg(&data)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    let roster = folder.path().join("roster.csv");
    let rows = format!(
        "user_id,email,name,team,manager,cost_center\n\
         u-ann,ann@example.com,Ann,Payments,boss@example.com,1\n\
         u-bob,bob@example.com,Bob,Payments,ann@example.com,1\n\
         u-{PLANTED},{PLANTED}@example.com,{PLANTED} One,{PLANTED} Team,{PLANTED}@example.com,{PLANTED}\n\
         ,{PLANTED}.seat@example.com,{PLANTED} Seat,{PLANTED} Team,,\n"
    );
    fs::write(&roster, rows).unwrap();
    let output = kiro_analytics()
        .args(["people", "import", "--data"])
        .arg(&data)
        .arg(&roster)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    (folder, data)
}

fn assert_names_nobody_else(what: &str, text: &str) {
    let text = text.to_lowercase();
    let found = text.find(PLANTED);
    let around = found.map(|at| &text[at.saturating_sub(80)..at]);
    assert_eq!(around, None, "{what}");
}

/// All answers of a page.
fn answers(page: &Page) -> Vec<(String, String)> {
    let dashboard = page.json("/api/dashboard");
    let mut paths: Vec<String> = ["/", "/healthz", "/api/dashboard", "/api/status"]
        .map(str::to_owned)
        .into();
    let pickers = dashboard["pickers"].as_array().unwrap().iter();
    for picker in pickers.filter(|picker| picker["kind"] != "dates") {
        let id = picker["id"].as_str().unwrap();
        paths.push(format!("/api/options/{id}"));
        paths.push(format!("/api/options/{id}?search={PLANTED}"));
    }
    let sheets = dashboard["sheets"].as_array().unwrap().iter();
    for visual in sheets.flat_map(|sheet| sheet["visuals"].as_array().unwrap()) {
        if visual["kind"] != "text" {
            let id = visual["id"].as_str().unwrap();
            paths.push(format!("/api/visual/{id}.csv?user=u-{PLANTED}"));
            paths.push(format!("/api/visual/{id}"));
        }
    }
    let answers = paths.into_iter().map(|path| {
        let (status, body) = page.get(&path);
        // The address repeats what it was asked for only if it is wrong.
        assert!(matches!(status, 200 | 503), "{path}: {status} {body}");
        (path, body)
    });
    answers.collect()
}

#[test]
fn a_page_for_a_manager_has_the_team_and_nothing_else() {
    let (_folder, data) = data();
    let page = Page::open(&mut serve(
        &data,
        &["--port", "0", "--viewer", "ANN@example.com"],
    ));
    page.wait_until_read();
    let mut all = String::new();
    for (path, body) in answers(&page) {
        assert_names_nobody_else(&path, &body);
        all.push_str(&body);
    }
    assert!(all.contains("Ann") && all.contains("Bob") && all.contains("Payments"));
    // Windows end on the newest day of all.
    assert_eq!(page.json("/api/dashboard")["days"]["to"], "2026-09-30");
    assert_eq!(page.json("/api/status")["people"], Value::Null);
    assert_eq!(page.get("/api/people").0, 409);
    let (code, out, talk) = page.end("-TERM");
    assert_eq!(code, Some(0), "{talk}");
    assert!(talk.contains("note: the page shows 2 people"), "{talk}");
    assert_names_nobody_else("messages", &(out + &talk));
}

#[test]
fn all_others_see_themselves_and_an_administrator_everybody() {
    let (folder, data) = data();
    let users = |viewer: &str| {
        let out = folder.path().join("figures");
        let output = kiro_analytics()
            .current_dir(folder.path())
            .args([
                "report", "--format", "csv", "--sheet", "people", "--viewer", viewer, "--out",
            ])
            .arg(&out)
            .arg("--data")
            .arg(&data)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
        let table = fs::read_to_string(out.join("people/p-all-users.csv")).unwrap();
        table.lines().count() - 1
    };
    assert_eq!(users("bob@example.com"), 1);
    assert_eq!(users("u-ann"), 2);
    // Boss manages Ann, and so sees her team.
    fs::write(
        folder.path().join("kiro-analytics.toml"),
        "viewer_admins = [\"Bob@example.com\"]\n",
    )
    .unwrap();
    assert_eq!(users("bob@example.com"), 4);
    let all = query(&data, "SELECT COUNT(*) AS users FROM user_dim");
    assert_eq!(all[0]["users"], 4);
}

#[test]
fn a_report_of_a_team_has_nothing_of_others() {
    let (folder, data) = data();
    let out = folder.path().join("figures");
    let report = |words: &[&str], out: &Path| {
        kiro_analytics()
            .arg("report")
            .args(words)
            .arg("--out")
            .arg(out)
            .arg("--data")
            .arg(&data)
            .output()
            .unwrap()
    };
    let output = report(&["--format", "csv", "--team", "payments"], &out);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_names_nobody_else("messages", &text(&output.stderr));
    let mut files = 0;
    for sheet in fs::read_dir(&out).unwrap() {
        for file in fs::read_dir(sheet.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            let content = fs::read_to_string(&path).unwrap();
            assert_names_nobody_else(&path.display().to_string(), &content);
            files += 1;
        }
    }
    assert!(files > 30, "{files}");
    for (words, cause) in [
        (["--team", "planted"], "no person is in this team"),
        (
            ["--viewer", "nobody@example.com"],
            "neither the identity map nor the data has a person",
        ),
    ] {
        let refused = report(&words, &folder.path().join("report.html"));
        assert_eq!(refused.status.code(), Some(2));
        let message = text(&refused.stderr);
        assert!(message.contains(cause), "{message}");
        assert_names_nobody_else("messages", &message);
    }
    let mut command = serve(&data, &["--team", "Payments", "--port", "0"]);
    let refused = command.arg(folder.path().join("exports")).output().unwrap();
    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused.stderr).contains("reads no exports"));
}
