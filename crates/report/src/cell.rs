//! The cells of a record: trimmed, parsed as booleans.

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
    use super::{NotABoolean, parse_boolean, trim};

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
