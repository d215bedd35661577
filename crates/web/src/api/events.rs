//! `GET /api/status` and `GET /api/events`: the status of reading exports, once or as a stream.

use std::convert::Infallible;
use std::time::Duration;

use axum::Extension;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::stream;

use crate::api::parameters::{Pairs, ParameterNames, Parameters};
use crate::app::AppState;
use crate::limits::Admission;
use crate::response::{error_response, json_response};
use crate::status::Status;

/// The minimum time between two events.
const MIN_INTERVAL: Duration = Duration::from_millis(250);
const KEEP_ALIVE: Duration = Duration::from_secs(20);

pub(crate) async fn status(
    State(state): State<AppState>,
    Query(pairs): Pairs,
    headers: HeaderMap,
) -> Response {
    match Parameters::check(pairs, &ParameterNames::default()) {
        Ok(_) => json_response(&headers, &state.status.current()),
        Err(error) => error.response(),
    }
}

pub(crate) async fn events(
    State(state): State<AppState>,
    Extension(admission): Extension<Admission>,
    Query(pairs): Pairs,
) -> Response {
    if let Err(error) = Parameters::check(pairs, &ParameterNames::default()) {
        return error.response();
    }
    let Some(permit) = admission.admit_event_stream() else {
        return error_response(
            StatusCode::TOO_MANY_REQUESTS,
            "too many pages listen for the status",
        );
    };
    let mut updates = state.status.subscribe();
    updates.mark_changed();
    let events = stream::unfold((updates, permit), |(mut updates, permit)| async {
        // The channel closes when the server stops, which ends the stream.
        updates.changed().await.ok()?;
        let event = event(&updates.borrow_and_update());
        tokio::time::sleep(MIN_INTERVAL).await;
        Some((Ok::<_, Infallible>(event), (updates, permit)))
    });
    Sse::new(events)
        .keep_alive(KeepAlive::new().interval(KEEP_ALIVE))
        .into_response()
}

fn event(status: &Status) -> Event {
    let event = Event::default().event("status");
    // Serializing texts and numbers cannot fail.
    event.json_data(status).unwrap_or_default()
}
