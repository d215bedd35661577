//! The schedules of a deployment: their syntax in Amazon `EventBridge` Scheduler, and the order of write, read and refresh.
//!
//! Rules: <https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html>

use std::ops::RangeInclusive;

use chrono::{NaiveDate, Offset, TimeZone};
use chrono_tz::Tz;

use crate::settings::DeploymentSettings;

const MINUTES_PER_DAY: i32 = 24 * 60;
/// Time at which Kiro has written its exports: minutes after midnight, UTC.
const KIRO_WRITES_AT: i32 = 2 * 60;
/// Maximum duration of a run of the normalizer, in minutes.
const MAX_RUN_MINUTES: i32 = 15;
/// Maximum delay in minutes: anything later uses data of the day before.
const MAX_DELAY_MINUTES: i32 = 12 * 60;

const MONTHS: [&str; 12] = [
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
];
const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/// The problem of a schedule, as a message.
pub(crate) fn problem(expression: &str) -> Option<String> {
    let inside = |kind: &str| {
        let rest = expression.strip_prefix(kind)?.strip_prefix('(')?;
        rest.strip_suffix(')')
    };
    if let Some(rate) = inside("rate") {
        return rate_problem(rate);
    }
    match inside("cron") {
        Some(fields) => cron_problem(fields),
        None => Some(format!(
            "expected `cron(…)` or `rate(…)`, such as `cron(15 3 * * ? *)`, found `{expression}`"
        )),
    }
}

fn rate_problem(rate: &str) -> Option<String> {
    let parts: Vec<&str> = rate.split_whitespace().collect();
    let is_good = match parts.as_slice() {
        [number, unit] => {
            let unit = unit.strip_suffix('s').unwrap_or(unit);
            number.parse::<u32>().is_ok_and(|number| number > 0)
                && matches!(unit, "minute" | "hour" | "day")
        }
        _ => false,
    };
    (!is_good).then(|| {
        format!("expected a number and minutes, hours or days, such as `rate(1 day)`, found `rate({rate})`")
    })
}

fn cron_problem(text: &str) -> Option<String> {
    let fields: Vec<&str> = text.split_whitespace().collect();
    let [minutes, hours, days, months, weekdays, years] = fields.as_slice() else {
        return Some(format!(
            "expected six fields (minutes, hours, day of month, month, day of week, year), found {}",
            fields.len()
        ));
    };
    let plain: [(&str, &str, RangeInclusive<u32>, &[&str]); 4] = [
        ("minutes", minutes, 0..=59, &[]),
        ("hours", hours, 0..=23, &[]),
        ("month", months, 1..=12, &MONTHS),
        ("year", years, 1970..=2199, &[]),
    ];
    for (name, field, range, names) in plain {
        if !is_field(field, &range, names) {
            return Some(format!(
                "expected {name} from {} to {}, found `{field}`",
                range.start(),
                range.end()
            ));
        }
    }
    if (*days == "?") == (*weekdays == "?") {
        return Some(format!(
            "expected `?` in one of day of month and day of week, found `{days}` and `{weekdays}`"
        ));
    }
    if *days != "?" && !is_day_of_month(days) {
        return Some(format!(
            "expected a day of month from 1 to 31, found `{days}`"
        ));
    }
    if *weekdays != "?" && !is_weekday(weekdays) {
        return Some(format!(
            "expected a day of week from 1 (SUN) to 7 (SAT), found `{weekdays}`"
        ));
    }
    None
}

/// `*`, numbers, ranges and steps, with commas between them.
fn is_field(field: &str, range: &RangeInclusive<u32>, names: &[&str]) -> bool {
    let number = |text: &str| -> Option<u32> {
        let position = names
            .iter()
            .position(|name| name.eq_ignore_ascii_case(text));
        let number = match position {
            Some(place) => range.start() + u32::try_from(place).ok()?,
            None => text.parse().ok()?,
        };
        range.contains(&number).then_some(number)
    };
    let is_span = |text: &str| match text.split_once('-') {
        Some((from, to)) => {
            matches!((number(from), number(to)), (Some(from), Some(to)) if from <= to)
        }
        None => text == "*" || number(text).is_some(),
    };
    field.split(',').all(|item| match item.split_once('/') {
        Some((span, step)) => {
            is_span(span)
                && step
                    .parse::<u32>()
                    .is_ok_and(|step| (1..=*range.end()).contains(&step))
        }
        None => is_span(item),
    })
}

