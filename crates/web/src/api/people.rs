//! `/api/people`: who the users are, the import of a roster, and forgetting a person.

use axum::body::{Body, Bytes};
use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use futures::StreamExt;
use kiro_people::{
    ListSource, MAX_ROSTER_BYTES, PeopleError, PersonFilter, PersonStatus, RosterError,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::api::errors::{dashboard_error, upload_error};
use crate::api::exports::pieces;
use crate::api::parameters::{Pairs, ParameterError, ParameterNames, Parameters};
use crate::app::AppState;
use crate::limits::Admission;
use crate::people_service::{ListRange, PeopleService, PeopleServiceError};
use crate::response::{error_response, json_response};
use crate::upload::{UploadError, display_name};

/// Number of people of a page if the request has no `limit`.
const DEFAULT_LIMIT: u64 = 50;
const MAX_LIMIT: u64 = 500;
/// Name of a roster whose request has no `name`.
const DEFAULT_NAME: &str = "roster.csv";

/// The body of a request to forget a person.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ForgetRequest {
    user_id: String,
}

#[derive(Serialize)]
struct RowErrorResponse {
    line: u64,
    error: String,
}

/// A page of the people that match.
pub(crate) async fn people(
    State(state): State<AppState>,
    Query(pairs): Pairs,
    headers: HeaderMap,
) -> Response {
    let (filter, range) = match filter_and_range(pairs) {
        Ok(request) => request,
        Err(error) => return error.response(),
    };
    let service = match service_of(&state) {
        Ok(service) => service,
        Err(response) => return *response,
    };
    match service.list(filter, range).await {
        Ok(page) => json_response(&headers, &page),
        Err(error) => people_error(&error),
    }
}

/// Replaces the roster by the body.
pub(crate) async fn import_roster(
    State(state): State<AppState>,
    Extension(admission): Extension<Admission>,
    Query(pairs): Pairs,
    request: Request,
) -> Response {
    let parameters = match Parameters::check(pairs, &ParameterNames::single(["name"])) {
        Ok(parameters) => parameters,
        Err(error) => return error.response(),
    };
    let service = match writable_service_of(&state) {
        Ok(service) => service,
        Err(response) => return *response,
    };
    let content_type = request.headers().get(header::CONTENT_TYPE);
    let kind = content_type.and_then(|kind| kind.to_str().ok());
    let kind = kind.unwrap_or_default().split(';').next();
    if !kind.is_some_and(|kind| kind.trim().eq_ignore_ascii_case("text/csv")) {
        return error_response(StatusCode::UNSUPPORTED_MEDIA_TYPE, "expected `text/csv`");
    }
    let Some(_permit) = admission.admit_upload() else {
        return upload_error(&UploadError::TooMany);
    };
    let name = display_name(parameters.value("name").unwrap_or(DEFAULT_NAME));
    let content = match receive(request.into_body(), &admission).await {
        Ok(content) => content,
        Err(error) => return upload_error(&error),
    };
    match service.import_roster(content, name).await {
        Ok(outcome) => {
            state.watcher.publish_people().await;
            Json(outcome).into_response()
        }
        Err(error) => people_error(&error),
    }
}

/// Removes the roster.
pub(crate) async fn remove_roster(State(state): State<AppState>, Query(pairs): Pairs) -> Response {
    if let Err(error) = Parameters::check(pairs, &ParameterNames::default()) {
        return error.response();
    }
    let service = match writable_service_of(&state) {
        Ok(service) => service,
        Err(response) => return *response,
    };
    match service.remove_roster().await {
        Ok(removed) => {
            state.watcher.publish_people().await;
            Json(json!({ "removed": removed })).into_response()
        }
        Err(error) => people_error(&error),
    }
}

/// Forgets a person.
pub(crate) async fn forget(
    State(state): State<AppState>,
    Query(pairs): Pairs,
    request: Result<Json<ForgetRequest>, axum::extract::rejection::JsonRejection>,
) -> Response {
    if let Err(error) = Parameters::check(pairs, &ParameterNames::default()) {
        return error.response();
    }
    let service = match writable_service_of(&state) {
        Ok(service) => service,
        Err(response) => return *response,
    };
    // The text of the rejection may repeat the body.
    let Ok(Json(request)) = request else {
        return error_response(
            StatusCode::BAD_REQUEST,
            "expected `{\"user_id\": \"…\"}` as `application/json`",
        );
    };
    match service.forget(request.user_id).await {
        Ok(outcome) => {
            state.watcher.publish_people().await;
            Json(outcome).into_response()
        }
        Err(error) => people_error(&error),
    }
}

