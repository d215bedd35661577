//! Answers: JSON that is compressed when it is worth it, and errors in one shape.

use std::io::Write as _;

use axum::body::Body;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde::Serialize;

/// Below this many bytes compression costs more than it saves.
const WORTH_COMPRESSING: usize = 1400;

/// Whether the asking side takes gzip.
pub(crate) fn accepts_gzip(headers: &HeaderMap) -> bool {
    let accepted = headers
        .get(header::ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok());
    accepted.is_some_and(|accepted| {
        accepted.split(',').any(|coding| {
            let (name, quality) = coding.split_once(';').unwrap_or((coding, ""));
            name.trim() == "gzip" && quality.trim() != "q=0"
        })
    })
}

/// A value as a JSON answer.
pub(crate) fn json<T: Serialize>(request: &HeaderMap, value: &T) -> Response {
    match serde_json::to_vec(value) {
        Ok(body) => bytes(request, "application/json", body),
        Err(error) => {
            tracing::error!(%error, "An answer could not be written as JSON.");
            failure(
                StatusCode::INTERNAL_SERVER_ERROR,
                "the answer could not be written",
            )
        }
    }
}

/// Bytes as an answer, compressed when asked for.
pub(crate) fn bytes(request: &HeaderMap, kind: &'static str, body: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::VARY, "Accept-Encoding"),
    ];
    if body.len() >= WORTH_COMPRESSING && accepts_gzip(request) {
        let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 4), Compression::fast());
        if let Ok(compressed) = encoder.write_all(&body).and_then(|()| encoder.finish()) {
            return (
                headers,
                [(header::CONTENT_ENCODING, "gzip")],
                Body::from(compressed),
            )
                .into_response();
        }
    }
    (headers, body).into_response()
}

/// What went wrong, as `{"error": …}`.
pub(crate) fn failure(status: StatusCode, error: &str) -> Response {
    (status, axum::Json(serde_json::json!({ "error": error }))).into_response()
}
