//! Parts: one Parquet file each, encoded row by row.
//!
//! Columns are encoded here rather than through Arrow arrays, because nearly all of them repeat a handful of values: a
//! column that never changes costs nothing per row, a repeated value is compared instead of hashed, and pages leave
//! memory compressed. File structure, headers and footers are the `parquet` crate's.

mod column;
mod dictionary;
mod encoder;
mod levels;
mod name;
mod pages;
mod run_length;
mod schema;

pub(crate) use encoder::{PartEncoder, RowCells};
pub(crate) use name::{ExistingParts, PartName};
pub(crate) use schema::PartMetadata;
