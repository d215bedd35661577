//! `GET /api/dashboard`: what the page is made of.

use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use kiro_dashboard::{Language, PageModel};
use kiro_dashboard_sql::Span;
use serde::Serialize;

use crate::api::{Pairs, desk_failure, value};
use crate::app::AppState;
use crate::page_texts;
use crate::reply::json;

/// Sheets, visuals, pickers, colours and texts in one language, and the days of the data.
#[derive(Serialize)]
pub(crate) struct DashboardAnswer {
    #[serde(flatten)]
    pub(crate) page: PageModel,
    /// None while there is no data.
    pub(crate) days: Option<Span>,
    pub(crate) data_version: String,
}

impl DashboardAnswer {
    pub(crate) fn new(mut page: PageModel, days: Option<Span>, data_version: String) -> Self {
        page_texts::complete(&mut page.texts, page.language);
        Self {
            page,
            days,
            data_version,
        }
    }
}

pub(crate) async fn dashboard(
    State(state): State<AppState>,
    Query(pairs): Pairs,
    headers: HeaderMap,
) -> Response {
    let language = value(&pairs, "lang")
        .and_then(Language::from_tag)
        .unwrap_or_default();
    let data_version = state.board.current().data_version;
    match state.desk.days().await {
        Ok(window) => {
            let page = state.desk.spec().page(language);
            json(
                &headers,
                &DashboardAnswer::new(page, window.days, data_version),
            )
        }
        Err(error) => desk_failure(&error),
    }
}
