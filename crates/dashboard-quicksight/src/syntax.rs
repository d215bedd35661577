//! Pieces of Quick Sight's expression language.

use kiro_dashboard::spec::Literal;

/// A column or calculated field in an expression.
pub(crate) fn reference(column: &str) -> String {
    format!("{{{column}}}")
}

/// A text in an expression, in quotes that it does not contain.
pub(crate) fn quoted(text: &str) -> String {
    if text.contains('\'') {
        format!("\"{}\"", text.replace('"', "”"))
    } else {
        format!("'{text}'")
    }
}

/// A text in a condition of a colour: exported definitions have double quotes here.
pub(crate) fn double_quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "”"))
}

/// A number, without an exponent.
pub(crate) fn number(value: f64) -> String {
    format!("{value}")
}

/// A value of the file. Flags are 1 and 0, as the datasets hold them.
pub(crate) fn literal(value: &Literal, is_date: bool) -> String {
    match value {
        Literal::Flag(flag) => u8::from(*flag).to_string(),
        Literal::Whole(whole) => whole.to_string(),
        Literal::Number(value) => number(*value),
        Literal::Text(day) if is_date => format!("parseDate({}, 'yyyy-MM-dd')", quoted(day)),
        Literal::Text(text) => quoted(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_cannot_end_the_text() {
        assert_eq!(quoted("Pro+"), "'Pro+'");
        assert_eq!(quoted("O'Brien"), "\"O'Brien\"");
        assert_eq!(quoted("O'\"x\""), "\"O'”x”\"");
        assert_eq!(double_quoted("a \"b\""), "\"a ”b”\"");
    }
}
