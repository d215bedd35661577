//! The routes. Everything the page asks for is here and in docs/api.md.

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

use crate::access::{Access, guard};
use crate::api;
use crate::assets;
use crate::desk::Desk;
use crate::reading::Reader;
use crate::reply::{bytes, failure};
use crate::status::StatusBoard;
use crate::upload;

/// What the routes work on.
#[derive(Clone)]
pub struct AppState {
    pub desk: Arc<Desk>,
    pub board: Arc<StatusBoard>,
    pub reader: Arc<Reader>,
    pub access: Arc<Access>,
}

/// The whole application.
pub fn app(state: AppState) -> Router {
    let access = Arc::clone(&state.access);
    Router::new()
        .route("/", get(page))
        .route("/healthz", get(health))
        .route("/assets/{version}/{name}", get(asset))
        .route("/favicon.ico", get(|| async { StatusCode::NO_CONTENT }))
        .route("/api/dashboard", get(api::dashboard))
        .route("/api/options/{picker}", get(api::options))
        .route("/api/visual/{id}", get(api::visual))
        .route("/api/status", get(api::status))
        .route("/api/events", get(api::events))
        .route(
            "/api/exports",
            post(api::add_exports).layer(DefaultBodyLimit::max(upload::MOST_BYTES)),
        )
        .fallback(|| async { failure(StatusCode::NOT_FOUND, "there is nothing here") })
        .layer(middleware::from_fn_with_state(access, guard))
        .with_state(state)
}

async fn page(headers: HeaderMap) -> Response {
    (
        [(header::CACHE_CONTROL, "no-cache")],
        bytes(
            &headers,
            "text/html; charset=utf-8",
            assets::page().into_bytes(),
        ),
    )
        .into_response()
}

async fn asset(Path((version, name)): Path<(String, String)>, headers: HeaderMap) -> Response {
    assets::answer(&version, &name, &headers)
}

/// 200 once the exports that were there at the start have been dealt with.
async fn health(State(state): State<AppState>) -> Response {
    let status = state.board.current();
    let code = if status.is_settled() {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (
        code,
        axum::Json(serde_json::json!({ "state": status.state })),
    )
        .into_response()
}
