//! Numbers, parsed by one rule for every column: `12`, `12.0`, `+12` and `1.2e1` are the same count.
//!
//! Accepts `\+?digits[.digits][e[+-]digits]`, finite; a count must be whole and fit 64 bits. Rejects a minus sign, thousands
//! separators, `nan`, `inf` and digits of other scripts.

/// A cell that is not such a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a number")]
pub struct BadNumber;

/// The pieces of a number's text.
struct NumberParts<'a> {
    whole: &'a [u8],
    fraction: &'a [u8],
    exponent: i64,
}

/// Parses a trimmed cell as a count; blank is `None`.
///
/// # Errors
///
/// If it is not a whole number from 0 to `i64::MAX`.
#[inline]
pub fn parse_count(cell: &[u8]) -> Result<Option<i64>, BadNumber> {
    match cell.len() {
        0 => Ok(None),
        // Nearly every cell, and too short to overflow.
        1..=18 if cell.iter().all(u8::is_ascii_digit) => Ok(Some(digits_to_i64(cell))),
        _ => NumberParts::split(cell)?.to_count().map(Some),
    }
}

/// Parses a trimmed cell as credits or a limit; blank is `None`.
///
/// # Errors
///
/// If it is not a finite number from 0.
#[inline]
pub fn parse_amount(cell: &[u8]) -> Result<Option<f64>, BadNumber> {
    if cell.is_empty() {
        return Ok(None);
    }
    NumberParts::split(cell)?;
    let text = std::str::from_utf8(cell).map_err(|_| BadNumber)?;
    let amount: f64 = text.parse().map_err(|_| BadNumber)?;
    if amount.is_finite() {
        Ok(Some(amount))
    } else {
        Err(BadNumber)
    }
}

impl<'a> NumberParts<'a> {
    fn split(cell: &'a [u8]) -> Result<Self, BadNumber> {
        let cell = cell.strip_prefix(b"+").unwrap_or(cell);
        let (whole, rest) = split_digits(cell);
        let (fraction, rest) = match rest.strip_prefix(b".") {
            Some(rest) => {
                let (fraction, rest) = split_digits(rest);
                if fraction.is_empty() {
                    return Err(BadNumber);
                }
                (fraction, rest)
            }
            None => (&[][..], rest),
        };
        if whole.is_empty() {
            return Err(BadNumber);
        }
        let exponent = match rest {
            [] => 0,
            [b'e' | b'E', exponent @ ..] => parse_exponent(exponent)?,
            _ => return Err(BadNumber),
        };
        Ok(Self {
            whole,
            fraction,
            exponent,
        })
    }

    /// Moves the decimal point through the digits, which is exact.
    fn to_count(&self) -> Result<i64, BadNumber> {
        let digits = || self.whole.iter().chain(self.fraction).copied();
        let total = self.whole.len() + self.fraction.len();
        if digits().all(|digit| digit == b'0') {
            return Ok(0);
        }
        // The number of digits before the moved point.
        let before = i64::try_from(self.whole.len())
            .map_err(|_| BadNumber)?
            .saturating_add(self.exponent);
        let before = usize::try_from(before).map_err(|_| BadNumber)?;
        let mut count: i64 = 0;
        for digit in digits().take(before) {
            count = append_digit(count, digit)?;
        }
        for _ in total..before {
            count = append_digit(count, b'0')?;
        }
        if digits().skip(before).any(|digit| digit != b'0') {
            return Err(BadNumber);
        }
        Ok(count)
    }
}

fn append_digit(count: i64, digit: u8) -> Result<i64, BadNumber> {
    count
        .checked_mul(10)
        .and_then(|count| count.checked_add(i64::from(digit - b'0')))
        .ok_or(BadNumber)
}

fn digits_to_i64(digits: &[u8]) -> i64 {
    digits
        .iter()
        .fold(0, |count, digit| count * 10 + i64::from(digit - b'0'))
}

fn split_digits(bytes: &[u8]) -> (&[u8], &[u8]) {
    let end = bytes
        .iter()
        .position(|byte| !byte.is_ascii_digit())
        .unwrap_or(bytes.len());
    bytes.split_at(end)
}

/// With a larger exponent every result is out of range, or zero.
const MAX_EXPONENT: i64 = 1_000_000;

fn parse_exponent(text: &[u8]) -> Result<i64, BadNumber> {
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] | digits => (false, digits),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Err(BadNumber);
    }
    let size = digits.iter().fold(0_i64, |size, digit| {
        (size * 10 + i64::from(digit - b'0')).min(MAX_EXPONENT)
    });
    Ok(if negative { -size } else { size })
}

#[cfg(test)]
mod tests {
    use super::{parse_amount, parse_count};

    #[test]
    fn a_count_is_whole_finite_and_not_negative() {
        let cases: [(&str, Option<Option<i64>>); 40] = [
            ("", Some(None)),
            ("0", Some(Some(0))),
            ("12", Some(Some(12))),
            ("007", Some(Some(7))),
            ("12.0", Some(Some(12))),
            ("12.000000000000000000000", Some(Some(12))),
            ("+5", Some(Some(5))),
            ("1e3", Some(Some(1000))),
            ("1E3", Some(Some(1000))),
            ("1e+3", Some(Some(1000))),
            ("1.5e1", Some(Some(15))),
            ("1200e-2", Some(Some(12))),
            ("0e999999999999999999999", Some(Some(0))),
            ("0.0", Some(Some(0))),
            ("9007199254740993", Some(Some(9_007_199_254_740_993))),
            ("9223372036854775807", Some(Some(i64::MAX))),
            ("9223372036854775808", None),
            ("00000000000000000000000000000001", Some(Some(1))),
            ("12.7", None),
            ("12.0000000000000000000000001", None),
            ("1e-1", None),
            ("1e400", None),
            ("1e999999999999999999999", None),
            ("-1", None),
            ("-0", None),
            ("nan", None),
            ("NaN", None),
            ("inf", None),
            ("Infinity", None),
            ("1,234", None),
            ("1_000", None),
            (".5", None),
            ("5.", None),
            ("+", None),
            ("e3", None),
            ("1e", None),
            ("1e+", None),
            ("0x10", None),
            ("1 2", None),
            ("\u{661}\u{662}", None),
        ];
        for (cell, expected) in cases {
            assert_eq!(parse_count(cell.as_bytes()).ok(), expected, "{cell:?}");
        }
    }

    #[test]
    fn an_amount_keeps_full_double_precision() {
        let cases: [(&str, Option<Option<f64>>); 18] = [
            ("", Some(None)),
            ("12.345678901234567", Some(Some(12.345_678_901_234_567))),
            ("88.00000000000001", Some(Some(88.000_000_000_000_01))),
            ("2500.0", Some(Some(2500.0))),
            ("12", Some(Some(12.0))),
            ("+5", Some(Some(5.0))),
            ("1e3", Some(Some(1000.0))),
            ("1e-400", Some(Some(0.0))),
            ("1e400", None),
            ("-1", None),
            ("-0.0", None),
            ("nan", None),
            ("inf", None),
            ("infinity", None),
            ("1,234.5", None),
            ("1_000", None),
            (".5", None),
            ("5.", None),
        ];
        for (cell, expected) in cases {
            assert_eq!(parse_amount(cell.as_bytes()).ok(), expected, "{cell:?}");
        }
    }
}
