//! `POST /api/exports`: adds exports, as a form of files or as one file in the body.

use axum::body::Body;
use axum::extract::{FromRequest, Multipart, Query, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures::StreamExt;
use kiro_ingest::error_chain;

use crate::api::{Pairs, value};
use crate::app::AppState;
use crate::reading::ReadError;
use crate::reply::failure;
use crate::upload::{Upload, UploadAnswer, UploadError};

/// What a single file is called if nobody says.
const DEFAULT_NAME: &str = "upload.csv";

pub(crate) async fn add_exports(
    State(state): State<AppState>,
    Query(pairs): Pairs,
    request: Request,
) -> Response {
    if !state.reader.can_write() {
        return failure(
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
    let answer = match kind.as_str() {
        "multipart/form-data" => match Multipart::from_request(request, &()).await {
            Ok(form) => add_form(&state, form).await,
            Err(rejection) => return failure(StatusCode::BAD_REQUEST, &rejection.body_text()),
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
            return failure(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "expected `multipart/form-data` or `text/csv`",
            );
        }
    };
    match answer {
        Ok(answer) => axum::Json(answer).into_response(),
        Err(error) => refusal(&error),
    }
}

async fn add_form(state: &AppState, form: Multipart) -> Result<UploadAnswer, UploadError> {
    let mut upload = Upload::begin()?;
    upload.take_form(form).await?;
    upload.finish(&state.reader).await
}

async fn add_file(state: &AppState, name: &str, body: Body) -> Result<UploadAnswer, UploadError> {
    let mut upload = Upload::begin()?;
    let pieces = body
        .into_data_stream()
        .map(|piece| piece.map_err(UploadError::Broken));
    upload.take(name, pieces).await?;
    upload.finish(&state.reader).await
}

fn refusal(error: &UploadError) -> Response {
    let status = match error {
        UploadError::TooMany | UploadError::TooLarge | UploadError::FileTooLarge => {
            StatusCode::PAYLOAD_TOO_LARGE
        }
        UploadError::Nothing | UploadError::Broken(_) | UploadError::Form(_) => {
            StatusCode::BAD_REQUEST
        }
        UploadError::Read(ReadError::ReadOnly) => StatusCode::CONFLICT,
        UploadError::Disk(_) | UploadError::Read(_) => {
            tracing::error!(
                error = error_chain(error),
                "Uploaded exports could not be added."
            );
            StatusCode::INTERNAL_SERVER_ERROR
        }
    };
    failure(status, &error_chain(error))
}
