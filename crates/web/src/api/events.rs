//! `GET /api/status` and `GET /api/events`: the status of reading exports, once or as a stream.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::{Stream, stream};

use crate::app::AppState;
use crate::response::json_response;
use crate::status::Status;

/// The minimum time between two events.
const MIN_INTERVAL: Duration = Duration::from_millis(250);
const KEEP_ALIVE: Duration = Duration::from_secs(20);

pub(crate) async fn status(State(state): State<AppState>, headers: HeaderMap) -> Response {
    json_response(&headers, &state.status.current())
}

pub(crate) async fn events(
    State(state): State<AppState>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let mut updates = state.status.subscribe();
    updates.mark_changed();
    let events = stream::unfold(updates, |mut updates| async {
        // The channel closes when the server stops, which ends the stream.
        updates.changed().await.ok()?;
        let event = event(&updates.borrow_and_update());
        tokio::time::sleep(MIN_INTERVAL).await;
        Some((Ok(event), updates))
    });
    Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE))
}

fn event(status: &Status) -> Event {
    let event = Event::default().event("status");
    // Serializing texts and numbers cannot fail.
    event.json_data(status).unwrap_or_default()
}
