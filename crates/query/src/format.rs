//! Formats results as text: a table for a terminal, CSV and JSON for programs.

use std::collections::HashSet;
use std::io::Write;

use arrow::array::RecordBatch;
use arrow::csv;
use arrow::datatypes::SchemaRef;
use arrow::error::ArrowError;
use arrow::json;
use arrow::json::writer::JsonArray;
use arrow::util::pretty::pretty_format_batches_with_schema;
use datafusion::execution::SendableRecordBatchStream;
use futures::StreamExt;

use crate::error::QueryError;
use crate::formula::neutralize_batch;

/// The format of a written result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResultFormat {
    /// Aligned columns, for a terminal.
    Table,
    /// A header and one line per row; NULL is empty, dates are `YYYY-MM-DD`. Texts that a spreadsheet would run as a
    /// formula get an apostrophe in front.
    Csv,
    /// CSV with every text as it is.
    RawCsv,
    /// One array of objects; NULL is `null`, dates are `"YYYY-MM-DD"`, numbers without a finite value are `null`.
    Json,
}

impl ResultFormat {
    /// Writes all rows of `batches` to `out` and returns their number. A table is written after the last row was read;
    /// the other formats stream.
    ///
    /// # Errors
    ///
    /// `Output` if `out` fails, `SameName` for two JSON members of one name, or an error of the stream.
    pub async fn write(
        self,
        mut batches: SendableRecordBatchStream,
        out: &mut (impl Write + Send),
    ) -> Result<u64, QueryError> {
        let mut writer = RowWriter::new(self, batches.schema(), out)?;
        let mut rows = 0;
        while let Some(batch) = batches.next().await {
            let batch = batch.map_err(QueryError::from_stream)?;
            rows += batch.num_rows() as u64;
            writer.write(batch)?;
        }
        let _out = writer.finish()?;
        Ok(rows)
    }
}

/// Writes batches in one format.
pub(crate) enum RowWriter<W: Write> {
    Table {
        out: W,
        schema: SchemaRef,
        batches: Vec<RecordBatch>,
    },
    Csv {
        out: W,
        neutralizes_formulas: bool,
        /// One batch as text. Separates a failed output from a value that cannot be formatted.
        text: Vec<u8>,
    },
    Json(json::Writer<W, JsonArray>),
}

impl<W: Write> RowWriter<W> {
    pub(crate) fn new(format: ResultFormat, schema: SchemaRef, out: W) -> Result<Self, QueryError> {
        Ok(match format {
            ResultFormat::Table => Self::Table {
                out,
                schema,
                batches: Vec::new(),
            },
            ResultFormat::Csv | ResultFormat::RawCsv => {
                let (mut out, mut text) = (out, Vec::new());
                // Write the header now: there may be no batch.
                let mut header = RecordBatch::new_empty(schema);
                let neutralizes_formulas = format == ResultFormat::Csv;
                if neutralizes_formulas {
                    header = neutralize_batch(&header).map_err(QueryError::Format)?;
                }
                write_csv(&header, true, &mut text, &mut out)?;
                Self::Csv {
                    out,
                    neutralizes_formulas,
                    text,
                }
            }
            ResultFormat::Json => Self::Json({
                let mut names = HashSet::new();
                let mut fields = schema.fields().iter();
                if let Some(twice) = fields.find(|field| !names.insert(field.name())) {
                    return Err(QueryError::SameName {
                        name: twice.name().clone(),
                    });
                }
                json::WriterBuilder::new()
                    .with_explicit_nulls(true)
                    .build(out)
            }),
        })
    }

    pub(crate) fn write(&mut self, batch: RecordBatch) -> Result<(), QueryError> {
        match self {
            Self::Table { batches, .. } => batches.push(batch),
            Self::Csv {
                out,
                neutralizes_formulas: true,
                text,
            } => {
                let batch = neutralize_batch(&batch).map_err(QueryError::Format)?;
                write_csv(&batch, false, text, out)?;
            }
            Self::Csv { out, text, .. } => write_csv(&batch, false, text, out)?,
            Self::Json(writer) => writer.write(&batch).map_err(output_error)?,
        }
        Ok(())
    }

    /// Writes the rest and returns the output.
    pub(crate) fn finish(self) -> Result<W, QueryError> {
        let mut out = match self {
            Self::Table {
                mut out,
                schema,
                batches,
            } => {
                let table = pretty_format_batches_with_schema(schema, &batches)
                    .map_err(QueryError::Format)?;
                writeln!(out, "{table}").map_err(QueryError::Output)?;
                out
            }
            Self::Csv { out, .. } => out,
            Self::Json(mut writer) => {
                writer.finish().map_err(output_error)?;
                let mut out = writer.into_inner();
                out.write_all(b"\n").map_err(QueryError::Output)?;
                out
            }
        };
        out.flush().map_err(QueryError::Output)?;
        Ok(out)
    }
}

