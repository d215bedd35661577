//! `GET /api/visual/{id}`: a figure as JSON; with the suffix `.csv` all of its rows as CSV.

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kiro_dashboard::Language;
use kiro_dashboard_sql::{Figure, Selection, TableView};

use crate::api::errors::dashboard_error;
use crate::api::query_string::{Pairs, value};
use crate::app::AppState;
use crate::response::{bytes_response, error_response, json_response};
use crate::{csv_text, page_texts};

pub(crate) async fn visual(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Query(pairs): Pairs,
    headers: HeaderMap,
) -> Response {
    let selection = match Selection::from_pairs(pairs.iter().cloned()) {
        Ok(selection) => selection,
        Err(error) => return error_response(StatusCode::BAD_REQUEST, &error.to_string()),
    };
    let mut view = TableView::from_pairs(
        pairs
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str())),
    );
    let (id, is_csv) = match id.strip_suffix(".csv") {
        Some(id) => (id, true),
        None => (id.as_str(), false),
    };
    if is_csv {
        // A download has all rows, sorted as on the screen.
        view = TableView {
            sort: view.sort,
            ..TableView::default()
        };
    }
    match state.service.figure(id, selection, view).await {
        Ok(figure) if is_csv => csv(&state, &headers, &figure, &pairs),
        Ok(figure) => json_response(&headers, &figure),
        Err(error) => dashboard_error(&error),
    }
}

fn csv(
    state: &AppState,
    headers: &HeaderMap,
    figure: &Figure,
    pairs: &[(String, String)],
) -> Response {
    let language = value(pairs, "lang")
        .and_then(Language::from_tag)
        .unwrap_or_default();
    let mut texts = state.service.spec().page(language).texts;
    page_texts::add_to(&mut texts, language);
    match csv_text::write(figure, &texts) {
        Ok(text) => {
            // Spreadsheets recognize UTF-8 by its byte order mark.
            let bom: &[u8] = if value(pairs, "bom") == Some("1") {
                "\u{feff}".as_bytes()
            } else {
                b""
            };
            let name = format!("attachment; filename=\"kiro-{}.csv\"", figure.id);
            (
                [(header::CONTENT_DISPOSITION, name)],
                bytes_response(headers, "text/csv; charset=utf-8", [bom, &text].concat()),
            )
                .into_response()
        }
        Err(error) => {
            tracing::error!(%error, "A figure could not be written as CSV.");
            error_response(
                StatusCode::INTERNAL_SERVER_ERROR,
                "the file could not be written",
            )
        }
    }
}
