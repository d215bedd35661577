//! The order of Kiro's write, our read and the refresh of the dashboard.

use chrono::{NaiveDate, Offset, TimeZone};
use chrono_tz::Tz;
use kiro_config::Config;

const MINUTES_PER_DAY: i32 = 24 * 60;
/// Time at which Kiro has written its exports: minutes after midnight, UTC.
const KIRO_WRITES_AT: i32 = 2 * 60;
/// Maximum duration of a run of the normalizer, in minutes.
const MAX_RUN_MINUTES: i32 = 15;
/// Maximum delay in minutes: anything later uses data of the day before.
const MAX_DELAY_MINUTES: i32 = 12 * 60;

/// A wrong order: the read before Kiro's write, or the refresh before the read. Returns the problem and a hint.
pub(crate) fn order_problem(settings: &Config) -> Option<(String, String)> {
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

/// A map of names that is made before the read of the exports, or after the refresh of the dashboard. Returns the problem and a
/// hint.
pub(crate) fn identity_order_problem(settings: &Config) -> Option<(String, String)> {
    if !settings.scheduled || !settings.identity_mapping {
        return None;
    }
    let (read_at, mapped_at) = (
        daily(&settings.schedule)?,
        daily(&settings.identity_schedule)?,
    );
    let refresh_at = settings
        .quicksight
        .then(|| of_clock(&settings.refresh_at))
        .flatten();
    let after_read = (mapped_at - read_at).rem_euclid(MINUTES_PER_DAY);
    let is_before_refresh = refresh_at
        .is_none_or(|refresh_at| after_read < (refresh_at - read_at).rem_euclid(MINUTES_PER_DAY));
    if (MAX_RUN_MINUTES..=MAX_DELAY_MINUTES).contains(&after_read) && is_before_refresh {
        return None;
    }
    let suggested = (read_at + MAX_RUN_MINUTES).rem_euclid(MINUTES_PER_DAY);
    let refresh = refresh_at.map_or_else(String::new, |refresh_at| {
        format!(", and `refresh_at` imports data at {}", clock(refresh_at))
    });
    Some((
        format!(
            "`identity_schedule` maps names at {}, `schedule` reads exports at {}{refresh}: names of new users would be a day late",
            clock(mapped_at),
            clock(read_at)
        ),
        format!(
            "map after the read, which takes up to {MAX_RUN_MINUTES} minutes, and before the import: `--set \"identity_schedule=cron({} {} * * ? *)\"`",
            suggested % 60,
            suggested / 60
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
    use kiro_config::{Flag, Layers};

    use super::{identity_order_problem, order_problem};

    fn order(said: &[(&str, &str)]) -> Option<(String, String)> {
        let flags = said.iter().map(|(key, value)| Flag::set(key, value));
        let layers = Layers::of_flags(flags.collect());
        order_problem(&layers.resolve(None).unwrap().settings)
    }

    #[test]
    fn names_are_mapped_between_read_and_import() {
        let order = |said: &[(&str, &str)]| {
            let said = [&[("identity_mapping", "true")], said].concat();
            let flags = said.iter().map(|(key, value)| Flag::set(key, value));
            let layers = Layers::of_flags(flags.collect());
            identity_order_problem(&layers.resolve(None).unwrap().settings)
        };
        assert_eq!(order(&[]), None);
        assert_eq!(order(&[("identity_schedule", "rate(1 day)")]), None);
        for (key, value) in [
            ("identity_schedule", "cron(0 3 * * ? *)"),
            ("identity_schedule", "cron(30 4 * * ? *)"),
            ("schedule", "cron(25 3 * * ? *)"),
        ] {
            let (what, hint) = order(&[(key, value)]).unwrap();
            assert!(what.contains("a day late"), "{what}");
            assert!(hint.contains("identity_schedule=cron("), "{hint}");
        }
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