fn is_day_of_month(field: &str) -> bool {
    let nearest = field.strip_suffix('W').unwrap_or(field);
    matches!(field, "L" | "LW") || is_field(nearest, &(1..=31), &[])
}

fn is_weekday(field: &str) -> bool {
    let is_day = |text: &str| is_field(text, &(1..=7), &WEEKDAYS);
    if let Some((day, week)) = field.split_once('#') {
        return is_day(day) && is_field(week, &(1..=5), &[]);
    }
    field == "L" || is_day(field) || field.strip_suffix('L').is_some_and(is_day)
}

/// Returns true if the time zone exists.
pub(crate) fn is_time_zone(name: &str) -> bool {
    name.parse::<Tz>().is_ok()
}

/// A wrong order: the read before Kiro's write, or the refresh before the read. Returns the problem and a hint.
pub(crate) fn order_problem(settings: &DeploymentSettings) -> Option<(String, String)> {
    if !settings.scheduled || settings.read_on_arrival {
        return None;
    }
    let read_at = daily(&settings.schedule)?;
    let zone: Tz = settings.time_zone.parse().ok()?;
    let offsets = [1, 7].map(|month| offset_minutes(zone, month));
    for offset in offsets {
        let in_utc = (read_at - offset).rem_euclid(MINUTES_PER_DAY);
        let after_write = (in_utc - KIRO_WRITES_AT).rem_euclid(MINUTES_PER_DAY);
        if after_write > MAX_DELAY_MINUTES {
            let largest = offsets.into_iter().max().unwrap_or_default();
            let suggested = (KIRO_WRITES_AT + 75 + largest).rem_euclid(MINUTES_PER_DAY);
            return Some((
                format!(
                    "`schedule` reads exports at {} {zone}, which is {} UTC; Kiro writes them at about {} UTC, so each day would be {} hours late",
                    clock(read_at),
                    clock(in_utc),
                    clock(KIRO_WRITES_AT),
                    after_write / 60
                ),
                format!(
                    "`--set \"schedule=cron({} {} * * ? *)\"` reads them at {} {zone}",
                    suggested % 60,
                    suggested / 60,
                    clock(suggested)
                ),
            ));
        }
    }
    let refresh_at = settings
        .quicksight
        .then(|| of_clock(&settings.refresh_at))??;
    let after_read = (refresh_at - read_at).rem_euclid(MINUTES_PER_DAY);
    if (MAX_RUN_MINUTES..=MAX_DELAY_MINUTES).contains(&after_read) {
        return None;
    }
    let suggested = (read_at + 45).rem_euclid(MINUTES_PER_DAY);
    Some((
        format!(
            "`refresh_at` imports data at {}, and `schedule` reads exports at {}: the dashboard would be a day late",
            clock(refresh_at),
            clock(read_at)
        ),
        format!(
            "import after the read, which takes up to {MAX_RUN_MINUTES} minutes: `--set refresh_at={}`",
            clock(suggested)
        ),
    ))
}

/// The minute of the day of a daily schedule; none for other schedules.
fn daily(expression: &str) -> Option<i32> {
    let fields = expression.strip_prefix("cron(")?.strip_suffix(')')?;
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let [minute, hour, "*" | "?", "*", "*" | "?", "*"] = fields.as_slice() else {
        return None;
    };
    Some(hour.parse::<i32>().ok()? * 60 + minute.parse::<i32>().ok()?)
}

