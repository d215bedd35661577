//! When reports are written: the expressions of their schedules, and a time before the data of the period are complete.

use chrono::{DateTime, Datelike, Days, NaiveDate, TimeZone, Utc};
use chrono_tz::Tz;
use kiro_config::{Config, ReportSchedule};

use super::order::{KIRO_WRITES_AT, MAX_RUN_MINUTES, offset_minutes};
use super::run_times::{MINUTES_PER_DAY, RunTimes, clock, of_clock};

/// Days that are searched for the next run: more than a month.
const MAX_DAYS_AHEAD: u64 = 40;

/// The expression of a schedule at a time of day: `cron(0 6 ? * MON *)`.
pub(crate) fn report_expression(schedule: ReportSchedule, at: &str) -> String {
    let minutes = of_clock(at).unwrap_or_default();
    let (hour, minute) = (minutes / 60, minutes % 60);
    match schedule {
        ReportSchedule::Weekly => format!("cron({minute} {hour} ? * MON *)"),
        ReportSchedule::Monthly => format!("cron({minute} {hour} 1 * ? *)"),
    }
}

/// A time before the exports of the last day of a period are read. Returns the problem and a hint.
///
/// A period ends at midnight UTC, and Kiro writes the exports of its last day after that.
pub(crate) fn report_time_problem(settings: &Config) -> Option<(String, String)> {
    if !settings.writes_reports() || !settings.scheduled {
        return None;
    }
    let at = of_clock(&settings.reports_at)?;
    let zone: Tz = settings.time_zone.parse().ok()?;
    let reads = if settings.read_on_arrival {
        Vec::new()
    } else {
        RunTimes::daily(&settings.schedule)
    };
    let offsets = [1, 7].map(|month| offset_minutes(zone, month));
    let complete_at = offsets
        .map(|offset| complete_at(offset, &reads))
        .into_iter()
        .max()?;
    if at >= complete_at {
        return None;
    }
    let hint = if complete_at < MINUTES_PER_DAY {
        format!(
            "write reports later: `--set reports_at={}`",
            clock(complete_at.max(0))
        )
    } else {
        "read exports earlier on the day, with `schedule`".to_owned()
    };
    Some((
        format!(
            "`reports_at` is {} {zone}, before the exports of the last day of a week are read: reports would lack that day",
            clock(at)
        ),
        hint,
    ))
}

/// When the exports of the last day of a week are read: minutes after midnight of Monday, in a zone with this offset from UTC.
/// `reads` are the minutes after midnight of every day; empty if exports are read when they arrive, or at unknown times.
fn complete_at(offset: i32, reads: &[i32]) -> i32 {
    let written_at = KIRO_WRITES_AT + offset;
    let days = [-MINUTES_PER_DAY, 0, MINUTES_PER_DAY];
    let reads = reads
        .iter()
        .flat_map(|read_at| days.map(|day| day + read_at));
    let read_at = reads.filter(|read_at| *read_at >= written_at).min();
    read_at.unwrap_or(written_at) + MAX_RUN_MINUTES
}

/// The next run of an expression of [`report_expression`] after a time; none if it is another one.
pub(crate) fn next_report(
    expression: &str,
    time_zone: &str,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let zone: Tz = time_zone.parse().ok()?;
    let fields = expression.strip_prefix("cron(")?.strip_suffix(')')?;
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let (minute, hour, is_due): (_, _, fn(NaiveDate) -> bool) = match fields.as_slice() {
        [minute, hour, "?", "*", "MON", "*"] => {
            (minute, hour, |day| day.weekday() == chrono::Weekday::Mon)
        }
        [minute, hour, "1", "*", "?", "*"] => (minute, hour, |day| day.day() == 1),
        _ => return None,
    };
    let (hour, minute) = (hour.parse().ok()?, minute.parse().ok()?);
    let today = now.with_timezone(&zone).date_naive();
    let days = (0..MAX_DAYS_AHEAD).filter_map(|ahead| today.checked_add_days(Days::new(ahead)));
    days.filter(|day| is_due(*day))
        .filter_map(|day| day.and_hms_opt(hour, minute, 0))
        .filter_map(|time| zone.from_local_datetime(&time).earliest())
        .map(|time| time.with_timezone(&Utc))
        .find(|time| *time > now)
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use kiro_config::{Flag, Layers, ReportSchedule};

    use super::{next_report, report_expression, report_time_problem};

    fn problem(said: &[(&str, &str)]) -> Option<(String, String)> {
        let said = [&[("reports", "weekly")], said].concat();
        let flags = said.iter().map(|(key, value)| Flag::set(key, value));
        let layers = Layers::of_flags(flags.collect());
        report_time_problem(&layers.resolve(None).unwrap().settings)
    }

    #[test]
    fn a_schedule_is_on_mondays_or_on_the_first() {
        let weekly = report_expression(ReportSchedule::Weekly, "06:05");
        assert_eq!(weekly, "cron(5 6 ? * MON *)");
        let monthly = report_expression(ReportSchedule::Monthly, "23:00");
        assert_eq!(monthly, "cron(0 23 1 * ? *)");
    }

    #[test]
    fn reports_come_after_the_exports_of_the_last_day_are_read() {
        assert_eq!(problem(&[]), None);
        assert_eq!(problem(&[("reports", ""), ("reports_at", "00:00")]), None);
        assert_eq!(problem(&[("reports_at", "18:00")]), None);
        let (what, hint) = problem(&[("reports_at", "03:20")]).unwrap();
        assert!(what.contains("would lack that day"), "{what}");
        assert!(hint.ends_with("`--set reports_at=03:30`"), "{hint}");
        // On Monday morning in Tokyo, it is Sunday in UTC.
        let tokyo = [
            ("time_zone", "Asia/Tokyo"),
            ("schedule", "cron(15 12 * * ? *)"),
        ];
        let (_, hint) = problem(&tokyo).unwrap();
        assert!(hint.ends_with("`--set reports_at=12:30`"), "{hint}");
        let later = [tokyo.as_slice(), &[("reports_at", "12:30")]].concat();
        assert_eq!(problem(&later), None);
        // On Sunday evening in Los Angeles, it is Monday in UTC.
        let west = [
            ("time_zone", "America/Los_Angeles"),
            ("schedule", "cron(15 20 * * ? *)"),
            ("reports_at", "00:30"),
        ];
        assert_eq!(problem(&west), None);
        let arrival = [("read_on_arrival", "true"), ("reports_at", "02:15")];
        assert_eq!(problem(&arrival), None);
        let late = [("schedule", "cron(50 23 * * ? *)")];
        let (_, hint) = problem(&late).unwrap();
        assert!(hint.starts_with("read exports earlier"), "{hint}");
    }

    #[test]
    fn the_next_run_is_the_next_monday_or_first() {
        let now: DateTime<Utc> = "2026-11-30T05:30:00Z".parse().unwrap();
        let next = |expression: &str, zone: &str| {
            next_report(expression, zone, now).map(|time| time.to_rfc3339())
        };
        let weekly = "cron(0 6 ? * MON *)";
        assert_eq!(
            next(weekly, "UTC").as_deref(),
            Some("2026-11-30T06:00:00+00:00")
        );
        // It has been six o'clock in Berlin.
        assert_eq!(
            next(weekly, "Europe/Berlin").as_deref(),
            Some("2026-12-07T05:00:00+00:00")
        );
        assert_eq!(
            next("cron(0 6 1 * ? *)", "UTC").as_deref(),
            Some("2026-12-01T06:00:00+00:00")
        );
        assert_eq!(next("rate(1 day)", "UTC"), None);
    }
}
