//! The main totals of a whole demo fleet, computed a second way: straight from the CSV text with a reader and a hash map,
//! sharing no code with the product.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use crate::support::{kiro_analytics, query, text};
use kiro_datagen::{FleetOptions, write_fleet};

/// A day, a user, a client (empty in the legacy report), an account.
type Key = (String, String, String, String);

#[derive(Debug, Clone, Default)]
struct Row {
    /// The digits of the file's name, then the line: the larger wins.
    newness: (String, u64),
    credits: f64,
    messages: u64,
    models: BTreeMap<String, u64>,
    suggestions: u64,
    lines: u64,
}

#[derive(Debug, Default)]
struct Truth {
    facts: HashMap<Key, Row>,
    code: HashMap<Key, Row>,
}

fn csv_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            csv_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "csv") {
            found.push(path);
        }
    }
}

fn plain_id(cell: &str) -> String {
    let bare = cell.trim().trim_matches('"');
    match bare
        .strip_prefix("d-")
        .and_then(|rest| rest.split_once('.'))
    {
        Some((_, id)) => id.to_lowercase(),
        None => bare.to_lowercase(),
    }
}

fn read(root: &Path, broken: &[String]) -> Truth {
    let mut truth = Truth::default();
    let mut files = Vec::new();
    csv_files(root, &mut files);
    for path in files {
        let key = path
            .strip_prefix(root)
            .unwrap()
            .to_str()
            .unwrap()
            .replace('\\', "/");
        if broken.contains(&key) {
            continue;
        }
        let account = key.split('/').nth(1).unwrap().to_owned();
        let is_legacy = key.contains("by_user_analytic");
        let name = key.rsplit('/').next().unwrap();
        let after = name
            .split(if is_legacy {
                "_by_user_analytic_"
            } else {
                "_user_report_"
            })
            .nth(1)
            .unwrap();
        let stamp = after.get(..12).unwrap().to_owned();
        let bytes = std::fs::read(&path).unwrap();
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
        let mut reader = csv::Reader::from_reader(bytes);
        let header: Vec<String> = reader
            .headers()
            .unwrap()
            .iter()
            .map(str::to_lowercase)
            .collect();
        for (line, record) in (0_u64..).zip(reader.records()) {
            let record = record.unwrap();
            let cells: HashMap<&str, &str> = header
                .iter()
                .map(String::as_str)
                .zip(record.iter())
                .collect();
            let number = |name: &str| {
                cells
                    .get(name)
                    .map_or(0, |cell| cell.parse::<u64>().unwrap())
            };
            let mut row = Row {
                newness: (stamp.clone(), line),
                ..Row::default()
            };
            let id = plain_id(cells["userid"]);
            if is_legacy {
                let [month, day, year] = cells["date"]
                    .split('-')
                    .collect::<Vec<_>>()
                    .try_into()
                    .unwrap();
                row.suggestions = number("inline_suggestionscount");
                row.lines = number("chat_aicodelines") + number("inlinechat_acceptedlineadditions");
                keep(
                    &mut truth.code,
                    (
                        format!("{year}-{month}-{day}"),
                        id,
                        String::new(),
                        account.clone(),
                    ),
                    row,
                );
            } else {
                row.credits = cells["credits_used"].parse().unwrap();
                row.messages = number("total_messages");
                for column in &header {
                    if let Some(model) = column
                        .strip_suffix("_messages")
                        .filter(|model| *model != "total")
                    {
                        let count = number(column);
                        if count > 0 {
                            row.models.insert(model.to_owned(), count);
                        }
                    }
                }
                let day = cells["date"].to_owned();
                keep(
                    &mut truth.facts,
                    (day, id, cells["client_type"].to_owned(), account.clone()),
                    row,
                );
            }
        }
    }
    truth
}

fn keep(rows: &mut HashMap<Key, Row>, key: Key, row: Row) {
    let newest = rows.entry(key).or_insert_with(|| row.clone());
    if row.newness > newest.newness {
        *newest = row;
    }
}

fn close(left: f64, right: f64) -> bool {
    (left - right).abs() <= 1e-9 * left.abs().max(right.abs()).max(1.0)
}

#[test]
fn views_agree_with_a_plain_count_over_the_csv_files() {
    let folder = tempfile::tempdir().unwrap();
    let (exports, data) = (folder.path().join("exports"), folder.path().join("data"));
    let fleet = write_fleet(
        &FleetOptions::new(120, 90, 42, crate::support::last_day()),
        &exports,
        &|_| {},
    )
    .unwrap();
    let output = kiro_analytics()
        .args(["normalize", "--output", "json"])
        .arg(&exports)
        .arg(&data)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    let summary: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(summary["files_seen"], fleet.files);
    assert_eq!(summary["files_failed"], 1);
    assert_eq!(summary["files_ignored"], fleet.foreign_files);
    assert_eq!(summary["fact_rows"], fleet.rows);
    assert_eq!(summary["code_rows"], fleet.code_rows);
    assert_eq!(summary["rejected_rows"], 0);

    let truth = read(&exports, &fleet.broken_files);
    whole_fleet(&data, &truth);
    per_day(&data, &truth);
    per_model(&data, &truth);
    per_user(&data, &truth);
    code(&data, &truth);
}

