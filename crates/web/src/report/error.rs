//! Errors of writing a report.

use std::path::PathBuf;

use kiro_catalog::{did_you_mean, nearest};

use crate::dashboard_service::DashboardError;

/// A report could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    #[error("there is no sheet `{found}`, expected one of `{}`{}", known.join("`, `"), nearest_of(found, known))]
    UnknownSheet { found: String, known: Vec<String> },
    #[error("visual `{visual}` could not be computed")]
    Figure {
        visual: String,
        source: Box<DashboardError>,
    },
    #[error("the days of the data could not be read")]
    Days(#[source] Box<DashboardError>),
    #[error("the names in the data could not be read")]
    Names(#[source] Box<DashboardError>),
    #[error("the figures could not be written")]
    Json(#[from] serde_json::Error),
    #[error("the figures could not be written")]
    Csv(#[from] csv::Error),
    #[error("could not write `{}`", path.display())]
    Write {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("the system has no randomness for pseudonyms: give a salt")]
    NoRandomness,
}

fn nearest_of(found: &str, known: &[String]) -> String {
    did_you_mean(nearest(found, known.iter().map(String::as_str)).as_deref())
}

impl From<DashboardError> for ReportError {
    fn from(error: DashboardError) -> Self {
        Self::Days(Box::new(error))
    }
}
