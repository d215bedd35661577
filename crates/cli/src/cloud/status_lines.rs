//! A deployment's status as lines of text: a label and a value.

use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};
use kiro_deploy::status::{DataSetStatus, ReportsStatus, Status};

use crate::cloud::relative_time::ago;
use crate::format::{count, counted, duration, size};

/// A label, empty if the line continues the one before, and the text.
pub(crate) type Line = (&'static str, String);

/// All lines, problems last.
pub(crate) fn lines(status: &Status, now: DateTime<Utc>) -> Vec<Line> {
    let mut lines = of_stacks(status, now);
    lines.extend(of_runs(status, now));
    lines.extend(of_quicksight(status, now));
    lines.extend(of_chain(status, now));
    let mut costs = status.costs.iter().map(String::as_str);
    lines.extend(costs.next().map(|cost| ("costs", cost.to_owned())));
    lines.extend(costs.map(|cost| ("", cost.to_owned())));
    lines.push(("", String::new()));
    for problem in &status.problems {
        lines.push(("problem", problem.what.clone()));
        lines.push(("  to do", problem.hint.clone()));
    }
    if status.problems.is_empty() {
        lines.push(("all is well", String::new()));
    }
    lines
}

fn of_stacks(status: &Status, now: DateTime<Utc>) -> Vec<Line> {
    let Status {
        prefix,
        region,
        account,
        version,
        ..
    } = status;
    let deployed = status
        .stacks
        .first()
        .map_or("", |stack| stack.version.as_str());
    let versions = match deployed {
        "" => format!("{version} here, none deployed"),
        deployed if deployed == version => format!("{version}, deployed and here"),
        deployed => format!(
            "{deployed} deployed, {version} here: `kiro-analytics deploy` brings it to this one"
        ),
    };
    let mut lines = vec![
        (
            "deployment",
            format!("`{prefix}` in {region}, account {account}"),
        ),
        ("version", versions),
    ];
    for stack in &status.stacks {
        let updated = ago(&stack.updated, now);
        lines.push((
            "stack",
            format!("{}  {}  {updated}", stack.name, stack.status),
        ));
    }
    if let Some(schedule) = &status.schedule {
        let state = schedule.state.to_lowercase();
        lines.push((
            "schedule",
            format!("{} {}, {state}", schedule.expression, schedule.time_zone),
        ));
    }
    if !status.alarms.is_empty() {
        let on = status.alarms.iter().filter(|alarm| alarm.state == "ALARM");
        let on: Vec<&str> = on.map(|alarm| alarm.name.as_str()).collect();
        let told = match on.as_slice() {
            [] => "none on".to_owned(),
            on => format!("on: {}", on.join(", ")),
        };
        lines.push(("alarms", format!("{told} (of {})", status.alarms.len())));
    }
    lines
}

fn of_runs(status: &Status, now: DateTime<Utc>) -> Vec<Line> {
    let mut lines = Vec::new();
    match &status.normalization {
        None => lines.push(("last run", "none in the log".to_owned())),
        Some(run) => {
            lines.push((
                "last run",
                format!(
                    "{} ({}), {}: {} read, {} unchanged, {} failed",
                    ago(&run.ended, now),
                    run.ended,
                    duration(Duration::from_millis(run.milliseconds)),
                    counted(run.files_processed, "export"),
                    count(run.files_skipped),
                    count(run.files_failed)
                ),
            ));
            if run.files_remaining > 0 {
                let left = counted(run.files_remaining, "export");
                lines.push(("", format!("{left} left for the next run")));
            }
        }
    }
    lines.push(("newest day", newest(status, now)));
    if let Some(names) = &status.names {
        lines.push((
            "names",
            format!(
                "{} of {} users, {}, in s3://{}/identity-map/",
                count(names.named),
                count(names.users),
                ago(&names.made, now),
                names.bucket
            ),
        ));
    }
    if let Some(reports) = &status.reports {
        lines.extend(of_reports(reports));
    }
    if let Some(parts) = &status.parts {
        let least = if parts.is_cut { "at least " } else { "" };
        let since = parts.first_export_day.as_deref();
        let since = since.map_or_else(String::new, |day| format!(", exports since {day}"));
        lines.push((
            "parts",
            format!(
                "{least}{}, {}{since}, in s3://{}/normalized/",
                counted(parts.parts, "part"),
                size(parts.bytes),
                parts.bucket
            ),
        ));
    }
    lines
}

fn of_reports(reports: &ReportsStatus) -> Vec<Line> {
    let schedules = reports.schedules.iter().enumerate();
    let lines = schedules.map(|(index, schedule)| {
        let label = if index == 0 { "reports" } else { "" };
        let newest = schedule.newest_period.as_deref().unwrap_or("none yet");
        let next = schedule.next.as_deref().unwrap_or("not scheduled");
        let place = &reports.location;
        (
            label,
            format!("{}: {newest}, next {next}, in {place}", schedule.kind),
        )
    });
    lines.collect()
}

fn newest(status: &Status, now: DateTime<Utc>) -> String {
    let Some(day) = &status.newest_day else {
        return "none".to_owned();
    };
    match day.parse::<NaiveDate>() {
        Ok(date) => match (now.date_naive() - date).num_days() {
            ..=0 => format!("{day} (today)"),
            1 => format!("{day} (yesterday)"),
            days => format!("{day} ({days} days ago)"),
        },
        Err(_) => day.clone(),
    }
}

fn of_quicksight(status: &Status, now: DateTime<Utc>) -> Vec<Line> {
    let mut lines = Vec::new();
    let names = status.data_sets.iter().map(|data_set| data_set.view.len());
    let width = names.max().unwrap_or(0);
    for (index, data_set) in status.data_sets.iter().enumerate() {
        let label = if index == 0 { "datasets" } else { "" };
        let told = imported(data_set, now);
        lines.push((label, format!("{:<width$}  {told}", data_set.view)));
    }
    if let Some(dashboard) = &status.dashboard {
        let version = dashboard.version.as_deref().unwrap_or("unknown");
        let published = ago(&dashboard.published, now);
        lines.push(("dashboard", dashboard.address.clone()));
        lines.push((
            "",
            format!(
                "{}, version {version}, published {published}",
                dashboard.name
            ),
        ));
    }
    lines
}

/// The steps from the exports to the dashboard, each compared with the ones before it.
fn of_chain(status: &Status, now: DateTime<Utc>) -> Vec<Line> {
    let steps = status.chain.iter().enumerate();
    let lines = steps.map(|(place, step)| {
        let label = if place == 0 { "chain" } else { "" };
        let when = step
            .at
            .as_deref()
            .map_or_else(String::new, |at| ago(at, now));
        let order = match step.is_newer {
            Some(true) => "newer than the steps before",
            Some(false) => "older than the steps before",
            None => "",
        };
        let parts = [when.as_str(), order, step.note.as_str()];
        let told: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        (label, format!("{:<10}  {}", step.name, told.join(", ")))
    });
    lines.collect()
}

fn imported(data_set: &DataSetStatus, now: DateTime<Utc>) -> String {
    let Some(last) = &data_set.last else {
        return "never imported".to_owned();
    };
    let rows = last.rows.map(|rows| counted(rows, "row"));
    let began = last.began.and_then(moment).map(|began| ago(&began, now));
    [Some(last.status.to_lowercase()), rows, began]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(", ")
}

/// Seconds since 1970 as RFC 3339 has them.
#[expect(
    clippy::cast_possible_truncation,
    reason = "whole seconds are what is wanted, and times lie far within"
)]
fn moment(seconds: f64) -> Option<String> {
    let time = DateTime::from_timestamp(seconds as i64, 0)?;
    Some(time.to_rfc3339())
}

