//! Writes a figure as CSV: raw numbers, ISO dates, and no text that a spreadsheet would run as a formula.

use std::collections::BTreeMap;

use kiro_dashboard_sql::{ColumnRole, Figure, Value};
use kiro_query::neutralize_formula;

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
        neutralize_formula(texts.get(label).unwrap_or(label)).into_owned()
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
        Value::Text(text) => neutralize_formula(text).into_owned(),
        other => other.plain(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_made_harmless_and_numbers_stay_numbers() {
        assert_eq!(cell(&Value::Text("＝1".to_owned())), "'＝1");
        assert_eq!(cell(&Value::Number(-1.5)), "-1.5");
    }
}
