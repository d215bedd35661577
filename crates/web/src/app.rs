//! The routes, as documented in docs/api.md.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Router};

use crate::access::{Access, guard};
use crate::api::{self, Pairs};
use crate::assets;
use crate::dashboard_service::DashboardService;
use crate::export_watcher::ExportWatcher;
use crate::limits::{Admission, Limits};
use crate::response::{bytes_response, error_response};
use crate::status::StatusChannel;

/// The state that all handlers share.
#[derive(Clone)]
pub struct AppState {
    pub service: Arc<DashboardService>,
    pub status: Arc<StatusChannel>,
    pub watcher: Arc<ExportWatcher>,
    pub access: Arc<Access>,
}

/// Builds the router with all routes and the access guard, with the default limits.
pub fn app(state: AppState) -> Router {
    app_with_limits(state, Limits::default())
}

/// Builds the router with all routes and the access guard.
pub fn app_with_limits(state: AppState, limits: Limits) -> Router {
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
        .route("/api/exports", post(api::add_exports))
        .route("/api/people", get(api::people))
        .route("/api/people/roster", post(api::import_roster))
        .route("/api/people/roster/remove", post(api::remove_roster))
        .route("/api/people/forget", post(api::forget))
        .fallback(|| async { error_response(StatusCode::NOT_FOUND, "not found") })
        .layer(Extension(Admission::new(limits)))
        .layer(middleware::from_fn_with_state(access, guard))
        .with_state(state)
}

/// The page. It explains an address with an unknown name instead of showing numbers; the status says so, too.
async fn page(State(state): State<AppState>, Query(pairs): Pairs, headers: HeaderMap) -> Response {
    let (status, page) = match api::check_page_address(state.service.spec(), pairs) {
        Ok(()) => (StatusCode::OK, assets::page()),
        Err(error) => (
            StatusCode::BAD_REQUEST,
            assets::page_with_error(&error.to_string()),
        ),
    };
    (
        status,
        [(header::CACHE_CONTROL, "no-cache")],
        bytes_response(&headers, "text/html; charset=utf-8", page.into_bytes()),
    )
        .into_response()
}

async fn asset(Path((version, name)): Path<(String, String)>, headers: HeaderMap) -> Response {
    assets::serve(&version, &name, &headers)
}

/// 200 once the exports that existed at the start were read, 503 before.
async fn health(State(state): State<AppState>) -> Response {
    let status = state.status.current();
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
