//! What schedules mean that are in no wrong order: several runs a day, short distances, and no fixed times.

use kiro_config::Config;

use super::order::{KIRO_WRITES_AT, MAX_RUN_MINUTES, listed};
use super::run_times::{RunTimes, clock, minutes_until, of_clock};
use crate::follow_up::MAX_IMPORTS_A_DAY;

/// The times of the chain in one sentence.
pub(crate) fn chain(settings: &Config) -> String {
    let zone = &settings.time_zone;
    let mut steps = vec![format!(
        "Kiro writes at about {} UTC",
        clock(KIRO_WRITES_AT)
    )];
    steps.push(if settings.scheduled {
        format!("exports are read {}", when(&settings.schedule, zone))
    } else {
        "exports are read by no schedule".to_owned()
    });
    if settings.read_on_arrival {
        steps.push("each export is read when it arrives".to_owned());
    }
    if settings.identity_mapping && settings.scheduled {
        let schedule = when(&settings.identity_schedule, zone);
        steps.push(format!("names are mapped {schedule}"));
    }
    if settings.quicksight {
        steps.push("imports follow each run that has read something new".to_owned());
        steps.push(format!(
            "and all data are imported at {} {zone}",
            settings.refresh_at
        ));
    }
    steps.join(", ")
}

fn when(expression: &str, zone: &str) -> String {
    match RunTimes::of(expression) {
        Some(RunTimes::Daily(times)) => format!("at {} {zone}", listed(&times)),
        Some(RunTimes::SomeDays | RunTimes::Interval(_)) | None => {
            format!("by `{expression}` {zone}")
        }
    }
}

/// Remarks with what to do about each.
pub(crate) fn remarks(settings: &Config) -> Vec<(String, String)> {
    if !settings.scheduled {
        return Vec::new();
    }
    let mut remarks = Vec::new();
    if let Some(times) = RunTimes::of(&settings.schedule) {
        remarks.extend(of_reads(settings, &times));
    }
    remarks.extend(short_time_for_names(settings));
    remarks
}

fn of_reads(settings: &Config, times: &RunTimes) -> Vec<(String, String)> {
    let schedule = &settings.schedule;
    let refresh_at = &settings.refresh_at;
    let mut remarks = Vec::new();
    if settings.quicksight {
        match times {
            RunTimes::Interval(_) => remarks.push((
                format!(
                    "`schedule` is `{schedule}`, which has no fixed time: the import at {refresh_at} may come before a run, and then shows its data a day later if that run starts no imports itself"
                ),
                "a `cron(…)` has a fixed time: `--set \"schedule=cron(15 3 * * ? *)\"`".to_owned(),
            )),
            RunTimes::SomeDays => remarks.push((
                format!(
                    "`schedule` is `{schedule}`, which does not run every day: on other days the import at {refresh_at} reads nothing new"
                ),
                "`missed_after_hours` must be longer than the longest pause between two runs".to_owned(),
            )),
            RunTimes::Daily(times) if times.len() > 1 => remarks.push((
                format!(
                    "`schedule` reads exports {} times a day, at {}, and Kiro writes them once, at about {} UTC: imports follow the run that has read something new, the one at {refresh_at} is the safety net",
                    times.len(),
                    listed(times),
                    clock(KIRO_WRITES_AT)
                ),
                "one run a day is enough unless exports come late".to_owned(),
            )),
            RunTimes::Daily(_) => {}
        }
        if times.runs_a_day() > MAX_IMPORTS_A_DAY {
            remarks.push((
                format!(
                    "`schedule` runs {} times a day, and at most {MAX_IMPORTS_A_DAY} imports of a dataset follow runs within 24 hours: Quick Sight allows 32 in all",
                    times.runs_a_day()
                ),
                "the import at `refresh_at` brings what the skipped ones would have brought".to_owned(),
            ));
        }
    }
    if let Some(distance) = times.shortest_distance()
        && distance < MAX_RUN_MINUTES
    {
        remarks.push((
            format!(
                "`schedule` runs again after {distance} minutes, and a run takes up to {MAX_RUN_MINUTES}: two may run at once, which is safe, and lists all exports twice"
            ),
            format!("leave {MAX_RUN_MINUTES} minutes between two runs"),
        ));
    }
    remarks
}

/// Names that may not be ready when the data are imported.
fn short_time_for_names(settings: &Config) -> Option<(String, String)> {
    if !settings.identity_mapping || !settings.quicksight {
        return None;
    }
    let refresh_at = of_clock(&settings.refresh_at)?;
    let maps = RunTimes::daily(&settings.identity_schedule);
    let distances = maps
        .iter()
        .map(|map| (minutes_until(*map, refresh_at), map));
    let (distance, mapped_at) = distances.min()?;
    (distance < MAX_RUN_MINUTES).then(|| {
        (
            format!(
                "`identity_schedule` maps names at {}, {distance} minutes before `refresh_at` imports them, and a run takes up to {MAX_RUN_MINUTES}: names of new users may be a day late",
                clock(*mapped_at)
            ),
            format!("leave {MAX_RUN_MINUTES} minutes between them"),
        )
    })
}

#[cfg(test)]
mod tests {
    use kiro_config::{Config, Flag, Layers};

    use super::{chain, remarks};

    fn settings(said: &[(&str, &str)]) -> Config {
        let flags = said.iter().map(|(key, value)| Flag::set(key, value));
        let layers = Layers::of_flags(flags.collect());
        layers.resolve(None).unwrap().settings
    }

    #[test]
    fn the_defaults_need_no_remark() {
        assert_eq!(remarks(&settings(&[])), []);
        let named = settings(&[("identity_mapping", "true")]);
        assert_eq!(remarks(&named), []);
        assert_eq!(
            chain(&named),
            "Kiro writes at about 02:00 UTC, exports are read at 03:15 UTC, names are mapped at 03:30 UTC, imports follow each run that has read something new, and all data are imported at 04:00 UTC"
        );
    }

    #[test]
    fn schedules_are_explained_that_run_more_often_or_without_a_fixed_time() {
        for (schedule, expected) in [
            (
                "cron(15 3,9,15 * * ? *)",
                vec!["reads exports 3 times a day, at 03:15, 09:15, 15:15"],
            ),
            ("cron(15 3 ? * MON-FRI *)", vec!["does not run every day"]),
            ("rate(6 hours)", vec!["has no fixed time"]),
            (
                "cron(0/10 * * * ? *)",
                vec![
                    "144 times a day",
                    "runs 144 times a day, and at most 24 imports",
                    "runs again after 10 minutes",
                ],
            ),
        ] {
            let found = remarks(&settings(&[("schedule", schedule)]));
            let texts: Vec<&str> = found.iter().map(|(what, _)| what.as_str()).collect();
            assert_eq!(texts.len(), expected.len(), "{schedule}: {texts:?}");
            for (text, expected) in texts.iter().zip(expected) {
                assert!(text.contains(expected), "{schedule}: {text}");
            }
        }
        let local = settings(&[("schedule", "rate(6 hours)"), ("quicksight", "false")]);
        assert_eq!(remarks(&local), []);
        let off = settings(&[("schedule", "rate(5 minutes)"), ("scheduled", "false")]);
        assert_eq!(remarks(&off), []);
    }

    #[test]
    fn names_get_the_time_of_a_run_before_the_import() {
        let late = settings(&[
            ("identity_mapping", "true"),
            ("identity_schedule", "cron(50 3 * * ? *)"),
        ]);
        let found = remarks(&late);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(
            found[0].0.contains("10 minutes before `refresh_at`"),
            "{found:?}"
        );
    }
}
