//! Schedules in the wrong order: a read before Kiro's write, a map of names or an import before the read.

use chrono::{NaiveDate, Offset, TimeZone};
use chrono_tz::Tz;
use kiro_config::Config;

use super::run_times::{MINUTES_PER_DAY, RunTimes, clock, minutes_until, of_clock};

/// Time at which Kiro has written its exports: minutes after midnight, UTC.
pub(super) const KIRO_WRITES_AT: i32 = 2 * 60;
/// Maximum duration of a run of a function, in minutes: Lambda's limit.
pub(super) const MAX_RUN_MINUTES: i32 = 15;
/// Maximum delay in minutes: anything later uses data of the day before.
const MAX_DELAY_MINUTES: i32 = 12 * 60;

/// A wrong order: the read before Kiro's write, or the import before the read. Returns the problem and a hint.
///
/// Of several reads in a day, one in the right order is enough. Schedules without fixed times have no order: see `remarks`.
pub(crate) fn order_problem(settings: &Config) -> Option<(String, String)> {
    if !settings.scheduled || settings.read_on_arrival {
        return None;
    }
    let reads = RunTimes::daily(&settings.schedule);
    let zone: Tz = settings.time_zone.parse().ok()?;
    late_read(&reads, zone).or_else(|| early_import(settings, &reads))
}

/// No read within half a day after Kiro's write.
fn late_read(reads: &[i32], zone: Tz) -> Option<(String, String)> {
    let offsets = [1, 7].map(|month| offset_minutes(zone, month));
    let largest = offsets.into_iter().max().unwrap_or_default();
    for offset in offsets {
        let after_write = |read_at: &i32| minutes_until(KIRO_WRITES_AT, read_at - offset);
        let read_at = *reads.iter().min_by_key(|read_at| after_write(read_at))?;
        let delay = after_write(&read_at);
        if delay > MAX_DELAY_MINUTES {
            let suggested = (KIRO_WRITES_AT + 75 + largest).rem_euclid(MINUTES_PER_DAY);
            return Some((
                format!(
                    "`schedule` reads exports at {} {zone}, which is {} UTC; Kiro writes them at about {} UTC, so each day would be {} hours late",
                    clock(read_at),
                    clock((read_at - offset).rem_euclid(MINUTES_PER_DAY)),
                    clock(KIRO_WRITES_AT),
                    delay / 60
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
    None
}

/// An import that comes before every read, or during it.
fn early_import(settings: &Config, reads: &[i32]) -> Option<(String, String)> {
    let refresh_at = settings
        .quicksight
        .then(|| of_clock(&settings.refresh_at))??;
    let is_after = |read_at: &i32| {
        let distance = minutes_until(*read_at, refresh_at);
        (MAX_RUN_MINUTES..=MAX_DELAY_MINUTES).contains(&distance)
    };
    let first = *reads.first()?;
    if reads.iter().any(is_after) {
        return None;
    }
    let suggested = (first + 45).rem_euclid(MINUTES_PER_DAY);
    Some((
        format!(
            "`refresh_at` imports data at {}, and `schedule` reads exports at {}: the dashboard would be a day late",
            clock(refresh_at),
            listed(reads)
        ),
        format!(
            "import after the read, which takes up to {MAX_RUN_MINUTES} minutes: `--set refresh_at={}`",
            clock(suggested)
        ),
    ))
}

/// A map of names that is made before the read of the exports, or after the import into the dashboard. Returns the problem and a
/// hint.
pub(crate) fn identity_order_problem(settings: &Config) -> Option<(String, String)> {
    if !settings.scheduled || !settings.identity_mapping {
        return None;
    }
    let reads = RunTimes::daily(&settings.schedule);
    let maps = RunTimes::daily(&settings.identity_schedule);
    let (read_at, mapped_at) = (*reads.first()?, *maps.first()?);
    let refresh_at = settings
        .quicksight
        .then(|| of_clock(&settings.refresh_at))
        .flatten();
    let is_in_order = |read_at: i32, mapped_at: i32| {
        let after_read = minutes_until(read_at, mapped_at);
        let is_before_import =
            refresh_at.is_none_or(|refresh_at| after_read < minutes_until(read_at, refresh_at));
        (MAX_RUN_MINUTES..=MAX_DELAY_MINUTES).contains(&after_read) && is_before_import
    };
    let mut maps_in_order = maps.iter().filter(|mapped_at| {
        let mut reads = reads.iter();
        reads.any(|read_at| is_in_order(*read_at, **mapped_at))
    });
    if maps_in_order.next().is_some() {
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

/// `03:15`, or `03:15, 09:15 and 12 more`.
pub(super) fn listed(times: &[i32]) -> String {
    let shown: Vec<String> = times.iter().take(4).map(|time| clock(*time)).collect();
    match times.len().saturating_sub(shown.len()) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// The offset of the zone from UTC in the middle of a month, in minutes.
pub(super) fn offset_minutes(zone: Tz, month: u32) -> i32 {
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

    #[test]
    fn of_several_reads_in_a_day_one_in_order_is_enough() {
        assert_eq!(order(&[("schedule", "cron(15 3,15,21 * * ? *)")]), None);
        let (what, _) = order(&[("schedule", "cron(0 18,20 * * ? *)")]).unwrap();
        assert!(what.contains("reads exports at 18:00 UTC"), "{what}");
        let late = [
            ("schedule", "cron(55 3,9 * * ? *)"),
            ("refresh_at", "04:00"),
        ];
        let (what, hint) = order(&late).unwrap();
        assert!(what.contains("reads exports at 03:55, 09:55: "), "{what}");
        assert!(hint.ends_with("`--set refresh_at=04:40`"), "{hint}");
    }
}
