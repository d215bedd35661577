//! Numbers and names as a reader meets them.

/// The longest name that is shown whole.
const MAX_NAME_LETTERS: usize = 80;

/// A whole number with separators: `1,234`.
pub(super) fn whole(value: f64) -> String {
    separated(&format!("{:.0}", value.abs()), value.round() < 0.0)
}

/// At most one decimal: `12.5`, `1,234`.
pub(super) fn credits(value: f64) -> String {
    let tenths = format!("{:.1}", value.abs());
    match tenths.strip_suffix(".0") {
        Some(whole) => separated(whole, value < 0.0),
        None => separated(&tenths, value < 0.0),
    }
}

/// Two decimals: `1,234.50`.
pub(super) fn dollars(value: f64) -> String {
    separated(&format!("{:.2}", value.abs()), value < 0.0)
}

/// Whole percent, rounded; 99.9 % is not yet 100 %.
pub(super) fn percent(share: f64) -> String {
    let rounded = (share * 100.0).round();
    whole(if share < 1.0 {
        rounded.min(99.0)
    } else {
        rounded
    })
}

/// `1 person`, `2 people`.
pub(super) fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// A text of the data on one line: control characters are blanks, and the end of a long one is cut.
pub(super) fn name(text: &str) -> String {
    let plain: String = text
        .chars()
        .map(|letter| {
            if letter.is_control() || is_invisible(letter) {
                ' '
            } else {
                letter
            }
        })
        .collect();
    let plain = plain.trim();
    match plain.char_indices().nth(MAX_NAME_LETTERS) {
        Some((end, _)) => format!("{}…", &plain[..end]),
        None => plain.to_owned(),
    }
}

/// Returns true for characters that break a line or change the direction of a text.
fn is_invisible(letter: char) -> bool {
    matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

fn separated(digits: &str, is_negative: bool) -> String {
    let (whole, decimals) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
    let mut text = String::from(if is_negative { "-" } else { "" });
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text.push_str(decimals);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_easy_to_read() {
        assert_eq!(
            [0.4, 999.5, 1_234_567.0].map(whole),
            ["0", "1,000", "1,234,567"]
        );
        assert_eq!([12.5, 12.04, 1_000.0].map(credits), ["12.5", "12", "1,000"]);
        assert_eq!([0.2, 5_210.0].map(dollars), ["0.20", "5,210.00"]);
        assert_eq!(
            [0.868, 0.75, 0.999, 1.05].map(percent),
            ["87", "75", "99", "105"]
        );
    }

    #[test]
    fn a_name_stays_on_its_line() {
        assert_eq!(name(" Ann\r\nSubject: x\u{202e}y "), "Ann  Subject: x y");
        assert_eq!(name(&"é".repeat(90)).chars().count(), 81);
    }
}
