//! `GET /api/options/{picker}`: the values of a picker.

use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;

use crate::api::errors::dashboard_error;
use crate::api::query_string::{Pairs, value};
use crate::app::AppState;
use crate::dashboard_service::MAX_CHOICES;
use crate::response::json_response;

/// The number of values if the request has no `limit`.
const DEFAULT_LIMIT: u32 = 50;
/// Longer search texts are cut.
const MAX_SEARCH_CHARS: usize = 200;

pub(crate) async fn options(
    State(state): State<AppState>,
    Path(picker): Path<String>,
    Query(pairs): Pairs,
    headers: HeaderMap,
) -> Response {
    let limit = value(&pairs, "limit")
        .and_then(|limit| limit.parse().ok())
        .unwrap_or(DEFAULT_LIMIT)
        .min(MAX_CHOICES);
    let search: String = value(&pairs, "search")
        .unwrap_or_default()
        .chars()
        .filter(|c| !c.is_control())
        .take(MAX_SEARCH_CHARS)
        .collect();
    match state.service.choices(&picker, &search, limit).await {
        Ok(choices) => json_response(&headers, &choices),
        Err(error) => dashboard_error(&error),
    }
}
