//! The cell of a date, and the days that it can mean.

use chrono::NaiveDate;

/// What a date cell says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DateCell {
    /// `YYYY-MM-DD`.
    Iso(NaiveDate),
    /// Two numbers and a year. A reading is `None` if the calendar has no such day; one of them is a day.
    TwoReadings {
        form: DateForm,
        month_first: Option<NaiveDate>,
        day_first: Option<NaiveDate>,
    },
}

/// How day and month are separated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DateForm {
    /// `MM-DD-YYYY`, as Kiro's legacy report has it.
    Dashes,
    /// `M/D/YYYY` or `D/M/YYYY`, as spreadsheets have it.
    Slashes,
}

impl DateCell {
    /// Parses a trimmed cell. A zero time after the day is ignored. `None` if the calendar has no such day.
    pub(crate) fn parse(cell: &[u8]) -> Option<Self> {
        let (cell, time) = split_time(cell);
        if time.is_some_and(|time| !is_zero_time(time)) {
            return None;
        }
        match cell {
            [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] => {
                day(&[*y1, *y2, *y3, *y4], &[*m1, *m2], &[*d1, *d2]).map(Self::Iso)
            }
            [one1, one2, b'-', two1, two2, b'-', year @ ..] => {
                Self::two_readings(DateForm::Dashes, &[*one1, *one2], &[*two1, *two2], year)
            }
            _ => {
                let mut parts = cell.split(|byte| *byte == b'/');
                let (one, two, year) = (parts.next()?, parts.next()?, parts.next()?);
                if parts.next().is_some() || one.len() > 2 || two.len() > 2 {
                    return None;
                }
                Self::two_readings(DateForm::Slashes, one, two, year)
            }
        }
    }

    fn two_readings(form: DateForm, one: &[u8], two: &[u8], year: &[u8]) -> Option<Self> {
        let (month_first, day_first) = (day(year, one, two), day(year, two, one));
        month_first.or(day_first)?;
        Some(Self::TwoReadings {
            form,
            month_first,
            day_first,
        })
    }
}

fn day(year: &[u8], month: &[u8], date: &[u8]) -> Option<NaiveDate> {
    if year.len() != 4 {
        return None;
    }
    let year = digits(year)?;
    if year == 0 {
        return None;
    }
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, digits(month)?, digits(date)?)
}

/// The number of up to four digits.
fn digits(text: &[u8]) -> Option<u32> {
    if text.is_empty() || !text.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(
        text.iter()
            .fold(0, |number, digit| number * 10 + u32::from(digit - b'0')),
    )
}

/// The day, and the time behind a `T` or blanks.
fn split_time(cell: &[u8]) -> (&[u8], Option<&[u8]>) {
    const LONGEST_DAY: usize = "2026-07-10".len();
    if cell.len() <= LONGEST_DAY {
        return (cell, None);
    }
    let is_between = |byte: &u8| matches!(byte, b'T' | b't' | b' ');
    match cell.iter().position(is_between) {
        Some(end) => (&cell[..end], Some(cell[end + 1..].trim_ascii_start())),
        None => (cell, None),
    }
}

/// Returns true for midnight: `00:00`, `0:00:00`, `00:00:00.000Z`, `12:00:00 AM`, `00:00:00+00:00`.
fn is_zero_time(time: &[u8]) -> bool {
    let (time, is_utc_or_local) = without_zone(time);
    let (time, is_morning) = without_half_of_day(time);
    let mut parts = time.split(|byte| *byte == b':');
    let hour = parts.next().unwrap_or_default();
    let is_hour = match hour {
        b"0" | b"00" => true,
        b"12" => is_morning,
        _ => false,
    };
    let is_minute = parts.next() == Some(b"00");
    let is_second = parts.next().is_none_or(|second| {
        let fraction = second.strip_prefix(b"00");
        fraction.is_some_and(|fraction| match fraction {
            [] => true,
            [b'.' | b',', rest @ ..] => !rest.is_empty() && rest.iter().all(|digit| *digit == b'0'),
            _ => false,
        })
    });
    is_utc_or_local && is_hour && is_minute && is_second && parts.next().is_none()
}

