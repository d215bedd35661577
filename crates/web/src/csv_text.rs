//! Writes a figure as CSV: raw numbers, ISO dates, and no text that a spreadsheet would run as a formula.

use std::collections::BTreeMap;

use kiro_dashboard_sql::{ColumnRole, Figure, Value};

/// Spreadsheets read texts that begin with one of these as formulas.
const FORMULA_PREFIXES: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// Writes all rows of a figure, with a header in the language of `texts`.
pub(crate) fn write(
    figure: &Figure,
    texts: &BTreeMap<String, String>,
) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    let shown: Vec<usize> = (0..figure.columns.len())
        .filter(|place| figure.columns[*place].role != ColumnRole::Hidden)
        .collect();
    writer.write_record(shown.iter().map(|place| {
        let label = &figure.columns[*place].label;
        escape_formula(texts.get(label).unwrap_or(label))
    }))?;
    for row in &figure.rows {
        writer.write_record(
            shown
                .iter()
                .map(|place| row.get(*place).map(cell).unwrap_or_default()),
        )?;
    }
    writer
        .into_inner()
        .map_err(|error| csv::Error::from(error.into_error()))
}

fn cell(value: &Value) -> String {
    match value {
        Value::Text(text) => escape_formula(text),
        other => other.plain(),
    }
}

/// Prefixes a text with an apostrophe if a spreadsheet would read it as a formula.
pub(crate) fn escape_formula(text: &str) -> String {
    if text.starts_with(FORMULA_PREFIXES) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_a_spreadsheet_would_run_is_made_harmless() {
        for (text, expected) in [
            ("=1+1", "'=1+1"),
            ("+49", "'+49"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\tx", "'\tx"),
            ("\rx", "'\rx"),
            ("alice@example.com", "alice@example.com"),
            ("", ""),
        ] {
            assert_eq!(escape_formula(text), expected);
        }
        assert_eq!(cell(&Value::Number(-1.5)), "-1.5", "numbers stay numbers");
    }
}
