//! Results as text: a table for people, CSV and JSON for programs.

use std::fmt;
use std::io::Write;
use std::str::FromStr;

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

/// How a result is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResultFormat {
    /// Columns side by side, for a terminal.
    Table,
    /// A header and one line per row; NULL is empty, dates are `YYYY-MM-DD`.
    Csv,
    /// One array of objects; NULL is `null`, dates are `"YYYY-MM-DD"`, numbers without a finite value are `null`.
    Json,
}

/// A format that does not exist.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected `table`, `csv` or `json`, found `{found}`")]
pub struct UnknownResultFormat {
    /// What was asked for.
    pub found: String,
}

impl FromStr for ResultFormat {
    type Err = UnknownResultFormat;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "table" => Ok(Self::Table),
            "csv" => Ok(Self::Csv),
            "json" => Ok(Self::Json),
            found => Err(UnknownResultFormat {
                found: found.to_owned(),
            }),
        }
    }
}

impl fmt::Display for ResultFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Table => "table",
            Self::Csv => "csv",
            Self::Json => "json",
        })
    }
}

impl ResultFormat {
    /// Writes all rows of `batches` to `out` and says how many there were. A table is laid out when the last row is
    /// known; the other formats stream.
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
    Csv(Box<csv::Writer<W>>),
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
            ResultFormat::Csv => {
                let mut writer = csv::WriterBuilder::new().with_header(true).build(out);
                // The header is written with the first batch, which there may not be.
                writer
                    .write(&RecordBatch::new_empty(schema))
                    .map_err(output_error)?;
                Self::Csv(Box::new(writer))
            }
            ResultFormat::Json => Self::Json(
                json::WriterBuilder::new()
                    .with_explicit_nulls(true)
                    .build(out),
            ),
        })
    }

    pub(crate) fn write(&mut self, batch: RecordBatch) -> Result<(), QueryError> {
        match self {
            Self::Table { batches, .. } => batches.push(batch),
            Self::Csv(writer) => writer.write(&batch).map_err(output_error)?,
            Self::Json(writer) => writer.write(&batch).map_err(output_error)?,
        }
        Ok(())
    }

    /// Writes what is still held back, and gives the output back.
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
            Self::Csv(writer) => writer.into_inner(),
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

/// An output that failed, or a value that could not be formatted.
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
    fn a_format_is_read_from_its_name() {
        for format in [ResultFormat::Table, ResultFormat::Csv, ResultFormat::Json] {
            assert_eq!(format.to_string().parse(), Ok(format));
        }
        let error = "xml".parse::<ResultFormat>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "expected `table`, `csv` or `json`, found `xml`"
        );
    }
}
