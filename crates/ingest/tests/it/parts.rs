//! Reads parts with the Arrow reader.

use arrow::array::{ArrayRef, AsArray, RecordBatch};
use arrow::datatypes::{Float64Type, Int64Type};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use arrow::util::pretty::pretty_format_batches;
use kiro_ingest::InMemoryStore;
use kiro_report::Dataset;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

/// All rows of a dataset, part after part in the order of their keys.
pub(crate) fn read(store: &InMemoryStore, dataset: Dataset) -> Vec<RecordBatch> {
    let folder = format!("{}/", dataset.folder());
    let keys = store
        .keys()
        .into_iter()
        .filter(|key| key.starts_with(&folder));
    keys.flat_map(|key| read_part(store, &key)).collect()
}

pub(crate) fn read_part(store: &InMemoryStore, key: &str) -> Vec<RecordBatch> {
    let content = store.content(key).unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new(content)
        .unwrap()
        .build()
        .unwrap();
    reader.map(Result::unwrap).collect()
}

/// A dataset as a table, with these columns only; `[]` means all.
pub(crate) fn table(store: &InMemoryStore, dataset: Dataset, columns: &[&str]) -> String {
    let batches: Vec<RecordBatch> = read(store, dataset)
        .into_iter()
        .map(|batch| {
            if columns.is_empty() {
                return batch;
            }
            let places: Vec<usize> = columns
                .iter()
                .map(|column| batch.schema().index_of(column).unwrap())
                .collect();
            batch.project(&places).unwrap()
        })
        .collect();
    pretty_format_batches(&batches).unwrap().to_string()
}

/// Every row of a dataset as text, sorted, without these columns.
pub(crate) fn sorted_rows(
    store: &InMemoryStore,
    dataset: Dataset,
    without: &[&str],
) -> Vec<String> {
    let options = FormatOptions::default().with_null("NULL");
    let mut rows = Vec::new();
    for batch in read(store, dataset) {
        let columns: Vec<(String, &ArrayRef)> = batch
            .schema()
            .fields()
            .iter()
            .map(|field| field.name().clone())
            .zip(batch.columns())
            .filter(|(name, _)| !without.contains(&name.as_str()))
            .collect();
        for row in 0..batch.num_rows() {
            let cells = columns.iter().map(|(name, column)| {
                let text = ArrayFormatter::try_new(column.as_ref(), &options)
                    .unwrap()
                    .value(row)
                    .to_string();
                format!("{name}={text}")
            });
            rows.push(cells.collect::<Vec<_>>().join("|"));
        }
    }
    rows.sort();
    rows
}

/// The texts of a column.
pub(crate) fn texts(store: &InMemoryStore, dataset: Dataset, column: &str) -> Vec<Option<String>> {
    let column = |batch: &RecordBatch| {
        batch
            .column_by_name(column)
            .unwrap()
            .as_string::<i32>()
            .clone()
    };
    let batches = read(store, dataset);
    batches
        .iter()
        .flat_map(|batch| {
            column(batch)
                .iter()
                .map(|text| text.map(str::to_owned))
                .collect::<Vec<_>>()
        })
        .collect()
}

/// The sum of a column of counts or amounts, NULL as 0.
pub(crate) fn sum(batches: &[RecordBatch], column: &str) -> f64 {
    batches
        .iter()
        .map(|batch| {
            let column = batch.column_by_name(column).unwrap();
            match column.as_primitive_opt::<Int64Type>() {
                #[expect(clippy::cast_precision_loss, reason = "small numbers")]
                Some(counts) => counts
                    .iter()
                    .flatten()
                    .map(|count| count as f64)
                    .sum::<f64>(),
                None => column.as_primitive::<Float64Type>().iter().flatten().sum(),
            }
        })
        .sum()
}

/// How many rows a dataset has.
pub(crate) fn rows(store: &InMemoryStore, dataset: Dataset) -> usize {
    read(store, dataset).iter().map(RecordBatch::num_rows).sum()
}
