//! Names and texts of files in messages: on one line, without characters that control a terminal.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Escapes control characters, line separators and changes of the writing direction, so that a name can neither forge a
/// line of a log nor hide a part of itself.
///
/// ```
/// assert_eq!(kiro_ingest::printable("a.csv\nhint: run this"), r"a.csv\nhint: run this");
/// ```
pub fn printable(text: &str) -> Cow<'_, str> {
    if !text.contains(is_special) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 8);
    for sign in text.chars() {
        if is_special(sign) {
            // Writing to a String cannot fail.
            write!(escaped, "{}", sign.escape_default()).unwrap_or_default();
        } else {
            escaped.push(sign);
        }
    }
    Cow::Owned(escaped)
}

fn is_special(sign: char) -> bool {
    sign.is_control()
        || matches!(sign, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::printable;

    #[test]
    fn a_name_stays_on_its_line() {
        for (text, expected) in [
            ("Größe 日本.csv", "Größe 日本.csv"),
            ("a\r\nb", r"a\r\nb"),
            ("\u{1b}[2Jx", r"\u{1b}[2Jx"),
            ("\u{9b}2J\0", r"\u{9b}2J\u{0}"),
            ("vsc\u{202e}.exe", r"vsc\u{202e}.exe"),
            ("a\u{2028}b", r"a\u{2028}b"),
        ] {
            assert_eq!(printable(text), expected);
        }
    }
}