#[cfg(test)]
mod tests {
    use kiro_deploy::status::{AlarmStatus, ChainStep, Parts};

    use super::*;

    #[test]
    fn a_status_reads_as_a_page() {
        let alarm = |name: &str, state: &str| AlarmStatus {
            name: name.to_owned(),
            state: state.to_owned(),
            meaning: String::new(),
        };
        let status = Status {
            prefix: "kiro".to_owned(),
            region: "eu-central-1".to_owned(),
            account: "123456789012".to_owned(),
            version: "0.2.0".to_owned(),
            newest_day: Some("2026-07-10".to_owned()),
            alarms: vec![alarm("FailedAlarm", "ALARM"), alarm("NotRunAlarm", "OK")],
            parts: Some(Parts {
                bucket: "b".to_owned(),
                parts: 1_200,
                bytes: 3_000_000,
                is_cut: true,
                ..Parts::default()
            }),
            data_sets: vec![DataSetStatus {
                rules: None,
                view: "user_totals".to_owned(),
                id: "kiro-user-totals".to_owned(),
                last: None,
            }],
            chain: vec![
                ChainStep {
                    name: "exports",
                    at: Some("2026-07-11T02:15:00Z".to_owned()),
                    is_newer: None,
                    note: "newest day 2026-07-10".to_owned(),
                },
                ChainStep {
                    name: "normalizer",
                    at: Some("2026-07-10T03:15:00Z".to_owned()),
                    is_newer: Some(false),
                    note: "nothing new".to_owned(),
                },
            ],
            costs: vec!["parts: little".to_owned(), "alarms: little".to_owned()],
            ..Status::default()
        };
        let now = "2026-07-11T03:15:00Z".parse().unwrap();
        let told: Vec<String> = lines(&status, now)
            .into_iter()
            .map(|(label, text)| format!("{label}|{text}"))
            .collect();
        let expected = [
            "deployment|`kiro` in eu-central-1, account 123456789012",
            "version|0.2.0 here, none deployed",
            "alarms|on: FailedAlarm (of 2)",
            "last run|none in the log",
            "newest day|2026-07-10 (yesterday)",
            "parts|at least 1,200 parts, 3.0 MB, in s3://b/normalized/",
            "datasets|user_totals  never imported",
            "chain|exports     1 hour ago, newest day 2026-07-10",
            "|normalizer  24 hours ago, older than the steps before, nothing new",
            "costs|parts: little",
            "|alarms: little",
            "|",
            "all is well|",
        ];
        assert_eq!(told, expected);
    }
}
