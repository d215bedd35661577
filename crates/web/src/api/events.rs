//! `GET /api/status` and `GET /api/events`: how fresh the numbers are, asked once or followed.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::{Stream, stream};

use crate::app::AppState;
use crate::reply::json;
use crate::status::Status;

/// News come no faster than this.
const PAUSE: Duration = Duration::from_millis(250);
const KEEP_ALIVE: Duration = Duration::from_secs(20);

pub(crate) async fn status(State(state): State<AppState>, headers: HeaderMap) -> Response {
    json(&headers, &state.board.current())
}

pub(crate) async fn events(
    State(state): State<AppState>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let mut board = state.board.follow();
    board.mark_changed();
    let news = stream::unfold(board, |mut board| async {
        // The board is gone when the server stops: the stream ends.
        board.changed().await.ok()?;
        let event = event(&board.borrow_and_update());
        tokio::time::sleep(PAUSE).await;
        Some((Ok(event), board))
    });
    Sse::new(news).keep_alive(KeepAlive::new().interval(KEEP_ALIVE))
}

fn event(status: &Status) -> Event {
    let event = Event::default().event("status");
    // A status is plain texts and numbers.
    event.json_data(status).unwrap_or_default()
}
