//! When a schedule runs: the times of the day of an expression of Amazon `EventBridge` Scheduler.

use std::collections::BTreeSet;

pub(super) const MINUTES_PER_DAY: i32 = 24 * 60;

/// When a schedule runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum RunTimes {
    /// Every day at these minutes after midnight, ascending.
    Daily(Vec<i32>),
    /// Not every day.
    SomeDays,
    /// Every so many minutes, counted from a time that the expression does not say.
    Interval(i32),
}

impl RunTimes {
    /// None for an expression that the settings refuse.
    pub(super) fn of(expression: &str) -> Option<Self> {
        let inside = |kind: &str| {
            let rest = expression.strip_prefix(kind)?.strip_prefix('(')?;
            rest.strip_suffix(')')
        };
        if let Some(rate) = inside("rate") {
            return interval(rate).map(Self::Interval);
        }
        let fields: Vec<&str> = inside("cron")?.split_whitespace().collect();
        let [minutes, hours, days, months, weekdays, years] = fields.as_slice() else {
            return None;
        };
        let is_every = |field: &&str| matches!(*field, "*" | "?");
        if ![days, months, weekdays, years].into_iter().all(is_every) {
            return Some(Self::SomeDays);
        }
        let (minutes, hours) = (values(minutes, 59)?, values(hours, 23)?);
        let times = hours
            .iter()
            .flat_map(|hour| minutes.iter().map(move |minute| hour * 60 + minute));
        Some(Self::Daily(times.collect()))
    }

    /// The times of a schedule that runs every day; empty for other schedules.
    pub(super) fn daily(expression: &str) -> Vec<i32> {
        match Self::of(expression) {
            Some(Self::Daily(times)) => times,
            Some(Self::SomeDays | Self::Interval(_)) | None => Vec::new(),
        }
    }

    /// The shortest time between two runs, in minutes; none with one run a day or less.
    pub(super) fn shortest_distance(&self) -> Option<i32> {
        match self {
            Self::Interval(minutes) => (*minutes < MINUTES_PER_DAY).then_some(*minutes),
            Self::SomeDays => None,
            Self::Daily(times) => {
                let next = times.iter().cycle().skip(1);
                let distances = times
                    .iter()
                    .zip(next)
                    .map(|(one, next)| (next - one).rem_euclid(MINUTES_PER_DAY));
                distances.filter(|minutes| *minutes > 0).min()
            }
        }
    }

    /// The number of runs in a day.
    pub(super) fn runs_a_day(&self) -> usize {
        match self {
            Self::Daily(times) => times.len(),
            Self::SomeDays => 1,
            Self::Interval(minutes) => usize::try_from(MINUTES_PER_DAY / minutes).unwrap_or(1),
        }
    }
}

fn interval(rate: &str) -> Option<i32> {
    let (number, unit) = rate.trim().split_once(' ')?;
    let minutes = match unit.trim().trim_end_matches('s') {
        "minute" => 1,
        "hour" => 60,
        "day" => MINUTES_PER_DAY,
        _ => return None,
    };
    let number: i32 = number.parse().ok().filter(|number| *number > 0)?;
    number.checked_mul(minutes)
}

/// The values of a field from 0 to `last`: `*`, numbers, ranges and steps, with commas between them.
fn values(field: &str, last: i32) -> Option<BTreeSet<i32>> {
    let mut found = BTreeSet::new();
    for item in field.split(',') {
        let (span, step) = match item.split_once('/') {
            Some((span, step)) => (span, Some(step.parse::<usize>().ok()?)),
            None => (item, None),
        };
        let (first, end) = match (span, span.split_once('-')) {
            ("*", _) => (0, last),
            (_, Some((first, end))) => (first.parse().ok()?, end.parse().ok()?),
            (number, None) => {
                let number = number.parse().ok()?;
                (number, if step.is_some() { last } else { number })
            }
        };
        found.extend((first..=end).step_by(step.unwrap_or(1).max(1)));
    }
    (!found.is_empty()).then_some(found)
}

/// The minute of the day of `HH:MM`.
pub(super) fn of_clock(text: &str) -> Option<i32> {
    let (hour, minute) = text.split_once(':')?;
    Some(hour.parse::<i32>().ok()? * 60 + minute.parse::<i32>().ok()?)
}

/// `HH:MM`
pub(super) fn clock(minutes: i32) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// The minutes from one time of the day to the next occurrence of another.
pub(super) fn minutes_until(from: i32, to: i32) -> i32 {
    (to - from).rem_euclid(MINUTES_PER_DAY)
}

#[cfg(test)]
mod tests {
    use super::RunTimes;

    #[test]
    fn every_form_of_a_field_gives_its_times() {
        let times = |expression: &str| RunTimes::of(expression).unwrap();
        for (expression, expected) in [
            ("cron(15 3 * * ? *)", vec![195]),
            ("cron(0 3,9,15 ? * * *)", vec![180, 540, 900]),
            ("cron(0,30 3 * * ? *)", vec![180, 210]),
            ("cron(5 2-4 * * ? *)", vec![125, 185, 245]),
            ("cron(0 */8 * * ? *)", vec![0, 480, 960]),
            ("cron(0 20/2 * * ? *)", vec![1200, 1320]),
        ] {
            assert_eq!(times(expression), RunTimes::Daily(expected), "{expression}");
        }
        assert_eq!(times("cron(15 3 ? * MON-FRI *)"), RunTimes::SomeDays);
        assert_eq!(times("cron(15 3 1 * ? *)"), RunTimes::SomeDays);
        assert_eq!(times("rate(6 hours)"), RunTimes::Interval(360));
        assert_eq!(times("rate(1 day)"), RunTimes::Interval(1440));
        assert_eq!(RunTimes::of("at(2026-07-11T03:15:00)"), None);
    }

    #[test]
    fn the_shortest_distance_passes_midnight() {
        let distance = |expression: &str| RunTimes::of(expression).unwrap().shortest_distance();
        assert_eq!(distance("cron(50 23 * * ? *)"), None);
        assert_eq!(distance("cron(0,50 0,23 * * ? *)"), Some(10));
        assert_eq!(distance("rate(5 minutes)"), Some(5));
        assert_eq!(distance("rate(1 day)"), None);
        assert_eq!(RunTimes::of("rate(5 minutes)").unwrap().runs_a_day(), 288);
    }
}
