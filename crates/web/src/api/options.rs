//! `GET /api/options/{picker}`: the values that a picker offers.

use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;

use crate::api::{Pairs, desk_failure, value};
use crate::app::AppState;
use crate::desk::MOST_CHOICES;
use crate::reply::json;

/// How many values are offered unless the page says otherwise.
const DEFAULT_LIMIT: u32 = 50;
/// The longest text to search for.
const LONGEST_SEARCH: usize = 200;

pub(crate) async fn options(
    State(state): State<AppState>,
    Path(picker): Path<String>,
    Query(pairs): Pairs,
    headers: HeaderMap,
) -> Response {
    let limit = value(&pairs, "limit")
        .and_then(|limit| limit.parse().ok())
        .unwrap_or(DEFAULT_LIMIT)
        .min(MOST_CHOICES);
    let search: String = value(&pairs, "search")
        .unwrap_or_default()
        .chars()
        .filter(|c| !c.is_control())
        .take(LONGEST_SEARCH)
        .collect();
    match state.desk.choices(&picker, &search, limit).await {
        Ok(choices) => json(&headers, &choices),
        Err(error) => desk_failure(&error),
    }
}
