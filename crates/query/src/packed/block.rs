//! One block of packed rows as a source. Evaluates predicates on the dictionary and the bounds before it unpacks rows.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, BooleanArray, RecordBatch, RecordBatchOptions, StringViewArray, new_null_array,
};
use arrow::buffer::BooleanBuffer;
use arrow::compute::filter_record_batch;
use arrow::datatypes::{DataType, SchemaRef};
use datafusion::common::{Result, ScalarValue};

use super::column::PackedColumn;
use crate::predicate::{Predicate, evaluate_conjunction};
use crate::source::{Batches, RowSource};

/// One block as a source of rows.
#[derive(Clone)]
pub(super) struct Block {
    pub(super) schema: SchemaRef,
    pub(super) dictionaries: Arc<[Option<StringViewArray>]>,
    pub(super) columns: Arc<[Arc<PackedColumn>]>,
    pub(super) rows: usize,
}

impl fmt::Debug for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Block")
            .field("rows", &self.rows)
            .finish_non_exhaustive()
    }
}

impl RowSource for Block {
    fn rows(&self) -> usize {
        self.rows
    }

    fn bounds(&self, column: usize) -> Option<(ScalarValue, ScalarValue)> {
        self.columns.get(column)?.bounds()
    }

    fn read(&self, projection: &[usize], max_rows: usize) -> Result<Batches> {
        self.read_matching(projection, &[], max_rows)
    }

    fn read_matching(
        &self,
        projection: &[usize],
        predicates: &[Predicate],
        max_rows: usize,
    ) -> Result<Batches> {
        let schema = Arc::new(self.schema.project(projection)?);
        let projection = projection.to_vec();
        let (mut by_code, mut by_row) = (Vec::new(), Vec::new());
        for predicate in predicates {
            match self.evaluation(predicate)? {
                Evaluation::AlwaysTrue => {}
                Evaluation::ByCode(test) => by_code.push(test),
                Evaluation::ByRow => by_row.push(predicate.clone()),
            }
        }
        let (block, rows) = (self.clone(), self.rows);
        let ranges = (0..rows).step_by(max_rows.max(1));
        Ok(Box::new(ranges.map(move |start| {
            let range = start..rows.min(start + max_rows);
            let mut selection = BooleanBuffer::new_set(range.len());
            for test in &by_code {
                selection = &selection
                    & &block.columns[test.column].select_codes(
                        range.clone(),
                        &test.codes,
                        test.null,
                    );
            }
            if !by_row.is_empty() && selection.count_set_bits() > 0 {
                selection = evaluate_conjunction(&by_row, selection, |predicate| {
                    block.unpack(predicate.columns(), range.clone())
                })?;
            }
            let selected = selection.count_set_bits();
            if selected == 0 {
                return Ok(RecordBatch::new_empty(Arc::clone(&schema)));
            }
            let arrays = block.unpack(&projection, range.clone())?;
            let options = RecordBatchOptions::new().with_row_count(Some(range.len()));
            let batch = RecordBatch::try_new_with_options(Arc::clone(&schema), arrays, &options)?;
            if selected == range.len() {
                return Ok(batch);
            }
            Ok(filter_record_batch(
                &batch,
                &BooleanArray::new(selection, None),
            )?)
        })))
    }
}

/// How a predicate is evaluated for a block.
enum Evaluation {
    /// True for all rows.
    AlwaysTrue,
    /// By the codes of a text column.
    ByCode(CodeTest),
    /// On the unpacked rows.
    ByRow,
}

/// The result of a predicate for each code of a text column, and for NULL.
struct CodeTest {
    column: usize,
    codes: Vec<bool>,
    null: bool,
}

impl Block {
    fn unpack(&self, columns: &[usize], range: Range<usize>) -> Result<Vec<ArrayRef>> {
        let columns = columns.iter();
        columns
            .map(|&column| {
                self.columns[column].unpack(
                    range.clone(),
                    self.schema.field(column).data_type(),
                    self.dictionaries[column].as_ref(),
                )
            })
            .collect()
    }

    /// Evaluates a predicate on one text column once per text, and a comparison on the bounds of the block.
    fn evaluation(&self, predicate: &Predicate) -> Result<Evaluation> {
        let &[column] = predicate.columns() else {
            return Ok(Evaluation::ByRow);
        };
        let has_nulls = self.columns[column].has_nulls();
        if let Some(texts) = &self.dictionaries[column] {
            let null = new_null_array(&DataType::Utf8View, 1);
            let results = (predicate.evaluate(vec![Arc::new(texts.clone())], texts.len()))
                .and_then(|codes| Ok((codes, predicate.evaluate(vec![null], 1)?)));
            // A text for which it fails may belong to rows that another predicate excludes.
            if let Ok((codes, null)) = results {
                let null = null.value(0);
                if codes.count_set_bits() == codes.len() && (null || !has_nulls) {
                    return Ok(Evaluation::AlwaysTrue);
                }
                return Ok(Evaluation::ByCode(CodeTest {
                    column,
                    codes: codes.iter().collect(),
                    null,
                }));
            }
        } else if predicate.is_comparison()
            && !has_nulls
            && let Some((min, max)) = self.columns[column].bounds()
        {
            let bounds = ScalarValue::iter_to_array([min, max])?;
            if predicate.evaluate(vec![bounds], 2)?.count_set_bits() == 2 {
                return Ok(Evaluation::AlwaysTrue);
            }
        }
        Ok(Evaluation::ByRow)
    }
}

