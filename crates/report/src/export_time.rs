//! The minute an export was made.

use std::fmt;

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, Timelike, Utc};

/// The minute an export was made. Prints as `YYYYMMDDHHMM`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExportTime(NaiveDateTime);

impl ExportTime {
    /// The day, which is also the partition of its parts.
    pub fn date(self) -> NaiveDate {
        self.0.date()
    }

    /// From an object's last modification.
    pub fn from_modified(modified: DateTime<Utc>) -> Option<Self> {
        let minute = modified.naive_utc();
        (1..=9999).contains(&minute.year()).then_some(Self(minute))
    }

    /// From the twelve digits right after `marker` in a file name; the digits before it are an account id.
    pub(crate) fn from_file_name(name: &str, marker: &str) -> Option<Self> {
        let start = find_last_ignoring_case(name, marker)? + marker.len();
        let digits = name.as_bytes().get(start..start + 12)?;
        if !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let number = |from: usize, to: usize| {
            digits[from..to]
                .iter()
                .fold(0_u32, |number, digit| number * 10 + u32::from(digit - b'0'))
        };
        Self::new(
            number(0, 4),
            number(4, 6),
            number(6, 8),
            number(8, 10),
            number(10, 12),
        )
    }

    /// From a date path: the last `yyyy/mm/dd` among the folders, with the hour if one follows.
    pub(crate) fn from_folders(folders: &[&str]) -> Option<Self> {
        let (start, (year, month, day)) =
            folders
                .windows(3)
                .enumerate()
                .rev()
                .find_map(|(start, window)| {
                    let [year, month, day] = window else {
                        return None;
                    };
                    Some((
                        start,
                        (exactly(4, year)?, exactly(2, month)?, exactly(2, day)?),
                    ))
                })?;
        let hour = folders
            .get(start + 3)
            .and_then(|hour| exactly(2, hour))
            .filter(|hour| *hour < 24);
        Self::new(year, month, day, hour.unwrap_or(0), 0)
    }

    fn new(year: u32, month: u32, day: u32, hour: u32, minute: u32) -> Option<Self> {
        let year = i32::try_from(year).ok().filter(|year| *year > 0)?;
        Some(Self(
            NaiveDate::from_ymd_opt(year, month, day)?.and_hms_opt(hour, minute, 0)?,
        ))
    }
}

impl fmt::Display for ExportTime {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(minute) = self;
        let (year, month, day) = (minute.year(), minute.month(), minute.day());
        write!(
            formatter,
            "{year:04}{month:02}{day:02}{:02}{:02}",
            minute.hour(),
            minute.minute()
        )
    }
}

fn exactly(length: usize, text: &str) -> Option<u32> {
    if text.len() != length || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

fn find_last_ignoring_case(text: &str, wanted: &str) -> Option<usize> {
    text.as_bytes()
        .windows(wanted.len())
        .rposition(|window| window.eq_ignore_ascii_case(wanted.as_bytes()))
}
