//! SQL literals that Athena and the embedded engine read alike. Every value of a selection becomes one of these.

use chrono::NaiveDate;

use kiro_dashboard::spec::Literal;

/// A text literal. The engines have no escapes inside quotes: only the quote itself is doubled.
pub(crate) fn text(value: &str) -> String {
    format!("'{}'", value.replace('\0', "").replace('\'', "''"))
}

pub(crate) fn date(day: NaiveDate) -> String {
    format!("DATE '{day}'")
}

/// A double, with an exponent, as `0.5` is a decimal in Trino.
pub(crate) fn number(value: f64) -> String {
    if value.is_finite() {
        format!("{value:e}")
    } else {
        "CAST(NULL AS double)".to_owned()
    }
}

pub(crate) fn literal(value: &Literal) -> String {
    match value {
        Literal::Flag(flag) => if *flag { "TRUE" } else { "FALSE" }.to_owned(),
        Literal::Whole(whole) => whole.to_string(),
        Literal::Number(value) => number(*value),
        Literal::Text(value) => text(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_cannot_end_the_literal() {
        for (value, expected) in [
            ("O'Brien", "'O''Brien'"),
            ("'; DROP TABLE x; --", "'''; DROP TABLE x; --'"),
            ("back\\slash\\' OR 1=1", "'back\\slash\\'' OR 1=1'"),
            ("한국 \"double\" 中文", "'한국 \"double\" 中文'"),
            ("nul\0byte", "'nulbyte'"),
            ("", "''"),
        ] {
            assert_eq!(text(value), expected);
        }
    }

    #[test]
    fn numbers_are_doubles_on_both_engines() {
        assert_eq!(
            (number(0.5), number(1000.0), number(0.0)),
            ("5e-1".into(), "1e3".into(), "0e0".into())
        );
    }
}
