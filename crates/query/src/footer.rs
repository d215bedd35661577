//! What a part's footer says: how many rows, and which days of activity they cover.

use std::fs::File;

use arrow::datatypes::{DataType, Field, Schema};
use parquet::arrow::arrow_reader::ArrowReaderMetadata;
use parquet::arrow::arrow_reader::ArrowReaderOptions;
use parquet::file::metadata::ParquetMetaData;
use parquet::file::statistics::Statistics;

use crate::error::QueryError;
use crate::parts::Part;

/// The column whose range a footer tells.
pub(crate) const ACTIVITY_DATE: &str = "activity_date";

/// The days of activity in one part, as days since 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Days {
    /// No rows, no days.
    None,
    /// The first and the last day.
    Between(i32, i32),
    /// The dataset has no activity days, or the part does not say.
    Unknown,
}

/// The facts of one footer that outlive a read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Footer {
    /// How many rows the part holds.
    pub(crate) rows: usize,
    /// Which days of activity they cover.
    pub(crate) days: Days,
}

/// Reads a part's footer once, and checks that the part is one of `relation`, whose columns are `declared`.
pub(crate) fn footer(part: &Part, relation: &str, declared: &Schema) -> Result<Footer, QueryError> {
    if let Some(footer) = part.footer.get() {
        return Ok(*footer);
    }
    let damaged = |source| QueryError::DamagedPart {
        path: part.path.clone(),
        source,
    };
    let file = File::open(&part.path).map_err(|source| damaged(source.into()))?;
    let metadata = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new()).map_err(damaged)?;
    check(part, relation, declared, metadata.schema())?;
    let rows = usize::try_from(metadata.metadata().file_metadata().num_rows()).unwrap_or(0);
    let days = if rows == 0 {
        Days::None
    } else {
        days(metadata.metadata())
    };
    Ok(*part.footer.get_or_init(|| Footer { rows, days }))
}

/// A part has the first column of its table, and no column of another type. Columns added later may be missing.
fn check(part: &Part, relation: &str, declared: &Schema, found: &Schema) -> Result<(), QueryError> {
    let foreign = |field: &Field, found: String| QueryError::ForeignPart {
        path: part.path.clone(),
        relation: relation.to_owned(),
        column: field.name().clone(),
        expected: field.data_type().to_string(),
        found,
    };
    for (position, field) in declared.fields().iter().enumerate() {
        match found.field_with_name(field.name()) {
            Ok(actual) if fits(actual.data_type(), field.data_type()) => {}
            Ok(actual) => return Err(foreign(field, actual.data_type().to_string())),
            Err(_) if position == 0 => return Err(foreign(field, "missing".to_owned())),
            Err(_) => {}
        }
    }
    Ok(())
}

fn fits(found: &DataType, declared: &DataType) -> bool {
    match declared {
        DataType::Utf8View => match found {
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
            DataType::Dictionary(_, values) => fits(values, declared),
            _ => false,
        },
        declared => found == declared,
    }
}

fn days(metadata: &ParquetMetaData) -> Days {
    let schema = metadata.file_metadata().schema_descr();
    let Some(column) = (0..schema.num_columns())
        .find(|&index| schema.column(index).path().string() == ACTIVITY_DATE)
    else {
        return Days::Unknown;
    };
    let mut days = Days::None;
    for group in metadata
        .row_groups()
        .iter()
        .filter(|group| group.num_rows() > 0)
    {
        let Some(Statistics::Int32(statistics)) = group.column(column).statistics() else {
            return Days::Unknown;
        };
        let (Some(&first), Some(&last), Some(0)) = (
            statistics.min_opt(),
            statistics.max_opt(),
            statistics.null_count_opt(),
        ) else {
            return Days::Unknown;
        };
        days = match days {
            Days::Between(earliest, latest) => Days::Between(earliest.min(first), latest.max(last)),
            Days::None | Days::Unknown => Days::Between(first, last),
        };
    }
    days
}
