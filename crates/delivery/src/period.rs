//! Whole periods of the calendar, and other ranges of days, with the names that their reports have.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, Days, NaiveDate, Weekday};

/// The days that a report is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// A week of ISO 8601, Monday to Sunday.
    Week { year: i32, week: u32 },
    /// A month of the calendar.
    Month { year: i32, month: u32 },
    /// A quarter of the calendar, 1 to 4.
    Quarter { year: i32, quarter: u32 },
    /// Any days, both inclusive.
    Days { from: NaiveDate, to: NaiveDate },
}

/// A period as it is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeriodChoice {
    /// The newest week that has ended.
    LastWeek,
    /// The newest month that has ended.
    LastMonth,
    /// The newest quarter that has ended.
    LastQuarter,
    /// This one.
    Named(Period),
}

/// A text is no period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected last-week, last-month, last-quarter, a week such as 2026-W48, a month such as 2026-11 or a quarter such as 2026-Q4"
)]
pub struct PeriodError;

impl PeriodChoice {
    /// The period on this day. One that has not ended is never the last one.
    ///
    /// ```
    /// use chrono::NaiveDate;
    /// let monday = NaiveDate::from_ymd_opt(2026, 11, 30).unwrap();
    /// let choice: kiro_delivery::PeriodChoice = "last-week".parse().unwrap();
    /// assert_eq!(choice.resolve(monday).unwrap().to_string(), "2026-W48");
    /// ```
    ///
    /// # Errors
    ///
    /// At the ends of the calendar.
    pub fn resolve(self, today: NaiveDate) -> Result<Period, PeriodError> {
        let before = |first_day: Option<NaiveDate>| {
            let day = first_day.and_then(|day| day.checked_sub_days(Days::new(1)));
            day.ok_or(PeriodError)
        };
        match self {
            Self::Named(period) => Ok(period),
            Self::LastWeek => {
                let since_monday = u64::from(today.weekday().num_days_from_monday());
                let week = before(today.checked_sub_days(Days::new(since_monday)))?.iso_week();
                Ok(Period::Week {
                    year: week.year(),
                    week: week.week(),
                })
            }
            Self::LastMonth => {
                let day = before(today.with_day(1))?;
                Ok(Period::Month {
                    year: day.year(),
                    month: day.month(),
                })
            }
            Self::LastQuarter => {
                let first_month = today.month0() / 3 * 3 + 1;
                let day = before(NaiveDate::from_ymd_opt(today.year(), first_month, 1))?;
                Ok(Period::Quarter {
                    year: day.year(),
                    quarter: day.month0() / 3 + 1,
                })
            }
        }
    }
}

impl Period {
    /// The first and the last day.
    pub fn days(self) -> (NaiveDate, NaiveDate) {
        let months = |year, month, count| {
            let first = NaiveDate::from_ymd_opt(year, month, 1).unwrap_or_default();
            let next = first.checked_add_months(chrono::Months::new(count));
            let last = next.and_then(|day| day.checked_sub_days(Days::new(1)));
            (first, last.unwrap_or(first))
        };
        match self {
            Self::Week { year, week } => {
                let day = |weekday| NaiveDate::from_isoywd_opt(year, week, weekday);
                (
                    day(Weekday::Mon).unwrap_or_default(),
                    day(Weekday::Sun).unwrap_or_default(),
                )
            }
            Self::Month { year, month } => months(year, month, 1),
            Self::Quarter { year, quarter } => months(year, quarter * 3 - 2, 3),
            Self::Days { from, to } => (from, to),
        }
    }

    /// The folder of all reports of this kind: `weekly`.
    pub fn folder(self) -> &'static str {
        match self {
            Self::Week { .. } => "weekly",
            Self::Month { .. } => "monthly",
            Self::Quarter { .. } => "quarterly",
            Self::Days { .. } => "days",
        }
    }

    /// The kind in a sentence: `weekly report`.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Week { .. } => "weekly report",
            Self::Month { .. } => "monthly report",
            Self::Quarter { .. } => "quarterly report",
            Self::Days { .. } => "report",
        }
    }
}

