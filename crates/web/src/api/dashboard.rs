//! `GET /api/dashboard`: the model of the page.

use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use futures::future::try_join;
use kiro_dashboard::PageModel;
use kiro_dashboard_sql::Span;
use serde::Serialize;

use crate::api::errors::dashboard_error;
use crate::api::parameters::{Pairs, ParameterNames, Parameters};
use crate::app::AppState;
use crate::page_texts;
use crate::response::json_response;

/// Sheets, visuals, pickers, colours and texts in one language, and the days of the data.
#[derive(Serialize)]
pub(crate) struct DashboardResponse {
    #[serde(flatten)]
    pub(crate) page: PageModel,
    /// None while there is no data.
    pub(crate) days: Option<Span>,
    /// The ids of the pickers that the page shows only while they have a choice: those with at most one value.
    pub(crate) hidden_pickers: Vec<String>,
    pub(crate) data_version: String,
}

impl DashboardResponse {
    pub(crate) fn new(mut page: PageModel, days: Option<Span>, data_version: String) -> Self {
        page_texts::add_to(&mut page.texts, page.language);
        Self {
            page,
            days,
            hidden_pickers: Vec::new(),
            data_version,
        }
    }
}

pub(crate) async fn dashboard(
    State(state): State<AppState>,
    Query(pairs): Pairs,
    headers: HeaderMap,
) -> Response {
    let parameters = Parameters::check(pairs, &ParameterNames::single(["lang"]));
    let language = match parameters.and_then(|parameters| parameters.language()) {
        Ok(language) => language,
        Err(error) => return error.response(),
    };
    let data_version = state.status.current().data_version;
    let service = &state.service;
    match try_join(service.days(), service.single_valued_pickers()).await {
        Ok((window, hidden_pickers)) => {
            let page = service.spec().page(language);
            let response = DashboardResponse {
                hidden_pickers,
                ..DashboardResponse::new(page, window.days, data_version)
            };
            json_response(&headers, &response)
        }
        Err(error) => dashboard_error(&error),
    }
}
