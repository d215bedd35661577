//! `GET /api/options/{picker}`: the values of a picker.

use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;

use crate::api::errors::dashboard_error;
use crate::api::parameters::{Pairs, ParameterError, ParameterNames, Parameters};
use crate::app::AppState;
use crate::dashboard_service::MAX_CHOICES;
use crate::response::json_response;

/// The number of values if the request has no `limit`.
const DEFAULT_LIMIT: u64 = 50;

pub(crate) async fn options(
    State(state): State<AppState>,
    Path(picker): Path<String>,
    Query(pairs): Pairs,
    headers: HeaderMap,
) -> Response {
    let (search, limit) = match search_and_limit(pairs) {
        Ok(request) => request,
        Err(error) => return error.response(),
    };
    match state.service.choices(&picker, &search, limit).await {
        Ok(choices) => json_response(&headers, &choices),
        Err(error) => dashboard_error(&error),
    }
}

fn search_and_limit(pairs: Vec<(String, String)>) -> Result<(String, u32), ParameterError> {
    let names = ParameterNames::single(["limit"]).optional(["search"]);
    let parameters = Parameters::check(pairs, &names)?;
    let limit = parameters.number("limit")?.unwrap_or(DEFAULT_LIMIT);
    let limit = u32::try_from(limit).unwrap_or(MAX_CHOICES).min(MAX_CHOICES);
    Ok((parameters.search(), limit))
}