/// `2026-W48`, `2026-11`, `2026-Q4`, `2026-11-01_2026-11-15`.
impl fmt::Display for Period {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Week { year, week } => write!(formatter, "{year:04}-W{week:02}"),
            Self::Month { year, month } => write!(formatter, "{year:04}-{month:02}"),
            Self::Quarter { year, quarter } => write!(formatter, "{year:04}-Q{quarter}"),
            Self::Days { from, to } => write!(formatter, "{from}_{to}"),
        }
    }
}

impl FromStr for PeriodChoice {
    type Err = PeriodError;

    fn from_str(text: &str) -> Result<Self, PeriodError> {
        match text {
            "last-week" => return Ok(Self::LastWeek),
            "last-month" => return Ok(Self::LastMonth),
            "last-quarter" => return Ok(Self::LastQuarter),
            _ => {}
        }
        let (year, rest) = text.split_once('-').ok_or(PeriodError)?;
        let year: i32 = digits(year, 4)?;
        let period = if let Some(week) = rest.strip_prefix('W') {
            let week = digits(week, 2)?;
            NaiveDate::from_isoywd_opt(year, week, Weekday::Mon).ok_or(PeriodError)?;
            Period::Week { year, week }
        } else if let Some(quarter) = rest.strip_prefix('Q') {
            let quarter = digits(quarter, 1)?;
            if !(1..=4).contains(&quarter) {
                return Err(PeriodError);
            }
            Period::Quarter { year, quarter }
        } else {
            let month = digits(rest, 2)?;
            NaiveDate::from_ymd_opt(year, month, 1).ok_or(PeriodError)?;
            Period::Month { year, month }
        };
        Ok(Self::Named(period))
    }
}

fn digits<T: FromStr>(text: &str, count: usize) -> Result<T, PeriodError> {
    let is_number = text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = is_number.then(|| text.parse().ok()).flatten();
    number.ok_or(PeriodError)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_last_period_has_ended_on_every_day() {
        let cases = [
            // A Monday, the Sunday before it, and the turns of years.
            ("2026-11-30", "2026-W48", "2026-10", "2026-Q3"),
            ("2026-11-29", "2026-W47", "2026-10", "2026-Q3"),
            ("2026-12-01", "2026-W48", "2026-11", "2026-Q3"),
            ("2027-01-01", "2026-W52", "2026-12", "2026-Q4"),
            ("2027-01-04", "2026-W53", "2026-12", "2026-Q4"),
            ("2028-03-01", "2028-W08", "2028-02", "2027-Q4"),
        ];
        for (today, week, month, quarter) in cases {
            for (choice, expected) in [
                ("last-week", week),
                ("last-month", month),
                ("last-quarter", quarter),
            ] {
                let choice: PeriodChoice = choice.parse().unwrap();
                let period = choice.resolve(date(today)).unwrap();
                assert_eq!(period.to_string(), expected, "{today}");
                assert!(period.days().1 < date(today), "{today}");
            }
        }
    }

    #[test]
    fn a_period_has_whole_days_and_is_read_back() {
        let cases = [
            ("2026-W48", "weekly", "2026-11-23", "2026-11-29"),
            ("2026-W53", "weekly", "2026-12-28", "2027-01-03"),
            ("2028-02", "monthly", "2028-02-01", "2028-02-29"),
            ("2026-Q4", "quarterly", "2026-10-01", "2026-12-31"),
        ];
        for (text, folder, from, to) in cases {
            let choice: PeriodChoice = text.parse().unwrap();
            let period = choice.resolve(date("2020-01-01")).unwrap();
            assert_eq!(period.to_string(), text);
            assert_eq!(period.folder(), folder);
            assert_eq!(period.days(), (date(from), date(to)), "{text}");
        }
    }

    #[test]
    fn what_is_no_period_is_refused() {
        for text in [
            "",
            "week",
            "2026",
            "2026-13",
            "2026-W54",
            "2027-W53",
            "2026-W00",
            "2026-Q5",
            "2026-Q0",
            "26-11",
            "2026-1",
            "+026-11",
            "2026-11-01",
        ] {
            assert_eq!(text.parse::<PeriodChoice>(), Err(PeriodError), "{text}");
        }
    }
}
