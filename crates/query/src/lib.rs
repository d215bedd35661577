//! The embedded engine: the views of the catalogue, the same text that runs on Athena, over the same Parquet parts.
//!
//! Owns reading parts, computing and keeping views, the Trino functions that `DataFusion` lacks, and writing results.
//! Promises that statements are read-only and see one complete state of the data. Knows nothing about exports.

#[cfg(test)]
mod by_day;
mod condition;
mod engine;
mod error;
mod export;
mod footer;
mod format;
mod functions;
mod one_row_first;
mod own_aggregates;
mod packed;
mod part_table;
mod parts;
mod relations;
mod scan;
mod session;
mod slices;
mod snapshot;
mod source;
mod source_table;
mod statement;
mod text_view;
mod window;

pub use engine::{Engine, EngineOptions, Refresh};
pub use error::QueryError;
pub use export::ExportFormat;
pub use format::ResultFormat;