fn whole_fleet(data: &Path, truth: &Truth) {
    let rows = query(
        data,
        "SELECT COUNT(*) AS row_count, COUNT(DISTINCT user_id) AS users, SUM(total_messages) AS messages,
            SUM(credits_used) AS credits FROM base_user_activity",
    );
    assert_eq!(rows[0]["row_count"], truth.facts.len());
    let users: BTreeSet<&String> = truth.facts.keys().map(|key| &key.1).collect();
    assert_eq!(rows[0]["users"], users.len());
    assert_eq!(
        rows[0]["messages"],
        truth.facts.values().map(|row| row.messages).sum::<u64>()
    );
    let credits: f64 = truth.facts.values().map(|row| row.credits).sum();
    assert!(
        close(rows[0]["credits"].as_f64().unwrap(), credits),
        "{} {credits}",
        rows[0]["credits"]
    );
}

fn per_day(data: &Path, truth: &Truth) {
    let mut days: BTreeMap<&String, (BTreeSet<&String>, u64)> = BTreeMap::new();
    for (key, row) in &truth.facts {
        let day = days.entry(&key.0).or_default();
        day.0.insert(&key.1);
        day.1 += row.messages;
    }
    let rows = query(
        data,
        "SELECT activity_date, active_users, total_messages FROM daily_users WHERE active_users > 0
         ORDER BY activity_date",
    );
    assert_eq!(rows.len(), days.len());
    for (row, (day, (users, messages))) in rows.iter().zip(&days) {
        assert_eq!(row["activity_date"], day.as_str());
        assert_eq!(row["active_users"], users.len(), "{day}");
        assert_eq!(row["total_messages"], *messages, "{day}");
    }
}

fn per_model(data: &Path, truth: &Truth) {
    let mut models: BTreeMap<&String, u64> = BTreeMap::new();
    for (model, messages) in truth.facts.values().flat_map(|row| &row.models) {
        *models.entry(model).or_default() += messages;
    }
    let rows = query(
        data,
        "SELECT model_name, SUM(messages) AS messages FROM model_usage GROUP BY model_name ORDER BY model_name",
    );
    assert_eq!(rows.len(), models.len());
    for (row, (model, messages)) in rows.iter().zip(&models) {
        assert_eq!(
            (
                row["model_name"].as_str().unwrap(),
                row["messages"].as_u64().unwrap()
            ),
            (model.as_str(), *messages)
        );
    }
}

fn per_user(data: &Path, truth: &Truth) {
    let mut users: BTreeMap<&String, (f64, u64, BTreeSet<&String>)> = BTreeMap::new();
    for (key, row) in &truth.facts {
        let user = users.entry(&key.1).or_default();
        user.0 += row.credits;
        user.1 += row.messages;
        user.2.insert(&key.0);
    }
    let rows = query(
        data,
        "SELECT user_id, credits_used, total_messages, active_days, first_active_date, last_active_date
         FROM user_totals WHERE active_days > 0 ORDER BY user_id",
    );
    assert_eq!(rows.len(), users.len());
    for (row, (user, (credits, messages, days))) in rows.iter().zip(&users) {
        assert_eq!(row["user_id"], user.as_str());
        assert!(
            close(row["credits_used"].as_f64().unwrap(), *credits),
            "{user}"
        );
        assert_eq!(row["total_messages"], *messages, "{user}");
        assert_eq!(row["active_days"], days.len(), "{user}");
        assert_eq!(
            row["first_active_date"].as_str(),
            days.first().map(|day| day.as_str()),
            "{user}"
        );
        assert_eq!(
            row["last_active_date"].as_str(),
            days.last().map(|day| day.as_str()),
            "{user}"
        );
    }
}

fn code(data: &Path, truth: &Truth) {
    let rows = query(
        data,
        "SELECT COUNT(*) AS row_count, SUM(inline_suggestionscount) AS suggestions,
            SUM(COALESCE(chat_aicodelines, 0)) + SUM(COALESCE(inlinechat_acceptedlineadditions, 0)) AS line_count
         FROM report_code",
    );
    assert_eq!(rows[0]["row_count"], truth.code.len());
    assert_eq!(
        rows[0]["suggestions"],
        truth.code.values().map(|row| row.suggestions).sum::<u64>()
    );
    assert_eq!(
        rows[0]["line_count"],
        truth.code.values().map(|row| row.lines).sum::<u64>()
    );
}
