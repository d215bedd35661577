//! Part footers: the number of rows and the activity days that they cover.

use std::fs::File;

use arrow::datatypes::{DataType, Field, Schema};
use parquet::arrow::arrow_reader::ArrowReaderMetadata;
use parquet::arrow::arrow_reader::ArrowReaderOptions;
use parquet::file::metadata::ParquetMetaData;
use parquet::file::statistics::Statistics;

use crate::error::QueryError;
use crate::parts::Part;

/// The column whose range a footer holds.
pub(crate) const ACTIVITY_DATE: &str = "activity_date";

/// The activity days of one part, as days since 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DayRange {
    /// The part has no rows.
    Empty,
    /// The first and the last day, both inclusive.
    Between(i32, i32),
    /// The dataset has no activity days, or the footer has no statistics about them.
    Unknown,
}

/// The content of a footer that is stored with a part.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Footer {
    /// The number of rows of the part.
    pub(crate) rows: usize,
    /// The activity days of these rows.
    pub(crate) days: DayRange,
}

/// Reads a part's footer on the first call, and checks its schema.
///
/// # Errors
///
/// `DamagedPart` if the file cannot be read, `ForeignPart` if its columns are not those of `relation`, which are
/// `declared`.
pub(crate) fn read_footer(
    part: &Part,
    relation: &str,
    declared: &Schema,
) -> Result<Footer, QueryError> {
    if let Some(footer) = part.footer.get() {
        return Ok(*footer);
    }
    let damaged = |source| QueryError::DamagedPart {
        path: part.path.clone(),
        source,
    };
    let file = File::open(&part.path).map_err(|source| damaged(source.into()))?;
    let metadata = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new()).map_err(damaged)?;
    check_schema(part, relation, declared, metadata.schema())?;
    let rows = usize::try_from(metadata.metadata().file_metadata().num_rows()).unwrap_or(0);
    let days = if rows == 0 {
        DayRange::Empty
    } else {
        day_range(metadata.metadata())
    };
    Ok(*part.footer.get_or_init(|| Footer { rows, days }))
}

/// Checks that a part has the first column of its table and no column of another type. Columns that were added to the
/// table later may be missing.
fn check_schema(
    part: &Part,
    relation: &str,
    declared: &Schema,
    found: &Schema,
) -> Result<(), QueryError> {
    let foreign = |field: &Field, found: String| QueryError::ForeignPart {
        path: part.path.clone(),
        relation: relation.to_owned(),
        column: field.name().clone(),
        expected: field.data_type().to_string(),
        found,
    };
    for (position, field) in declared.fields().iter().enumerate() {
        match found.field_with_name(field.name()) {
            Ok(actual) if is_compatible(actual.data_type(), field.data_type()) => {}
            Ok(actual) => return Err(foreign(field, actual.data_type().to_string())),
            Err(_) if position == 0 => return Err(foreign(field, "missing".to_owned())),
            Err(_) => {}
        }
    }
    Ok(())
}

fn is_compatible(found: &DataType, declared: &DataType) -> bool {
    match declared {
        DataType::Utf8View => match found {
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
            DataType::Dictionary(_, values) => is_compatible(values, declared),
            _ => false,
        },
        declared => found == declared,
    }
}

fn day_range(metadata: &ParquetMetaData) -> DayRange {
    let schema = metadata.file_metadata().schema_descr();
    let Some(column) = (0..schema.num_columns())
        .find(|&index| schema.column(index).path().string() == ACTIVITY_DATE)
    else {
        return DayRange::Unknown;
    };
    let mut days = DayRange::Empty;
    for group in metadata
        .row_groups()
        .iter()
        .filter(|group| group.num_rows() > 0)
    {
        let Some(Statistics::Int32(statistics)) = group.column(column).statistics() else {
            return DayRange::Unknown;
        };
        let (Some(&first), Some(&last), Some(0)) = (
            statistics.min_opt(),
            statistics.max_opt(),
            statistics.null_count_opt(),
        ) else {
            return DayRange::Unknown;
        };
        days = match days {
            DayRange::Between(earliest, latest) => {
                DayRange::Between(earliest.min(first), latest.max(last))
            }
            DayRange::Empty | DayRange::Unknown => DayRange::Between(first, last),
        };
    }
    days
}
