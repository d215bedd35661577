//! HTTP responses: compressed JSON and bytes, and errors in one shape.

use std::io::Write as _;

use axum::body::Body;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde::Serialize;

/// Shorter bodies are sent uncompressed.
const MIN_COMPRESSED_BYTES: usize = 1400;

/// Returns true if the client accepts gzip.
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

/// Responds with a value as JSON.
pub(crate) fn json_response<T: Serialize>(request: &HeaderMap, value: &T) -> Response {
    match serde_json::to_vec(value) {
        Ok(body) => bytes_response(request, "application/json", body),
        Err(error) => {
            tracing::error!(%error, "A response could not be serialized.");
            error_response(
                StatusCode::INTERNAL_SERVER_ERROR,
                "the response could not be written",
            )
        }
    }
}

/// Responds with bytes, compressed if the client accepts it.
pub(crate) fn bytes_response(request: &HeaderMap, kind: &'static str, body: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::VARY, "Accept-Encoding"),
    ];
    if body.len() >= MIN_COMPRESSED_BYTES && accepts_gzip(request) {
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

/// Responds with `{"error": …}`.
pub(crate) fn error_response(status: StatusCode, error: &str) -> Response {
    (status, axum::Json(serde_json::json!({ "error": error }))).into_response()
}
