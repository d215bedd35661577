//! The JSON endpoints.

mod dashboard;
mod events;
mod exports;
mod options;
mod visual;

pub(crate) use dashboard::{DashboardAnswer, dashboard};
pub(crate) use events::{events, status};
pub(crate) use exports::add_exports;
pub(crate) use options::options;
pub(crate) use visual::visual;

use axum::http::StatusCode;
use axum::response::Response;
use kiro_dashboard::LookupError;
use kiro_dashboard_sql::RequestError;
use kiro_ingest::error_chain;

use crate::desk::DeskError;
use crate::reply::failure;

/// The pairs of a query string, decoded.
type Pairs = axum::extract::Query<Vec<(String, String)>>;

fn value<'a>(pairs: &'a [(String, String)], key: &str) -> Option<&'a str> {
    pairs
        .iter()
        .find(|(name, _)| name == key)
        .map(|(_, value)| value.as_str())
}

fn desk_failure(error: &DeskError) -> Response {
    let text = error_chain(error);
    match error {
        DeskError::Request(RequestError::Lookup(
            LookupError::UnknownVisual { .. } | LookupError::UnknownPicker { .. },
        )) => failure(StatusCode::NOT_FOUND, &text),
        DeskError::Request(_) => failure(StatusCode::BAD_REQUEST, &text),
        DeskError::Query(_) | DeskError::Rows(_) => {
            tracing::error!(error = text, "A figure could not be computed.");
            failure(StatusCode::INTERNAL_SERVER_ERROR, &text)
        }
    }
}
