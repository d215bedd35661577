//! The syntax of schedules in Amazon `EventBridge` Scheduler.
//!
//! Rules: <https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html>

use std::ops::RangeInclusive;

use chrono_tz::Tz;
use serde_json::Value;

use crate::check::{text, unless};

const MONTHS: [&str; 12] = [
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
];
const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/// The problem of a schedule.
pub(crate) fn check(value: &Value) -> Option<String> {
    problem(text(value))
}

/// The problem of a time zone.
pub(crate) fn check_time_zone(value: &Value) -> Option<String> {
    let found = text(value);
    let is_good = found.len() <= 50 && is_time_zone(found);
    unless(
        is_good,
        "a time zone such as `UTC` or `Europe/Berlin`",
        found,
    )
}

fn problem(expression: &str) -> Option<String> {
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
fn is_time_zone(name: &str) -> bool {
    name.parse::<Tz>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::{is_time_zone, problem};

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
}