fn write_csv(
    batch: &RecordBatch,
    has_header: bool,
    text: &mut Vec<u8>,
    out: &mut impl Write,
) -> Result<(), QueryError> {
    text.clear();
    let mut writer = csv::WriterBuilder::new()
        .with_header(has_header)
        .build(&mut *text);
    writer.write(batch).map_err(output_error)?;
    drop(writer);
    out.write_all(text).map_err(QueryError::Output)
}

/// Separates a failed output from a value that cannot be formatted.
fn output_error(error: ArrowError) -> QueryError {
    match error {
        ArrowError::IoError(_, source) => QueryError::Output(source),
        other => QueryError::Format(other),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{
        ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, StringViewArray,
    };
    use arrow::datatypes::{DataType, Field, Schema};

    use super::*;

    fn written(format: ResultFormat, batches: &[RecordBatch], schema: SchemaRef) -> String {
        let mut writer = RowWriter::new(format, schema, Vec::new()).unwrap();
        for batch in batches {
            writer.write(batch.clone()).unwrap();
        }
        String::from_utf8(writer.finish().unwrap()).unwrap()
    }

    fn example() -> RecordBatch {
        let columns: [(&str, ArrayRef); 5] = [
            ("day", Arc::new(Date32Array::from(vec![Some(20_644), None]))),
            (
                "label",
                Arc::new(StringViewArray::from(vec![
                    Some("a \"b\", c\n<d>"),
                    Some(""),
                ])),
            ),
            (
                "messages",
                Arc::new(Int64Array::from(vec![Some(i64::MAX), None])),
            ),
            (
                "share",
                Arc::new(Float64Array::from(vec![
                    Some(f64::NAN),
                    Some(f64::INFINITY),
                ])),
            ),
            (
                "is_new",
                Arc::new(BooleanArray::from(vec![Some(true), None])),
            ),
        ];
        RecordBatch::try_from_iter_with_nullable(columns.map(|(name, column)| (name, column, true)))
            .unwrap()
    }

    #[test]
    fn json_is_one_valid_array_whatever_the_values() {
        let batch = example();
        let text = written(
            ResultFormat::Json,
            &[batch.clone(), batch.clone()],
            batch.schema(),
        );
        let rows: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
        assert_eq!(rows.len(), 4);
        let expected = serde_json::json!({
            "day": "2026-07-10", "label": "a \"b\", c\n<d>", "messages": i64::MAX, "share": null, "is_new": true
        });
        assert_eq!(rows[0], expected);
        assert_eq!(rows[1]["day"], serde_json::Value::Null);
        assert_eq!(rows[1]["share"], serde_json::Value::Null);
    }

    #[test]
    fn no_rows_are_an_empty_array_and_a_header_alone() {
        let schema = example().schema();
        assert_eq!(
            written(ResultFormat::Json, &[], Arc::clone(&schema)).trim(),
            "[]"
        );
        assert_eq!(
            written(ResultFormat::Csv, &[], Arc::clone(&schema)),
            "day,label,messages,share,is_new\n"
        );
        assert!(written(ResultFormat::Table, &[], schema).contains("| day | label |"));
    }

    #[test]
    fn csv_quotes_where_it_must() {
        let batch = example();
        let text = written(
            ResultFormat::Csv,
            std::slice::from_ref(&batch),
            batch.schema(),
        );
        let header = "day,label,messages,share,is_new\n";
        assert_eq!(
            text,
            format!(
                "{header}2026-07-10,\"a \"\"b\"\", c\n<d>\",{},NaN,true\n,,,inf,\n",
                i64::MAX
            )
        );
    }

    #[test]
    fn formulas_are_neutralized_unless_the_text_is_wanted_as_it_is() {
        let column: ArrayRef = Arc::new(StringViewArray::from(vec![Some("=1+1"), Some("-x")]));
        let batch = RecordBatch::try_from_iter([("@name", column)]).unwrap();
        let written = |format| written(format, std::slice::from_ref(&batch), batch.schema());
        assert_eq!(written(ResultFormat::Csv), "'@name\n'=1+1\n'-x\n");
        assert_eq!(written(ResultFormat::RawCsv), "@name\n=1+1\n-x\n");
    }

    #[test]
    fn an_output_that_is_full_is_no_matter_of_format() {
        struct Full;
        impl Write for Full {
            fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
                Err(std::io::ErrorKind::StorageFull.into())
            }
            fn flush(&mut self) -> std::io::Result<()> {
                Ok(())
            }
        }
        for format in [ResultFormat::Csv, ResultFormat::Json] {
            let written = RowWriter::new(format, example().schema(), Full)
                .and_then(|mut writer| writer.write(example()).and_then(|()| writer.finish()));
            assert!(matches!(written, Err(QueryError::Output(_))), "{format:?}");
        }
    }

    #[test]
    fn json_refuses_two_columns_of_one_name() {
        let schema = Schema::new(vec![
            Field::new("user_id", DataType::Int64, true),
            Field::new("user_id", DataType::Int64, true),
        ]);
        let written = RowWriter::new(ResultFormat::Json, Arc::new(schema), Vec::new());
        let error = written.err().unwrap().to_string();
        assert_eq!(
            error,
            "two columns are named `user_id`: a JSON object has each name once"
        );
    }
}
