//! The chain from exports to the dashboard: when each step was done, and whether after the step before it.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use super::Status;
use super::problem::StatusProblem;
use super::quicksight::DataSetStatus;
use crate::export_arrival::ExportArrival;
use crate::runs::{Run, shown};
use crate::step::ErrorCategory;

/// One step of the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChainStep {
    /// `exports`, `normalizer`, `names` or `imports`
    pub name: &'static str,
    /// RFC 3339; none if the time is unknown, or if it was never done.
    pub at: Option<String>,
    /// Whether everything of this step is newer than the steps before it; none if a time is unknown.
    pub is_newer: Option<bool>,
    pub note: String,
}

/// What the chain is made of.
pub(super) struct ChainInput<'a> {
    pub(super) arrival: &'a ExportArrival,
    /// The last run that has read something.
    pub(super) last_reading_run: Option<&'a Run>,
}

/// The steps that the deployment has.
pub(super) fn chain(status: &Status, input: &ChainInput<'_>) -> Vec<ChainStep> {
    let read_at = input.last_reading_run.and_then(|run| time(&run.ended));
    let mut steps = vec![exports(status, input), normalizer(status, input)];
    let names_at = status.names.as_ref().and_then(|names| time(&names.made));
    if let Some(names) = &status.names {
        steps.push(ChainStep {
            name: "names",
            at: Some(names.made.clone()),
            is_newer: is_after(names_at, read_at),
            note: format!("{} of {} users have a name", names.named, names.users),
        });
    }
    if !status.data_sets.is_empty() {
        steps.push(imports(&status.data_sets, read_at.max(names_at)));
    }
    steps
}

fn exports(status: &Status, input: &ChainInput<'_>) -> ChainStep {
    let day = status.newest_day.as_deref();
    let note = match input.arrival {
        ExportArrival::Unknown(why) => format!("the time of the newest is unknown: {why}"),
        ExportArrival::None => "there are none".to_owned(),
        ExportArrival::At(_) => day.map_or_else(String::new, |day| format!("newest day {day}")),
    };
    ChainStep {
        name: "exports",
        at: input.arrival.time().map(shown),
        is_newer: None,
        note,
    }
}

fn normalizer(status: &Status, input: &ChainInput<'_>) -> ChainStep {
    let last = status.normalization.as_ref();
    let ended = last.and_then(|run| time(&run.ended));
    let note = match (last, input.last_reading_run) {
        (Some(run), _) if run.files_processed > 0 => {
            format!("{} exports read", run.files_processed)
        }
        (Some(_), Some(reading)) => {
            format!(
                "nothing new, {} exports read at {}",
                reading.files_processed, reading.ended
            )
        }
        (Some(_), None) => "nothing new".to_owned(),
        (None, _) => "no run in the log".to_owned(),
    };
    ChainStep {
        name: "normalizer",
        at: last.map(|run| run.ended.clone()),
        is_newer: is_after(ended, input.arrival.time()),
        note,
    }
}

/// The imports, compared with the newest of what they are read from. A failed import has brought nothing.
fn imports(data_sets: &[DataSetStatus], changed_at: Option<DateTime<Utc>>) -> ChainStep {
    let began: Vec<Option<DateTime<Utc>>> = data_sets.iter().map(began).collect();
    let oldest = began.iter().min().copied().flatten();
    let newer = began
        .iter()
        .filter(|began| is_after(**began, changed_at) == Some(true))
        .count();
    let all = data_sets.len();
    let note = match changed_at {
        Some(_) => format!("{newer} of {all} datasets"),
        None => format!("{all} datasets"),
    };
    ChainStep {
        name: "imports",
        at: oldest.map(shown),
        is_newer: changed_at.map(|_| newer == all),
        note,
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "whole seconds are compared, and times are far within the range"
)]
fn began(data_set: &DataSetStatus) -> Option<DateTime<Utc>> {
    let last = data_set.last.as_ref();
    let last = last.filter(|last| !matches!(last.status.as_str(), "FAILED" | "CANCELLED"))?;
    DateTime::from_timestamp(last.began? as i64, 0)
}

fn is_after(at: Option<DateTime<Utc>>, before: Option<DateTime<Utc>>) -> Option<bool> {
    Some(at? >= before?)
}

fn time(text: &str) -> Option<DateTime<Utc>> {
    let time = DateTime::parse_from_rfc3339(text).ok()?;
    Some(time.with_timezone(&Utc))
}

