//! Texts that a spreadsheet would run as a formula, made harmless: they get an apostrophe in front.

use std::borrow::Cow;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, RecordBatchOptions, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::error::ArrowError;

/// Spreadsheets read texts that begin with one of these as formulas: signs, also full-width ones, and the characters before
/// which some programs skip to the sign.
const FORMULA_PREFIXES: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// Prefixes a text with an apostrophe if a spreadsheet would read it as a formula.
///
/// ```
/// assert_eq!(kiro_query::neutralize_formula("=1+1"), "'=1+1");
/// assert_eq!(kiro_query::neutralize_formula("alice@example.com"), "alice@example.com");
/// ```
pub fn neutralize_formula(text: &str) -> Cow<'_, str> {
    if text.starts_with(FORMULA_PREFIXES) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// The batch with harmless texts and column names. Numbers, dates and flags stay as they are.
pub(crate) fn neutralize_batch(batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    let columns = batch.columns().iter().map(neutralize_column);
    let columns = columns.collect::<Result<Vec<_>, _>>()?;
    let schema = neutralize_schema(&batch.schema(), &columns);
    // A result may have no column.
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(schema, columns, &options)
}

fn neutralize_schema(schema: &Schema, columns: &[ArrayRef]) -> SchemaRef {
    let fields = schema.fields().iter().zip(columns);
    let fields = fields.map(|(field, column)| {
        let name = neutralize_formula(field.name());
        Field::new(name, column.data_type().clone(), field.is_nullable())
    });
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

fn neutralize_column(column: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    match column.data_type() {
        DataType::Utf8 => Ok(neutralize_texts(column, column.as_string::<i32>())),
        DataType::LargeUtf8 => Ok(neutralize_texts(column, column.as_string::<i64>())),
        DataType::Utf8View => Ok(neutralize_texts(column, column.as_string_view())),
        DataType::Dictionary(_, values) if values.is_string() => {
            let plain = cast(column, &DataType::Utf8)?;
            neutralize_column(&plain)
        }
        _ => Ok(ArrayRef::clone(column)),
    }
}

/// The column itself if all of its texts are harmless.
fn neutralize_texts<'a>(
    column: &ArrayRef,
    texts: impl IntoIterator<Item = Option<&'a str>> + Copy,
) -> ArrayRef {
    let mut found = texts.into_iter().flatten();
    if !found.any(|text| text.starts_with(FORMULA_PREFIXES)) {
        return ArrayRef::clone(column);
    }
    let texts = texts.into_iter().map(|text| text.map(neutralize_formula));
    Arc::new(texts.collect::<StringArray>())
}

#[cfg(test)]
mod tests {
    use arrow::array::{Float64Array, StringViewArray};

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
            ("\n=x", "'\n=x"),
            ("＝1", "'＝1"),
            ("＋1", "'＋1"),
            ("－1", "'－1"),
            ("＠x", "'＠x"),
            ("'=1", "'=1"),
            ("alice@example.com", "alice@example.com"),
            ("", ""),
        ] {
            assert_eq!(neutralize_formula(text), expected);
        }
    }

    #[test]
    fn every_kind_of_text_column_is_covered_and_numbers_stay() {
        let texts = ["=x", "y"];
        let view: ArrayRef = Arc::new(StringViewArray::from_iter_values(texts));
        let columns = [
            DataType::Utf8,
            DataType::LargeUtf8,
            DataType::Utf8View,
            DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8)),
        ];
        for kind in columns {
            let batch = RecordBatch::try_from_iter([
                ("=name", cast(&view, &kind).unwrap()),
                (
                    "number",
                    Arc::new(Float64Array::from(vec![-1.5, 2.0])) as ArrayRef,
                ),
            ]);
            let harmless = neutralize_batch(&batch.unwrap()).unwrap();
            assert_eq!(harmless.schema().field(0).name(), "'=name");
            let found = harmless.column(0).as_string::<i32>();
            assert_eq!([found.value(0), found.value(1)], ["'=x", "y"], "{kind}");
            assert_eq!(harmless.column(1).data_type(), &DataType::Float64);
        }
    }
}
