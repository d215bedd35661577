//! SQL literals that Trino and `DataFusion` read the same way.

/// A varchar literal, quotes doubled.
pub(crate) fn text_literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A double literal in e-notation. A number with a decimal point is a decimal in Trino.
pub(crate) fn double_literal(number: f64) -> String {
    format!("{number:e}")
}

/// A double, or a typed NULL.
pub(crate) fn optional_double_literal(number: Option<f64>) -> String {
    number.map_or_else(|| "CAST(NULL AS double)".to_owned(), double_literal)
}

/// A bigint. An integer literal has 32 bits in Trino.
pub(crate) fn bigint_literal(number: u32) -> String {
    format!("CAST({number} AS bigint)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_doubles_on_both_engines() {
        assert_eq!(double_literal(0.04), "4e-2");
        assert_eq!(double_literal(10_000.0), "1e4");
        assert_eq!(double_literal(0.0), "0e0");
        assert_eq!(optional_double_literal(None), "CAST(NULL AS double)");
    }

    #[test]
    fn a_quote_cannot_end_a_literal() {
        assert_eq!(text_literal("it's"), "'it''s'");
    }
}