/// The steps that are late: what they follow is older than so many hours.
pub(super) fn problems(
    steps: &[ChainStep],
    input: &ChainInput<'_>,
    hours: u64,
    now: DateTime<Utc>,
) -> Vec<StatusProblem> {
    let allowed = TimeDelta::hours(i64::try_from(hours).unwrap_or(i64::MAX / 3_600_000));
    let is_late = |name: &str, since: Option<DateTime<Utc>>| {
        let step = steps.iter().find(|step| step.name == name);
        let is_older = step.is_some_and(|step| step.is_newer == Some(false));
        is_older && since.is_some_and(|since| now - since > allowed)
    };
    let mut problems = Vec::new();
    if is_late("normalizer", input.arrival.time()) {
        problems.push(StatusProblem::new(
            ErrorCategory::Data,
            format!("the normalizer has not run since the newest export arrived, more than {hours} hours ago"),
            "`kiro-analytics refresh` runs it now; also check the schedule",
        ));
    }
    let read_at = input.last_reading_run.and_then(|run| time(&run.ended));
    if is_late("imports", read_at) {
        problems.push(StatusProblem::new(
            ErrorCategory::Data,
            format!("datasets have not been imported since the normalizer has read exports, more than {hours} hours ago"),
            "`kiro-analytics refresh --only import` imports them now; `kiro-analytics deploy` corrects what starts the imports",
        ));
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::{ChainInput, chain, problems};
    use crate::export_arrival::ExportArrival;
    use crate::ingestion::Ingestion;
    use crate::runs::Run;
    use crate::status::{DataSetStatus, Status};
    use crate::steps::MapObject;

    fn run(ended: &str, files_processed: u64) -> Run {
        Run {
            ended: ended.to_owned(),
            files_processed,
            ..Run::default()
        }
    }

    fn data_set(began: &str, status: &str) -> DataSetStatus {
        let began: chrono::DateTime<chrono::Utc> = began.parse().unwrap();
        let seconds = i32::try_from(began.timestamp() - 1_783_000_000).unwrap();
        DataSetStatus {
            view: "user_totals".to_owned(),
            id: "kiro-user-totals".to_owned(),
            last: Some(Ingestion {
                status: status.to_owned(),
                began: Some(1_783_000_000.0 + f64::from(seconds)),
                ..Ingestion::default()
            }),
            rules: None,
        }
    }

    fn told(status: &Status, arrival: &ExportArrival, reading: Option<&Run>) -> Vec<String> {
        let input = ChainInput {
            arrival,
            last_reading_run: reading,
        };
        let steps = chain(status, &input).into_iter();
        steps
            .map(|step| {
                format!(
                    "{} {} {:?}: {}",
                    step.name,
                    step.at.unwrap_or_default(),
                    step.is_newer,
                    step.note
                )
            })
            .collect()
    }

    #[test]
    fn each_step_is_compared_with_what_it_is_read_from() {
        let reading = run("2026-07-11T03:15:04Z", 2);
        let status = Status {
            normalization: Some(run("2026-07-11T09:15:02Z", 0)),
            newest_day: Some("2026-07-10".to_owned()),
            names: Some(MapObject {
                bucket: "b".to_owned(),
                made: "2026-07-11T03:30:00Z".to_owned(),
                rows: 9,
                users: 8,
                named: 7,
                rules: 0,
            }),
            data_sets: vec![
                data_set("2026-07-11T03:15:06Z", "COMPLETED"),
                data_set("2026-07-11T04:00:00Z", "RUNNING"),
                data_set("2026-07-11T04:00:00Z", "FAILED"),
            ],
            ..Status::default()
        };
        let arrival = ExportArrival::At("2026-07-11T02:03:00Z".parse().unwrap());
        assert_eq!(
            told(&status, &arrival, Some(&reading)),
            [
                "exports 2026-07-11T02:03:00Z None: newest day 2026-07-10",
                "normalizer 2026-07-11T09:15:02Z Some(true): nothing new, 2 exports read at 2026-07-11T03:15:04Z",
                "names 2026-07-11T03:30:00Z Some(true): 7 of 8 users have a name",
                // The first began before the names, the last has failed.
                "imports  Some(false): 1 of 3 datasets",
            ]
        );
    }

    #[test]
    fn a_step_is_late_when_what_it_follows_is_older_than_a_day() {
        let reading = run("2026-07-11T03:15:04Z", 2);
        let status = Status {
            normalization: Some(run("2026-07-11T03:15:04Z", 2)),
            data_sets: vec![data_set("2026-07-10T04:00:00Z", "COMPLETED")],
            ..Status::default()
        };
        let late = |arrived: &str, now: &str| {
            let input = ChainInput {
                arrival: &ExportArrival::At(arrived.parse().unwrap()),
                last_reading_run: Some(&reading),
            };
            let steps = chain(&status, &input);
            let problems = problems(&steps, &input, 26, now.parse().unwrap());
            problems
                .into_iter()
                .map(|problem| problem.what)
                .collect::<Vec<_>>()
        };
        let before = "2026-07-11T02:03:00Z";
        assert_eq!(late(before, "2026-07-12T05:00:00Z"), [""; 0]);
        let found = late(before, "2026-07-12T06:00:00Z");
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with("datasets have not been imported"));
        let found = late("2026-07-12T02:03:00Z", "2026-07-13T06:00:00Z");
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].contains("since the newest export arrived, more than 26 hours ago"));
    }

    #[test]
    fn unknown_times_are_not_compared() {
        let status = Status {
            data_sets: vec![data_set("2026-07-11T04:00:00Z", "COMPLETED")],
            ..Status::default()
        };
        let arrival = ExportArrival::Unknown("access denied".to_owned());
        assert_eq!(
            told(&status, &arrival, None),
            [
                "exports  None: the time of the newest is unknown: access denied",
                "normalizer  None: no run in the log",
                "imports 2026-07-11T04:00:00Z None: 1 datasets",
            ]
        );
    }
}
