//! Writes parts directly, for tests that need no exports.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, RecordBatch, StringArray,
    new_null_array,
};
use arrow::datatypes::{DataType, Field, Schema};
use chrono::NaiveDate;
use futures::TryStreamExt;
use kiro_catalog::{Catalogue, ColumnType, RenderOptions, Source};
use kiro_query::{Engine, EngineOptions, QueryError};
use parquet::arrow::ArrowWriter;

/// A row of facts: the day, the user, the tier's code, messages, credits.
#[derive(Clone)]
pub(crate) struct Fact {
    pub(crate) day: &'static str,
    pub(crate) user: &'static str,
    pub(crate) tier: &'static str,
    pub(crate) messages: i64,
    pub(crate) credits: f64,
}

pub(crate) fn fact(day: &'static str, user: &'static str, messages: i64) -> Fact {
    Fact {
        day,
        user,
        tier: "PRO",
        messages,
        credits: 0.5,
    }
}

/// A version of an export.
pub(crate) struct Version<'a> {
    pub(crate) id: u64,
    pub(crate) src_path: &'a str,
    pub(crate) export_ts: &'a str,
    pub(crate) modified_ts: Option<&'a str>,
    pub(crate) processed_ts: &'a str,
}

/// Writes a part of facts with the export date `export_date` and returns its path. Each part is an export of its own.
pub(crate) fn write_facts(data: &Path, export_date: &str, id: u64, facts: &[Fact]) -> PathBuf {
    let version = Version {
        id,
        src_path: &format!("{export_date} {id:016x}.csv"),
        export_ts: &format!("{}0000", export_date.replace('-', "")),
        modified_ts: None,
        processed_ts: "20260801000000",
    };
    write_version(data, &version, facts)
}

/// Writes the part of a version and returns its path.
pub(crate) fn write_version(data: &Path, version: &Version<'_>, facts: &[Fact]) -> PathBuf {
    let Version { id, export_ts, .. } = version;
    let (year, month, day_of_month) = (&export_ts[..4], &export_ts[4..6], &export_ts[6..8]);
    let export_date = format!("{year}-{month}-{day_of_month}");
    let rows = facts.len();
    let part_id = format!("{id:016x}");
    let values = |name: &str| -> Option<ArrayRef> {
        Some(match name {
            "activity_date" => Arc::new(
                facts
                    .iter()
                    .map(|fact| Some(day(fact.day)))
                    .collect::<Date32Array>(),
            ),
            "user_id" => Arc::new(
                facts
                    .iter()
                    .map(|fact| Some(fact.user))
                    .collect::<StringArray>(),
            ),
            "client_type" => Arc::new(StringArray::from(vec!["KIRO_IDE"; rows])),
            "subscription_tier" => Arc::new(
                facts
                    .iter()
                    .map(|fact| Some(fact.tier))
                    .collect::<StringArray>(),
            ),
            "total_messages" => Arc::new(
                facts
                    .iter()
                    .map(|fact| Some(fact.messages))
                    .collect::<Int64Array>(),
            ),
            "credits_used" => Arc::new(
                facts
                    .iter()
                    .map(|fact| Some(fact.credits))
                    .collect::<Float64Array>(),
            ),
            "overage_enabled" => Arc::new(BooleanArray::from(vec![false; rows])),
            "source_account" | "source_region" => Arc::new(StringArray::from(vec![""; rows])),
            "line" => Arc::new((2..).take(rows).map(Some).collect::<Int64Array>()),
            "src_path" => Arc::new(StringArray::from(vec![version.src_path; rows])),
            "export_ts" => Arc::new(StringArray::from(vec![version.export_ts; rows])),
            "modified_ts" => Arc::new(StringArray::from(vec![version.modified_ts; rows])),
            "part_id" => Arc::new(StringArray::from(vec![part_id.as_str(); rows])),
            "processed_ts" => Arc::new(StringArray::from(vec![version.processed_ts; rows])),
            _ => return None,
        })
    };
    let path = data.join(format!(
        "facts/export_date={export_date}/part-{part_id}.parquet"
    ));
    write(&path, "report_facts_raw", rows, values);
    path
}

/// Writes a file with the columns of a table; a column without values is NULL.
fn write(path: &Path, table: &str, rows: usize, values: impl Fn(&str) -> Option<ArrayRef>) {
    let catalogue = Catalogue::render(&RenderOptions::default()).unwrap();
    let relation = catalogue.relation(table).unwrap();
    assert!(matches!(relation.source, Source::Parts { .. }));
    let mut fields = Vec::new();
    let mut columns = Vec::new();
    for column in relation
        .columns
        .iter()
        .filter(|column| column.name != "export_date")
    {
        let data_type = match column.column_type {
            ColumnType::Varchar => DataType::Utf8,
            ColumnType::Bigint => DataType::Int64,
            ColumnType::Double => DataType::Float64,
            ColumnType::Boolean => DataType::Boolean,
            ColumnType::Date => DataType::Date32,
        };
        columns.push(values(&column.name).unwrap_or_else(|| new_null_array(&data_type, rows)));
        fields.push(Field::new(&column.name, data_type, true));
    }
    let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).unwrap();
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let mut writer =
        ArrowWriter::try_new(File::create(path).unwrap(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

fn day(text: &str) -> i32 {
    text.parse::<NaiveDate>().unwrap().to_epoch_days()
}

/// Options for all of a folder.
pub(crate) fn options(data: &Path) -> EngineOptions {
    EngineOptions {
        data: data.to_owned(),
        render: RenderOptions::default(),
        since: None,
        until: None,
    }
}

pub(crate) fn open(data: &Path) -> Engine {
    Engine::open(options(data)).unwrap()
}

/// Returns the result as text: cells separated by `|`, rows in the order of the statement.
pub(crate) async fn rows(engine: &Engine, sql: &str) -> Vec<String> {
    try_rows(engine, sql).await.unwrap()
}

pub(crate) async fn try_rows(engine: &Engine, sql: &str) -> Result<Vec<String>, QueryError> {
    let batches: Vec<RecordBatch> = engine
        .query(sql)
        .await?
        .try_collect()
        .await
        .map_err(QueryError::from_stream)?;
    let mut rows = Vec::new();
    for batch in &batches {
        for row in 0..batch.num_rows() {
            let cells = batch.columns().iter().map(|column| {
                if column.is_null(row) {
                    "NULL".to_owned()
                } else {
                    arrow::util::display::array_value_to_string(column, row).unwrap()
                }
            });
            rows.push(cells.collect::<Vec<_>>().join("|"));
        }
    }
    Ok(rows)
}
