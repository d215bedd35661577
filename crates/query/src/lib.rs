//! The embedded engine: the views of the catalogue, the same text that runs on Athena, over the same Parquet parts.
//!
//! Owns reading parts, computing and caching views, the Trino functions that `DataFusion` lacks, and writing results.
//! Statements are read-only and see one complete state of the data. The crate does not read exports and defines no metric.

#[cfg(test)]
mod by_day;
mod cross_join_build_side;
mod date_range;
mod engine;
mod error;
mod export;
mod external_tables;
mod footer;
mod format;
mod formula;
mod functions;
mod narrow_windows;
mod packed;
mod part_table;
mod parts;
mod predicate;
mod relations;
mod restriction;
mod rewrite_aggregates;
mod scan;
mod session;
mod snapshot;
mod source;
mod source_table;
mod statement;
mod string_view;
mod time_partitions;

pub use engine::{Engine, EngineOptions, Refresh};
pub use error::QueryError;
pub use export::ExportFormat;
pub use format::ResultFormat;
pub use formula::neutralize_formula;