#[cfg(test)]
mod tests {
    use arrow::array::{AsArray, Date32Array, Float64Array, Int64Array};
    use arrow::datatypes::{Field, Int64Type, Schema};
    use arrow::util::pretty::pretty_format_batches;
    use datafusion::datasource::MemTable;
    use datafusion::prelude::SessionContext;

    use super::super::PackedBuilder;
    use super::*;
    use crate::source_table::SourceTable;

    const ROWS: i64 = 70_000;

    /// More rows than one block: few texts, sorted and unsorted numbers, some NULLs of each.
    fn rows() -> RecordBatch {
        let texts = ["a", "B", "a text of more than twelve bytes", ""];
        let known = |row: i64, every: i64| row % every != 0;
        let schema = Schema::new(vec![
            Field::new("text", DataType::Utf8View, true),
            Field::new("surely", DataType::Utf8View, false),
            Field::new("day", DataType::Date32, false),
            Field::new("number", DataType::Int64, true),
            Field::new("share", DataType::Float64, true),
        ]);
        let text = |row: i64| texts[usize::try_from(row % 4).unwrap()];
        let columns: Vec<ArrayRef> = vec![
            Arc::new(
                (0..ROWS)
                    .map(|row| known(row, 5).then(|| text(row)))
                    .collect::<StringViewArray>(),
            ),
            Arc::new(StringViewArray::from_iter_values((0..ROWS).map(text))),
            Arc::new(Date32Array::from_iter_values(
                (0..ROWS).map(|row| 20_000 + i32::try_from(row / 1000).unwrap()),
            )),
            Arc::new(
                (0..ROWS)
                    .map(|row| known(row, 7).then_some(row % 100))
                    .collect::<Int64Array>(),
            ),
            Arc::new(
                (0..ROWS)
                    .map(|row| known(row, 3).then(|| f64::from(i32::try_from(row).unwrap()) / 8.0))
                    .collect::<Float64Array>(),
            ),
        ];
        RecordBatch::try_new(Arc::new(schema), columns).unwrap()
    }

    #[tokio::test]
    async fn a_scan_evaluates_predicates_as_datafusion_does() {
        let rows = rows();
        let mut builder = PackedBuilder::new(rows.schema(), Arc::default()).unwrap();
        builder.push(&rows).unwrap();
        let packed = builder.finish();
        assert_eq!(packed.sources().count(), 2);
        let table = SourceTable::new(rows.schema(), packed.sources().collect());
        let session = SessionContext::new();
        session.register_table("packed", Arc::new(table)).unwrap();
        let plain = MemTable::try_new(rows.schema(), vec![vec![rows]]).unwrap();
        session.register_table("plain", Arc::new(plain)).unwrap();
        let answer = async |table: &str, predicate: &str| {
            let sql = format!(
                "SELECT COUNT(*), COUNT(text), SUM(number), SUM(share), MIN(day), MAX(surely) FROM {table} AS rows \
                 WHERE {predicate}"
            );
            let found = session.sql(&sql).await.unwrap().collect().await;
            let found = found.unwrap_or_else(|error| panic!("{sql}: {error}"));
            pretty_format_batches(&found).unwrap().to_string()
        };
        for predicate in [
            "text = 'B'",
            "text IN ('a', '', 'no such text')",
            "text <> 'a'",
            "text IS NULL",
            "text IS NOT NULL AND surely IS NOT NULL",
            "text IS DISTINCT FROM 'a'",
            "COALESCE(text, 'a') = 'a'",
            "lower(surely) = 'b' AND number > 40",
            "surely LIKE '%twelve%' OR number = 3",
            "text = surely",
            "day >= DATE '2024-10-04'",
            "day BETWEEN DATE '2024-10-10' AND DATE '2024-11-20'",
            "DATE '2024-12-02' < day AND text = 'a'",
            "day <> DATE '2024-12-02'",
            "number >= 0",
            "number <= 98 AND number > 1",
            "number IS NULL",
            "share > 8000.0 AND share < 8191.875",
            "number + 1 = 4",
            "number > 99",
            "CASE WHEN surely = '' THEN FALSE ELSE CAST(length(surely) AS bigint) > 1 END",
        ] {
            let (packed, plain) = (
                answer("packed", predicate).await,
                answer("plain", predicate).await,
            );
            assert_eq!(packed, plain, "{predicate}");
        }
        // Predicates that fail for rows that another predicate excludes, few or many of them.
        for (guard, guarded) in [
            ("number = 8", "10 / (number - 7) > 0"),
            ("number <> 7", "10 / (number - 7) < 100"),
            ("surely = 'no such text'", "CAST(surely AS bigint) > 0"),
        ] {
            assert_eq!(
                answer("packed", &format!("{guard} AND {guarded}")).await,
                answer("plain", guard).await,
                "{guarded}"
            );
        }
        let few = "SELECT COUNT(*) FROM (SELECT 1 FROM packed WHERE number = 3 LIMIT 5)";
        let few = session.sql(few).await.unwrap().collect().await.unwrap();
        assert_eq!(few[0].column(0).as_primitive::<Int64Type>().value(0), 5);
    }
}
