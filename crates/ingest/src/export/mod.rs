//! One export: its bytes in, its parts out.

mod error;
mod fact_batch;
mod fact_lane;
mod fact_parts;
mod issues;
mod normalizer;
mod part_writer;
mod sink;

pub(crate) use error::NormalizeErrorKind;
pub(crate) use normalizer::{ExportCounts, ExportJob};
