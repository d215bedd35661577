//! Maps errors to HTTP responses.

use axum::http::StatusCode;
use axum::response::Response;
use kiro_dashboard::LookupError;
use kiro_dashboard_sql::RequestError;
use kiro_ingest::error_chain;

use crate::dashboard_service::DashboardError;
use crate::export_watcher::AddExportsError;
use crate::response::error_response;
use crate::upload::UploadError;

pub(crate) fn dashboard_error(error: &DashboardError) -> Response {
    let text = error.message();
    match error {
        DashboardError::Request(RequestError::Lookup(
            LookupError::UnknownVisual { .. } | LookupError::UnknownPicker { .. },
        )) => error_response(StatusCode::NOT_FOUND, &text),
        DashboardError::Request(_) => error_response(StatusCode::BAD_REQUEST, &text),
        DashboardError::Query(_) | DashboardError::Rows(_) => {
            tracing::error!(error = text, "A figure could not be computed.");
            error_response(StatusCode::INTERNAL_SERVER_ERROR, &text)
        }
    }
}

pub(crate) fn upload_error(error: &UploadError) -> Response {
    let status = match error {
        UploadError::TooManyFiles
        | UploadError::TooLarge
        | UploadError::FileTooLarge
        | UploadError::RosterTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        UploadError::Empty
        | UploadError::Aborted(_)
        | UploadError::Incomplete
        | UploadError::NoBoundary => StatusCode::BAD_REQUEST,
        UploadError::Idle(_) | UploadError::TooSlow(_) => StatusCode::REQUEST_TIMEOUT,
        UploadError::TooMany => StatusCode::TOO_MANY_REQUESTS,
        UploadError::Add(AddExportsError::ReadOnly) => StatusCode::CONFLICT,
        UploadError::Disk(_) | UploadError::Add(_) => {
            tracing::error!(
                error = message(error),
                "Uploaded exports could not be added."
            );
            StatusCode::INTERNAL_SERVER_ERROR
        }
    };
    error_response(status, &message(error))
}

fn message(error: &UploadError) -> String {
    match error {
        UploadError::Add(AddExportsError::Dashboard(error)) => error.message(),
        other => error_chain(other),
    }
}
