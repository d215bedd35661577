//! Figures for people: thousands separators, sizes, durations.

use std::time::Duration;

/// `1234567` as `1,234,567`.
pub(crate) fn count(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 export`, `1,234 exports`.
pub(crate) fn counted(value: u64, noun: &str) -> String {
    let ending = if value == 1 { "" } else { "s" };
    format!("{} {noun}{ending}", count(value))
}

/// `1 person`, `1,234 people`.
pub(crate) fn people(value: u64) -> String {
    let noun = if value == 1 { "person" } else { "people" };
    format!("{} {noun}", count(value))
}

/// A number rounded to a whole, with separators; the sign is kept.
pub(crate) fn rounded(value: f64) -> String {
    let whole = magnitude(value);
    let sign = if value < 0.0 && whole > 0 { "-" } else { "" };
    format!("{sign}{}", count(whole))
}

/// An amount with separators and cents, for one that is not negative: `1,240.50 USD`.
pub(crate) fn usd(amount: f64) -> String {
    let cents = magnitude(amount * 100.0);
    format!("{}.{:02} USD", count(cents / 100), cents % 100)
}

/// The number without its sign, rounded to a whole.
fn magnitude(value: f64) -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped and not negative"
    )]
    let whole = value.abs().round().clamp(0.0, 1e18) as u64;
    whole
}

/// `1.8 MB`, in powers of ten, as disks are sold.
pub(crate) fn size(bytes: u64) -> String {
    let mut unit = "bytes";
    let mut divisor = 1;
    for (name, bytes_each) in [
        ("kB", 1_000),
        ("MB", 1_000_000),
        ("GB", 1_000_000_000),
        ("TB", 1_000_000_000_000),
    ] {
        if bytes >= bytes_each {
            (unit, divisor) = (name, bytes_each);
        }
    }
    if divisor == 1 {
        return format!("{bytes} bytes");
    }
    let tenths = (u128::from(bytes) * 10 + u128::from(divisor) / 2) / u128::from(divisor);
    format!("{}.{} {unit}", tenths / 10, tenths % 10)
}

/// `0.3 s`, `2 min 05 s`.
pub(crate) fn duration(time: Duration) -> String {
    if time < Duration::from_mins(1) {
        return format!("{:.1} s", time.as_secs_f64());
    }
    let seconds = time.as_secs();
    format!("{} min {:02} s", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_easy_to_read() {
        assert_eq!(
            [0, 999, 1_000, 1_234_567].map(count),
            ["0", "999", "1,000", "1,234,567"]
        );
        assert_eq!(
            [1, 2_000].map(|value| counted(value, "export")),
            ["1 export", "2,000 exports"]
        );
        assert_eq!([12.4, 99_999.5, -0.2].map(rounded), ["12", "100,000", "0"]);
        assert_eq!(
            [0.0, 0.204, 2_470.386].map(usd),
            ["0.00 USD", "0.20 USD", "2,470.39 USD"]
        );
        assert_eq!(
            [0, 999, 1_500, 999_960, 26_000_000].map(size),
            ["0 bytes", "999 bytes", "1.5 kB", "1000.0 kB", "26.0 MB"]
        );
        assert_eq!(duration(Duration::from_millis(340)), "0.3 s");
        assert_eq!(duration(Duration::from_secs(125)), "2 min 05 s");
    }
}
