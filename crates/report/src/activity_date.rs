//! The activity day of a row.

use chrono::NaiveDate;

/// Parses a trimmed cell as a day: `YYYY-MM-DD`, `MM-DD-YYYY` or `M/D/YYYY`. `None` if the calendar has no such day.
pub fn parse_activity_date(cell: &[u8]) -> Option<NaiveDate> {
    match cell {
        [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] => {
            day(&[*y1, *y2, *y3, *y4], &[*m1, *m2], &[*d1, *d2])
        }
        [m1, m2, b'-', d1, d2, b'-', year @ ..] => day(year, &[*m1, *m2], &[*d1, *d2]),
        _ => {
            let mut parts = cell.split(|byte| *byte == b'/');
            let (month, date, year) = (parts.next()?, parts.next()?, parts.next()?);
            if parts.next().is_some() || month.len() > 2 || date.len() > 2 {
                return None;
            }
            day(year, month, date)
        }
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

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::parse_activity_date;

    #[test]
    fn iso_and_american_days_are_read_and_nothing_else() {
        let day = |year, month, date| NaiveDate::from_ymd_opt(year, month, date);
        let cases = [
            ("2026-07-10", day(2026, 7, 10)),
            ("07-10-2026", day(2026, 7, 10)),
            ("12-31-2025", day(2025, 12, 31)),
            ("7/1/2026", day(2026, 7, 1)),
            ("07/01/2026", day(2026, 7, 1)),
            ("2024-02-29", day(2024, 2, 29)),
            ("2026-02-29", None),
            ("31-12-2025", None),
            ("13/1/2026", None),
            ("2026-7-1", None),
            ("7-1-2026", None),
            ("07-10-26", None),
            ("7/1/26", None),
            ("2026/07/10", None),
            ("0000-01-01", None),
            ("2026-07-10T00:00:00Z", None),
            ("1/2/3/2026", None),
            ("007/1/2026", None),
            ("20260710", None),
            ("+026-07-10", None),
            ("", None),
            ("//", None),
        ];
        for (cell, expected) in cases {
            assert_eq!(parse_activity_date(cell.as_bytes()), expected, "{cell:?}");
        }
    }
}
