//! One export: its bytes in, its parts out.

mod error;
mod issues;
mod models;
mod normalizer;
mod part_writer;
mod sink;

pub(crate) use error::NormalizeErrorKind;
pub(crate) use normalizer::{ExportCounts, ExportJob};
