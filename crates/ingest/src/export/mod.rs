//! One export: its bytes in, its parts out.

mod error;
mod fact_batch;
mod fact_parts;
mod fact_sink;
mod issues;
mod normalizer;
mod part_writer;
mod sink;

pub(crate) use error::NormalizeErrorKind;
pub(crate) use normalizer::{ExportCounts, ExportJob, ExportSettings};
