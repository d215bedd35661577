//! `POST /api/exports`: adds exports, from a form with files or from one file in the body.

use axum::body::Body;
use axum::extract::{FromRequest, Multipart, Query, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures::StreamExt;

use crate::api::errors::upload_error;
use crate::api::query_string::{Pairs, value};
use crate::app::AppState;
use crate::response::error_response;
use crate::upload::{Upload, UploadError, UploadSummary};

/// The name of a file whose request has no `name`.
const DEFAULT_NAME: &str = "upload.csv";

pub(crate) async fn add_exports(
    State(state): State<AppState>,
    Query(pairs): Pairs,
    request: Request,
) -> Response {
    if !state.watcher.can_write() {
        return error_response(
            StatusCode::CONFLICT,
            "exports cannot be added: the data folder cannot be written",
        );
    }
    let kind = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or_default();
    let kind = kind
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    let summary = match kind.as_str() {
        "multipart/form-data" => match Multipart::from_request(request, &()).await {
            Ok(form) => add_form(&state, form).await,
            Err(rejection) => {
                return error_response(StatusCode::BAD_REQUEST, &rejection.body_text());
            }
        },
        "text/csv" => {
            add_file(
                &state,
                value(&pairs, "name").unwrap_or(DEFAULT_NAME),
                request.into_body(),
            )
            .await
        }
        _ => {
            return error_response(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "expected `multipart/form-data` or `text/csv`",
            );
        }
    };
    match summary {
        Ok(summary) => axum::Json(summary).into_response(),
        Err(error) => upload_error(&error),
    }
}

async fn add_form(state: &AppState, form: Multipart) -> Result<UploadSummary, UploadError> {
    let mut upload = Upload::begin()?;
    upload.receive_form(form).await?;
    upload.finish(&state.watcher).await
}

async fn add_file(state: &AppState, name: &str, body: Body) -> Result<UploadSummary, UploadError> {
    let mut upload = Upload::begin()?;
    let pieces = body
        .into_data_stream()
        .map(|piece| piece.map_err(UploadError::Aborted));
    upload.receive(name, pieces).await?;
    upload.finish(&state.watcher).await
}