fn filter_and_range(
    pairs: Vec<(String, String)>,
) -> Result<(PersonFilter, ListRange), ParameterError> {
    let names = ParameterNames::single(["status", "source", "limit", "offset"]);
    let parameters = Parameters::check(pairs, &names.optional(["search"]))?;
    let status = parameters.value("status").map(|text| {
        let known = PersonStatus::ALL.map(PersonStatus::as_str);
        text.parse()
            .map_err(|_| ParameterError::choice("status", text, known))
    });
    let source = parameters.value("source").map(|text| {
        let known = ListSource::ALL.map(ListSource::as_str);
        text.parse()
            .map_err(|_| ParameterError::choice("source", text, known))
    });
    let limit = parameters.number("limit")?.unwrap_or(DEFAULT_LIMIT);
    let offset = parameters.number("offset")?.unwrap_or(0);
    let filter = PersonFilter {
        text: parameters.search(),
        status: status.transpose()?,
        source: source.transpose()?,
    };
    let range = ListRange {
        offset: usize::try_from(offset).unwrap_or(usize::MAX),
        limit: usize::try_from(limit.clamp(1, MAX_LIMIT)).unwrap_or(1),
    };
    Ok((filter, range))
}

/// The service, unless addresses are hashed.
fn service_of(state: &AppState) -> Result<&PeopleService, Box<Response>> {
    state.watcher.people().ok_or_else(|| {
        Box::new(error_response(
            StatusCode::CONFLICT,
            "people are not shown while e-mail addresses are hashed, or some people only are shown: use `kiro-analytics people`",
        ))
    })
}

/// The service, if the data folder can be written.
fn writable_service_of(state: &AppState) -> Result<&PeopleService, Box<Response>> {
    if let Some(reason) = state.watcher.read_only_reason() {
        let error = format!("people cannot be changed: {reason}");
        return Err(Box::new(error_response(StatusCode::CONFLICT, &error)));
    }
    service_of(state)
}

/// Receives a roster.
async fn receive(body: Body, admission: &Admission) -> Result<Vec<u8>, UploadError> {
    let mut pieces = std::pin::pin!(pieces(body, admission.limits));
    let mut content = Vec::new();
    while let Some(piece) = pieces.next().await {
        let piece: Bytes = piece?;
        if content.len() + piece.len() > MAX_ROSTER_BYTES {
            return Err(UploadError::RosterTooLarge);
        }
        content.extend_from_slice(&piece);
    }
    Ok(content)
}

fn people_error(error: &PeopleServiceError) -> Response {
    match error {
        PeopleServiceError::Dashboard(error) => dashboard_error(error),
        PeopleServiceError::People(PeopleError::Roster { source, .. }) => roster_error(source),
        PeopleServiceError::People(PeopleError::BlankId) => {
            error_response(StatusCode::BAD_REQUEST, "the id is blank")
        }
        PeopleServiceError::People(PeopleError::Locked { .. }) => error_response(
            StatusCode::CONFLICT,
            "another program changes the names: try again in a moment",
        ),
        PeopleServiceError::People(_) | PeopleServiceError::Stopped(_) => {
            let text = error.message();
            tracing::error!(error = text, "The names could not be read or changed.");
            error_response(StatusCode::INTERNAL_SERVER_ERROR, &text)
        }
    }
}

/// A refused roster, with its wrong rows by line. Nothing was changed.
fn roster_error(error: &RosterError) -> Response {
    let (rows, row_count) = match error {
        RosterError::Rows(rows) => {
            let listed = rows.listed.iter().map(|row| RowErrorResponse {
                line: row.line,
                error: row.kind.to_string(),
            });
            (listed.collect(), rows.count)
        }
        _ => (Vec::new(), 0),
    };
    let text = match error {
        RosterError::Rows(rows) if rows.count == 1 => "1 wrong row".to_owned(),
        RosterError::Rows(rows) => format!("{} wrong rows", rows.count),
        other => other.to_string(),
    };
    let body = json!({ "error": text, "hint": error.hint(), "rows": rows, "row_count": row_count });
    (StatusCode::UNPROCESSABLE_ENTITY, Json(body)).into_response()
}