/// The time without its zone; `false` if the zone is neither missing nor UTC.
fn without_zone(time: &[u8]) -> (&[u8], bool) {
    for zone in [&b"Z"[..], b"UTC", b"GMT"] {
        if let Some(start) = time.len().checked_sub(zone.len())
            && time[start..].eq_ignore_ascii_case(zone)
        {
            return (time[..start].trim_ascii_end(), true);
        }
    }
    match time.iter().rposition(|byte| matches!(byte, b'+' | b'-')) {
        Some(sign) => {
            let is_zero = matches!(&time[sign + 1..], b"00:00" | b"0000" | b"00");
            (time[..sign].trim_ascii_end(), is_zero)
        }
        None => (time, true),
    }
}

/// The time without `AM`, and whether it had that. `PM` stays, and is no time.
fn without_half_of_day(time: &[u8]) -> (&[u8], bool) {
    let start = time.len().saturating_sub(2);
    if time[start..].eq_ignore_ascii_case(b"am") {
        (time[..start].trim_ascii_end(), true)
    } else {
        (time, false)
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::DateCell;
    use super::DateForm::{Dashes, Slashes};

    fn day(year: i32, month: u32, date: u32) -> Option<NaiveDate> {
        NaiveDate::from_ymd_opt(year, month, date)
    }

    #[test]
    fn three_forms_of_a_day_are_read_and_nothing_else() {
        let iso = |year, month, date| day(year, month, date).map(DateCell::Iso);
        let two = |form, month_first, day_first| {
            Some(DateCell::TwoReadings {
                form,
                month_first,
                day_first,
            })
        };
        let cases = [
            ("2026-07-10", iso(2026, 7, 10)),
            ("2024-02-29", iso(2024, 2, 29)),
            (
                "07-10-2026",
                two(Dashes, day(2026, 7, 10), day(2026, 10, 7)),
            ),
            ("12-31-2025", two(Dashes, day(2025, 12, 31), None)),
            ("31-12-2025", two(Dashes, None, day(2025, 12, 31))),
            ("7/1/2026", two(Slashes, day(2026, 7, 1), day(2026, 1, 7))),
            ("07/01/2026", two(Slashes, day(2026, 7, 1), day(2026, 1, 7))),
            ("13/1/2026", two(Slashes, None, day(2026, 1, 13))),
            ("2026-02-29", None),
            ("31/31/2026", None),
            ("30-02-2026", None),
            ("2026-7-1", None),
            ("7-1-2026", None),
            ("07-10-26", None),
            ("7/1/26", None),
            ("2026/07/10", None),
            ("0000-01-01", None),
            ("1/2/3/2026", None),
            ("007/1/2026", None),
            ("20260710", None),
            ("+026-07-10", None),
            ("10.07.2026", None),
            ("", None),
            ("//", None),
            ("T", None),
        ];
        for (cell, expected) in cases {
            assert_eq!(DateCell::parse(cell.as_bytes()), expected, "{cell:?}");
        }
    }

    #[test]
    fn a_zero_time_is_ignored_and_any_other_is_no_date() {
        let zero = [
            "T00:00:00Z",
            "T00:00:00.0000000Z",
            "t00:00:00z",
            "T00:00",
            "T00:00:00+00:00",
            "T00:00:00.000+0000",
            "T00:00:00-00:00",
            " 00:00:00 UTC",
            " 00:00:00 +00:00",
            " 00:00:00+00",
            " 00:00",
            "  0:00",
            " 0:00:00",
            " 00:00:00,000",
            " 12:00:00 AM",
            " 12:00 am",
            " 12:00AM",
            " 0:00 AM",
        ];
        let other = [
            "T00:00:01Z",
            "T13:00:00Z",
            " 12:00:00 PM",
            " 12:00",
            " 0:00 PM",
            "T00:00:00+02:00",
            "T00:00:00.001Z",
            "T00:00:00.Z",
            "T00",
            "T",
            "T0:0",
            "TZ",
            " AM",
            " x",
            "Tx",
            " 00:00:00:00",
            "X00:00",
        ];
        for start in ["2026-07-10", "07-10-2026", "7/10/2026"] {
            let alone = DateCell::parse(start.as_bytes());
            assert!(alone.is_some());
            for time in zero {
                let cell = format!("{start}{time}");
                assert_eq!(DateCell::parse(cell.as_bytes()), alone, "{cell:?}");
            }
            for time in other {
                let cell = format!("{start}{time}");
                assert_eq!(DateCell::parse(cell.as_bytes()), None, "{cell:?}");
            }
        }
    }
}
