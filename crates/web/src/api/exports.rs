//! `POST /api/exports`: adds exports, from a form with files or from one file in the body.

use std::pin::pin;

use axum::Extension;
use axum::body::Body;
use axum::extract::{Query, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::{Stream, StreamExt};

use crate::api::errors::upload_error;
use crate::api::parameters::{Pairs, ParameterNames, Parameters};
use crate::app::AppState;
use crate::form::boundary_of;
use crate::limits::{Admission, Limits};
use crate::response::error_response;
use crate::upload::{Upload, UploadError, UploadSummary, in_time};

/// The name of a file whose request has no `name`.
const DEFAULT_NAME: &str = "upload.csv";

pub(crate) async fn add_exports(
    State(state): State<AppState>,
    Extension(admission): Extension<Admission>,
    Query(pairs): Pairs,
    request: Request,
) -> Response {
    let parameters = match Parameters::check(pairs, &ParameterNames::single(["name"])) {
        Ok(parameters) => parameters,
        Err(error) => return error.response(),
    };
    if let Some(reason) = state.watcher.read_only_reason() {
        let error = format!("exports cannot be added: {reason}");
        return error_response(StatusCode::CONFLICT, &error);
    }
    let Some(_permit) = admission.admit_upload() else {
        return upload_error(&UploadError::TooMany);
    };
    let content_type = request.headers().get(header::CONTENT_TYPE);
    let content_type = content_type
        .and_then(|content_type| content_type.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    let kind = content_type.split(';').next().unwrap_or_default().trim();
    let body = pieces(request.into_body(), admission.limits);
    let summary = if kind.eq_ignore_ascii_case("multipart/form-data") {
        add_form(&state, &content_type, body).await
    } else if kind.eq_ignore_ascii_case("text/csv") {
        add_file(&state, parameters.value("name"), body).await
    } else {
        return error_response(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "expected `multipart/form-data` or `text/csv`",
        );
    };
    match summary {
        Ok(summary) => axum::Json(summary).into_response(),
        Err(error) => upload_error(&error),
    }
}

/// The pieces of a body, in time.
pub(crate) fn pieces(body: Body, limits: Limits) -> impl Stream<Item = Result<Bytes, UploadError>> {
    let pieces = body
        .into_data_stream()
        .map(|piece| piece.map_err(UploadError::Aborted));
    in_time(pieces, limits)
}

async fn add_form(
    state: &AppState,
    content_type: &str,
    body: impl Stream<Item = Result<Bytes, UploadError>>,
) -> Result<UploadSummary, UploadError> {
    let boundary = boundary_of(content_type).ok_or(UploadError::NoBoundary)?;
    let mut upload = Upload::begin()?;
    upload.receive_form(&boundary, pin!(body)).await?;
    upload.finish(&state.watcher).await
}

async fn add_file(
    state: &AppState,
    name: Option<&str>,
    body: impl Stream<Item = Result<Bytes, UploadError>>,
) -> Result<UploadSummary, UploadError> {
    let mut upload = Upload::begin()?;
    upload.receive(name.unwrap_or(DEFAULT_NAME), body).await?;
    upload.finish(&state.watcher).await
}
