//! Cells of CSV text, appended to a buffer.

use std::io::Write as _;

use crate::rng::Rng;

/// A whole number.
pub(crate) fn push_count(out: &mut Vec<u8>, value: u64) {
    let mut digits = [0_u8; 20];
    let mut start = digits.len();
    let mut left = value;
    loop {
        start -= 1;
        if let (Some(slot), Ok(digit)) = (digits.get_mut(start), u8::try_from(left % 10)) {
            *slot = b'0' + digit;
        }
        left /= 10;
        if left == 0 {
            break;
        }
    }
    out.extend_from_slice(digits.get(start..).unwrap_or_default());
}

/// A number with all its digits and always a decimal point: `1000.0`, `12.345678901234567`.
pub(crate) fn push_number(out: &mut Vec<u8>, value: f64) {
    // Writing to a vector cannot fail.
    write!(out, "{value:?}").unwrap_or_default();
}

/// A quoted cell. The text has no quotes of its own.
pub(crate) fn push_quoted(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    out.extend_from_slice(text.as_bytes());
    out.push(b'"');
}

/// A cell, quoted if it has to be.
pub(crate) fn push_cell(out: &mut Vec<u8>, text: &str) {
    if text.contains([',', '"', '\n', '\r']) {
        push_quoted(out, &text.replace('"', "\"\""));
    } else {
        out.extend_from_slice(text.as_bytes());
    }
}

/// The spelling of a user id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IdSpelling {
    Plain,
    /// `d-0123456789.<id>`.
    WithIdentityStore,
    /// `"""<id>"""`: the quotes belong to the value.
    WithLiteralQuotes,
}

impl IdSpelling {
    /// About one id in eight is not plain.
    pub(crate) fn draw(rng: &mut Rng, id: &str) -> Self {
        match rng.unit() {
            d if d < 0.11 && id.get(10..11).is_none_or(|cut| cut != "-") => Self::WithIdentityStore,
            d if d >= 0.98 => Self::WithLiteralQuotes,
            _ => Self::Plain,
        }
    }

    pub(crate) fn push(self, out: &mut Vec<u8>, identity_store: &str, id: &str) {
        match self {
            Self::Plain => push_quoted(out, id),
            Self::WithIdentityStore => {
                out.push(b'"');
                out.extend_from_slice(identity_store.as_bytes());
                out.push(b'.');
                out.extend_from_slice(id.as_bytes());
                out.push(b'"');
            }
            Self::WithLiteralQuotes => {
                out.extend_from_slice(b"\"\"");
                push_quoted(out, id);
                out.extend_from_slice(b"\"\"");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(fill: impl Fn(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        fill(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn numbers_keep_every_digit() {
        assert_eq!(text(|out| push_number(out, 1000.0)), "1000.0");
        assert_eq!(
            text(|out| push_number(out, 88.000_000_000_000_01)),
            "88.00000000000001"
        );
        for value in [0, 7, 10, 1_234_567, u64::MAX] {
            assert_eq!(text(|out| push_count(out, value)), value.to_string());
        }
    }

    #[test]
    fn cells_are_quoted_where_they_have_to_be() {
        assert_eq!(text(|out| push_cell(out, "Data & AI")), "Data & AI");
        assert_eq!(
            text(|out| push_cell(out, r#"Web, "Design""#)),
            r#""Web, ""Design""""#
        );
    }

    #[test]
    fn ids_have_three_spellings() {
        let spelled = |how: IdSpelling| text(|out| how.push(out, "d-0123456789", "abc"));
        assert_eq!(spelled(IdSpelling::Plain), r#""abc""#);
        assert_eq!(
            spelled(IdSpelling::WithIdentityStore),
            r#""d-0123456789.abc""#
        );
        assert_eq!(spelled(IdSpelling::WithLiteralQuotes), r#""""abc""""#);
    }
}
