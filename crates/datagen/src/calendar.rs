//! The days of the window: weekdays, public holidays, months, and the columns of a day's exports.

use chrono::{Datelike, Days, NaiveDate, Weekday};

use crate::layout::Site;

/// The generations of the current report's header: each has the columns of those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Generation {
    /// The eleven base columns.
    Base,
    /// Model columns at the end.
    Models,
    /// `New_User` and `User_Email`.
    Identity,
    /// `Usage_Limit`.
    Quota,
    /// A column that no reader knows.
    Unknown,
}

/// The days of the exports.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Calendar {
    first: NaiveDate,
    days: u32,
}

impl Calendar {
    pub(crate) const fn new(first: NaiveDate, days: u32) -> Self {
        Self { first, days }
    }

    pub(crate) const fn days(self) -> u32 {
        self.days
    }

    pub(crate) fn date(self, day: u32) -> NaiveDate {
        self.first
            .checked_add_days(Days::new(u64::from(day)))
            .unwrap_or(NaiveDate::MAX)
    }

    /// The day at a point of the window, in thousandths.
    pub(crate) fn at(self, thousandths: u32) -> u32 {
        let day = u64::from(self.days) * u64::from(thousandths) / 1000;
        u32::try_from(day)
            .unwrap_or(u32::MAX)
            .min(self.days.saturating_sub(1))
    }

    /// The first Tuesday, Wednesday or Thursday from a point of the window on; that point if the window has none.
    pub(crate) fn midweek_at(self, thousandths: u32) -> u32 {
        let start = self.at(thousandths);
        (start..self.days)
            .find(|day| {
                matches!(
                    self.date(*day).weekday(),
                    Weekday::Tue | Weekday::Wed | Weekday::Thu
                )
            })
            .unwrap_or(start)
    }

    /// Real exports got their columns from February to autumn 2026. A window of any length has the same order of events; the
    /// second site has each a little later.
    pub(crate) fn generation(self, site: Site, day: u32) -> Generation {
        let late = match site {
            Site::Main => 0,
            Site::Second => self.days / 20,
        };
        [
            (850, Generation::Unknown),
            (550, Generation::Quota),
            (250, Generation::Identity),
            (80, Generation::Models),
        ]
        .into_iter()
        .find(|(thousandths, _)| day >= self.at(*thousandths).saturating_add(late))
        .map_or(Generation::Base, |(_, generation)| generation)
    }

    /// The share of usual users that is active: 1 on an ordinary working day.
    pub(crate) fn attendance(self, site: Site, day: u32) -> f64 {
        let date = self.date(day);
        if is_public_holiday(date, site) {
            return 0.1;
        }
        match date.weekday() {
            Weekday::Mon => 0.96,
            Weekday::Tue | Weekday::Wed => 1.05,
            Weekday::Thu => 1.0,
            Weekday::Fri => 0.86,
            Weekday::Sat => 0.13,
            Weekday::Sun => 0.1,
        }
    }

    pub(crate) fn starts_a_month(self, day: u32) -> bool {
        self.date(day).day() == 1
    }
}

fn is_public_holiday(date: NaiveDate, site: Site) -> bool {
    let (month, day) = (date.month(), date.day());
    if matches!((month, day), (1, 1) | (12, 24..=26 | 31)) {
        return true;
    }
    match site {
        Site::Main => {
            let fourth_thursday = date.weekday() == Weekday::Thu && (22..=28).contains(&day);
            let first_monday = date.weekday() == Weekday::Mon && day <= 7;
            let last_monday = date.weekday() == Weekday::Mon && day >= 25;
            matches!((month, day), (6, 19) | (7, 4))
                || (month == 11 && fourth_thursday)
                || (month == 9 && first_monday)
                || (month == 5 && last_monday)
        }
        Site::Second => {
            let from_easter = (date - easter_sunday(date.year())).num_days();
            matches!((month, day), (5, 1) | (10, 3)) || matches!(from_easter, -2 | 1 | 39 | 50)
        }
    }
}

/// Easter Sunday of the Gregorian calendar, after Gauss and Lichtenberg.
fn easter_sunday(year: i32) -> NaiveDate {
    let century = year / 100;
    let lunar_shift = 15 + (3 * century + 3) / 4 - (8 * century + 13) / 25;
    let solar_shift = 2 - (3 * century + 3) / 4;
    let moon = year % 19;
    let seed = (19 * moon + lunar_shift) % 30;
    let correction = (seed + moon / 11) / 29;
    let full_moon = 21 + seed - correction;
    let first_sunday = 7 - (year + year / 4 + solar_shift).rem_euclid(7);
    let from_march = full_moon + 7 - (full_moon - first_sunday).rem_euclid(7);
    NaiveDate::from_ymd_opt(year, 3, 1)
        .zip(u64::try_from(from_march - 1).ok())
        .and_then(|(march, days)| march.checked_add_days(Days::new(days)))
        .unwrap_or(NaiveDate::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    #[test]
    fn easter_is_where_the_almanac_has_it() {
        assert_eq!(easter_sunday(2025), date(2025, 4, 20));
        assert_eq!(easter_sunday(2026), date(2026, 4, 5));
        assert_eq!(easter_sunday(2027), date(2027, 3, 28));
    }

    #[test]
    fn holidays_are_local() {
        assert!(is_public_holiday(date(2026, 11, 26), Site::Main));
        assert!(!is_public_holiday(date(2026, 11, 26), Site::Second));
        assert!(is_public_holiday(date(2026, 4, 6), Site::Second));
        assert!(!is_public_holiday(date(2026, 4, 6), Site::Main));
    }

    #[test]
    fn columns_only_grow_and_the_second_site_lags() {
        let calendar = Calendar::new(date(2026, 2, 10), 200);
        let of = |site, day| calendar.generation(site, day);
        assert_eq!(of(Site::Main, 0), Generation::Base);
        assert_eq!(of(Site::Main, 199), Generation::Unknown);
        assert_eq!(of(Site::Second, 199), Generation::Unknown);
        assert!((1..200).all(|day| of(Site::Main, day) >= of(Site::Main, day - 1)));
        assert!((0..200).all(|day| of(Site::Main, day) >= of(Site::Second, day)));
        assert!((0..200).any(|day| of(Site::Main, day) > of(Site::Second, day)));
    }

    #[test]
    fn a_window_of_one_day_has_all_points_on_it() {
        let calendar = Calendar::new(date(2026, 2, 14), 1);
        assert_eq!(
            (calendar.at(0), calendar.at(999), calendar.midweek_at(500)),
            (0, 0, 0)
        );
    }
}