fn of_clock(text: &str) -> Option<i32> {
    let (hour, minute) = text.split_once(':')?;
    Some(hour.parse::<i32>().ok()? * 60 + minute.parse::<i32>().ok()?)
}

fn clock(minutes: i32) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// The offset of the zone from UTC in the middle of a month, in minutes.
fn offset_minutes(zone: Tz, month: u32) -> i32 {
    let noon = NaiveDate::from_ymd_opt(2026, month, 15).and_then(|day| day.and_hms_opt(12, 0, 0));
    noon.map_or(0, |noon| {
        let offset = zone.offset_from_utc_datetime(&noon);
        offset.fix().local_minus_utc() / 60
    })
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::{is_time_zone, order_problem, problem};
    use crate::settings::Layers;

    #[test]
    fn a_schedule_that_no_clock_can_follow_is_refused() {
        for good in [
            "cron(15 3 * * ? *)",
            "cron(0/30 8-18 ? * MON-FRI *)",
            "cron(0 9 L JAN,JUL ? 2026-2030)",
            "cron(0 9 ? * 2#1 *)",
            "cron(0 9 15W * ? *)",
            "rate(1 day)",
            "rate(12 hours)",
        ] {
            assert_eq!(problem(good), None, "{good}");
        }
        for bad in [
            "cron(99 99 * * ? *)",
            "cron(15 3 * * * *)",
            "cron(15 3 ? * ? *)",
            "cron(15 3 * *)",
            "cron(15 3 32 * ? *)",
            "cron(15 3 ? 13 1 *)",
            "cron(15 3 ? * 8 *)",
            "cron(15 3 ? * 2#6 *)",
            "cron(9-3 3 * * ? *)",
            "cron(*/0 3 * * ? *)",
            "rate(0 days)",
            "rate(1 week)",
            "daily",
        ] {
            assert!(problem(bad).is_some(), "{bad}");
        }
    }

    #[test]
    fn a_zone_that_is_on_no_map_is_refused() {
        assert!(is_time_zone("Europe/Berlin") && is_time_zone("UTC"));
        assert!(!is_time_zone("Mars/Base"));
    }

    fn order(said: &[(&str, &str)]) -> Option<(String, String)> {
        let flags = said
            .iter()
            .map(|(key, value)| (String::new(), (*key).to_owned(), (*value).to_owned()));
        let layers = Layers {
            flags: flags.collect(),
            variable: &|_| None,
            file: Vec::new(),
            views: Value::Null,
        };
        order_problem(&layers.resolve(None).unwrap().settings)
    }

    #[test]
    fn an_early_schedule_is_reported_with_a_better_time() {
        assert_eq!(order(&[]), None);
        assert_eq!(order(&[("time_zone", "America/New_York")]), None);
        let (what, hint) = order(&[("schedule", "cron(30 5 * * ? *)")]).unwrap();
        assert!(what.starts_with(
            "`refresh_at` imports data at 04:00, and `schedule` reads exports at 05:30"
        ));
        assert!(hint.ends_with("`--set refresh_at=06:15`"), "{hint}");
        let (what, hint) = order(&[("time_zone", "Asia/Tokyo")]).unwrap();
        assert!(what.contains("which is 18:15 UTC"), "{what}");
        assert!(hint.contains("cron(15 12 * * ? *)"), "{hint}");
        let (what, hint) = order(&[("time_zone", "Europe/Berlin")]).unwrap();
        assert!(what.contains("which is 01:15 UTC"), "{what}");
        assert!(hint.contains("cron(15 5 * * ? *)"), "{hint}");
        let berlin = [
            ("time_zone", "Europe/Berlin"),
            ("schedule", "cron(15 5 * * ? *)"),
            ("refresh_at", "06:00"),
        ];
        assert_eq!(order(&berlin), None);
        // Exports that are read on arrival do not depend on the schedule.
        assert_eq!(
            order(&[("time_zone", "Asia/Tokyo"), ("read_on_arrival", "true")]),
            None
        );
        assert_eq!(order(&[("schedule", "rate(1 hour)")]), None);
    }
}
