//! The cells of a record: trimmed, without literal quotes, blank words as blank, parsed as booleans.

/// Removes blanks at both ends, those of Unicode too.
#[inline]
pub(crate) fn trim(cell: &[u8]) -> &[u8] {
    match cell {
        [only] if !is_plain(*only) => trim_slow(cell),
        [first, .., last] if !is_plain(*first) || !is_plain(*last) => trim_slow(cell),
        _ => cell,
    }
}

/// Neither a blank nor a byte of a wider character.
#[inline]
fn is_plain(byte: u8) -> bool {
    byte > b' ' && byte < 0x80
}

fn trim_slow(cell: &[u8]) -> &[u8] {
    std::str::from_utf8(cell).map_or_else(|_| cell.trim_ascii(), |text| text.trim().as_bytes())
}

/// The content of a trimmed cell: without literal quotes around it, empty for a word that other programs write for a blank.
#[inline]
pub(crate) fn content(cell: &[u8]) -> &[u8] {
    match cell {
        [b'"', .., b'"'] | [b'"'] => without_quotes(cell),
        _ if is_blank_word(cell) => b"",
        _ => cell,
    }
}

/// [`content`] of a text that may have blanks around it.
#[inline]
pub(crate) fn text_content(text: &str) -> &str {
    match text.as_bytes() {
        [first, .., last] if is_plain(*first) && is_plain(*last) && *first != b'"' => {
            if is_blank_word(text.as_bytes()) {
                ""
            } else {
                text
            }
        }
        // Blanks and quotes are cut off, which leaves whole letters.
        bytes => std::str::from_utf8(content(trim(bytes))).unwrap_or(text),
    }
}

/// Programs that keep quotes write them around every cell, sometimes twice. Quotes inside of a text are its own.
fn without_quotes(cell: &[u8]) -> &[u8] {
    let mut inner = cell;
    while let [b'"', rest @ .., b'"'] = inner {
        inner = trim(rest);
    }
    if inner == b"\"" || is_blank_word(inner) {
        b""
    } else if inner.contains(&b'"') {
        cell
    } else {
        inner
    }
}

const MAX_BLANK_WORD: usize = 4;
/// What databases and spreadsheets write for a missing value. `nan` is none of them: it may be a failed calculation.
const BLANK_WORDS: [&[u8]; 7] = [b"null", b"none", b"na", b"n/a", b"#n/a", b"\\n", b"-"];

#[inline]
pub(crate) fn is_blank_word(cell: &[u8]) -> bool {
    // Nearly every cell is longer, or begins with another letter.
    cell.len() <= MAX_BLANK_WORD
        && matches!(cell.first(), Some(b'n' | b'N' | b'#' | b'\\' | b'-'))
        && BLANK_WORDS
            .iter()
            .any(|word| word.eq_ignore_ascii_case(cell))
}

/// Parses `true` and `false` in any case; blank is `None`.
#[inline]
pub(crate) fn parse_boolean(cell: &[u8]) -> Result<Option<bool>, NotABoolean> {
    if cell.is_empty() {
        Ok(None)
    } else if cell.eq_ignore_ascii_case(b"true") {
        Ok(Some(true))
    } else if cell.eq_ignore_ascii_case(b"false") {
        Ok(Some(false))
    } else {
        Err(NotABoolean)
    }
}

/// A cell that is neither `true` nor `false`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotABoolean;

#[cfg(test)]
mod tests {
    use super::{NotABoolean, content, parse_boolean, text_content, trim};

    #[test]
    fn literal_quotes_and_blank_words_go_and_other_texts_stay() {
        let cases = [
            ("", ""),
            ("a", "a"),
            ("\"KIRO_IDE\"", "KIRO_IDE"),
            ("\" ann@example.com \"", "ann@example.com"),
            ("\"\"PRO\"\"", "PRO"),
            ("\"\"", ""),
            ("\"", ""),
            ("\"\"\"", ""),
            ("\"\u{e4}\"", "\u{e4}"),
            // Quotes of the text itself.
            ("say \"hi\"", "say \"hi\""),
            ("\"a\" and \"b\"", "\"a\" and \"b\""),
            ("\"a", "\"a"),
            ("NULL", ""),
            ("null", ""),
            ("None", ""),
            ("NA", ""),
            ("n/a", ""),
            ("#N/A", ""),
            ("\\N", ""),
            ("-", ""),
            ("\"NULL\"", ""),
            ("\"\\N\"", ""),
            // Not words for a blank.
            ("nan", "nan"),
            ("NaN", "NaN"),
            ("nil", "nil"),
            ("NULLS", "NULLS"),
            ("NAN", "NAN"),
            ("0", "0"),
            ("--", "--"),
        ];
        for (cell, expected) in cases {
            assert_eq!(content(cell.as_bytes()), expected.as_bytes(), "{cell:?}");
            assert_eq!(text_content(cell), expected, "{cell:?}");
        }
        assert_eq!(content(b"\"\xff\""), b"\xff");
    }

    #[test]
    fn blanks_go_and_nothing_else() {
        let cases: [(&[u8], &[u8]); 9] = [
            (b"", b""),
            (b" ", b""),
            (b"a", b"a"),
            (b" \t a b \r\n", b"a b"),
            (
                "\u{a0}\u{2003}\u{e4}\u{3000}".as_bytes(),
                "\u{e4}".as_bytes(),
            ),
            (b" \xff ", b"\xff"),
            (b"\xff", b"\xff"),
            (b"a\0", b"a\0"),
            ("\u{e4}".as_bytes(), "\u{e4}".as_bytes()),
        ];
        for (cell, expected) in cases {
            assert_eq!(trim(cell), expected, "{cell:?}");
        }
    }

    #[test]
    fn booleans_are_read_in_any_case() {
        let cases = [
            (&b"true"[..], Ok(Some(true))),
            (b"TRUE", Ok(Some(true))),
            (b"False", Ok(Some(false))),
            (b"", Ok(None)),
            (b"1", Err(NotABoolean)),
            (b"yes", Err(NotABoolean)),
            (b"truee", Err(NotABoolean)),
        ];
        for (cell, expected) in cases {
            assert_eq!(parse_boolean(cell), expected, "{cell:?}");
        }
    }
}
