//! Formats of numbers, dates and missing values.

use kiro_dashboard::spec::Format;
use serde_json::{Value, json};

/// The text of a missing value.
const NONE: &str = "–";

pub(crate) fn number_format(format: Format) -> Value {
    json!({"FormatConfiguration": numeric_format(format)})
}

fn numeric_format(format: Format) -> Value {
    let decimal = |decimals: u8| {
        json!({"NumberDisplayFormatConfiguration": {
            "DecimalPlacesConfiguration": {"DecimalPlaces": decimals},
            "NumberScale": "NONE",
            "SeparatorConfiguration": separators(),
            "NullValueFormatConfiguration": {"NullString": NONE},
        }})
    };
    match format {
        Format::Money => json!({"CurrencyDisplayFormatConfiguration": {
            "Symbol": "USD",
            "DecimalPlacesConfiguration": {"DecimalPlaces": 2},
            "NumberScale": "NONE",
            "SeparatorConfiguration": separators(),
            "NullValueFormatConfiguration": {"NullString": NONE},
        }}),
        Format::Percent => json!({"PercentageDisplayFormatConfiguration": {
            "DecimalPlacesConfiguration": {"DecimalPlaces": 1},
            "SeparatorConfiguration": separators(),
            "NullValueFormatConfiguration": {"NullString": NONE},
        }}),
        Format::Credits => decimal(2),
        // The API has no significant digits.
        Format::Ratio => decimal(3),
        Format::Count
        | Format::Days
        | Format::Date
        | Format::Month
        | Format::Weekday
        | Format::Text
        | Format::Flag => decimal(0),
    }
}

fn separators() -> Value {
    json!({
        "DecimalSeparator": "DOT",
        "ThousandsSeparator": {"Symbol": "COMMA", "Visibility": "VISIBLE"},
    })
}

/// The pattern of a date, or of a month.
pub(crate) const fn date_pattern(format: Format) -> &'static str {
    match format {
        Format::Month => "YYYY-MM",
        _ => "YYYY-MM-DD",
    }
}

pub(crate) fn date_format(format: Format) -> Value {
    json!({
        "DateTimeFormat": date_pattern(format),
        "NullValueFormatConfiguration": {"NullString": NONE},
    })
}

pub(crate) fn text_format() -> Value {
    json!({"NullValueFormatConfiguration": {"NullString": NONE}})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_have_no_places_and_shares_are_percent() {
        let places = |format| {
            let value = numeric_format(format);
            let (kind, body) = value.as_object().unwrap().iter().next().unwrap();
            (
                kind.clone(),
                body["DecimalPlacesConfiguration"]["DecimalPlaces"]
                    .as_u64()
                    .unwrap(),
            )
        };
        let number = "NumberDisplayFormatConfiguration".to_owned();
        assert_eq!(places(Format::Count), (number.clone(), 0));
        assert_eq!(places(Format::Credits), (number, 2));
        assert_eq!(
            places(Format::Percent),
            ("PercentageDisplayFormatConfiguration".to_owned(), 1)
        );
        assert_eq!(
            places(Format::Money),
            ("CurrencyDisplayFormatConfiguration".to_owned(), 2)
        );
    }
}
