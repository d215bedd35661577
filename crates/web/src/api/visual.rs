//! `GET /api/visual/{id}`: a figure as JSON; with the suffix `.csv` all of its rows as CSV.

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kiro_dashboard::{Language, Spec};
use kiro_dashboard_sql::{Figure, Selection, TableView};

use crate::api::errors::dashboard_error;
use crate::api::parameters::{Pairs, ParameterError, ParameterNames, Parameters};
use crate::app::AppState;
use crate::response::{bytes_response, error_response, json_response};
use crate::{csv_text, page_texts};

/// What the query string asks for.
struct VisualRequest {
    selection: Selection,
    view: TableView,
    language: Language,
    has_byte_order_mark: bool,
}

impl VisualRequest {
    fn read(spec: &Spec, pairs: Vec<(String, String)>) -> Result<Self, ParameterError> {
        let names = ParameterNames::single(["sort", "offset", "limit", "lang", "bom"])
            .optional(["search"])
            .selection(spec);
        let parameters = Parameters::check(pairs, &names)?;
        Ok(Self {
            selection: parameters.selection(spec)?,
            view: parameters.table_view()?,
            language: parameters.language()?,
            has_byte_order_mark: parameters.flag("bom")?,
        })
    }
}

pub(crate) async fn visual(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Query(pairs): Pairs,
    headers: HeaderMap,
) -> Response {
    let request = match VisualRequest::read(state.service.spec(), pairs) {
        Ok(request) => request,
        Err(error) => return error.response(),
    };
    let (id, is_csv) = match id.strip_suffix(".csv") {
        Some(id) => (id, true),
        None => (id.as_str(), false),
    };
    let sort = request.view.sort.clone();
    let view = if is_csv {
        // A download has all rows, sorted as on the screen.
        TableView {
            sort: sort.clone(),
            ..TableView::default()
        }
    } else {
        request.view
    };
    let figure = match state.service.figure(id, request.selection, view).await {
        Ok(figure) => figure,
        Err(error) => return dashboard_error(&error),
    };
    if let Some((column, _)) = sort
        && let Err(error) = check_sort(&figure, &column)
    {
        return error.response();
    }
    if !is_csv {
        return json_response(&headers, &figure);
    }
    // Spreadsheets recognize UTF-8 by its byte order mark.
    let mark: &[u8] = if request.has_byte_order_mark {
        "\u{feff}".as_bytes()
    } else {
        b""
    };
    csv(&state, &headers, &figure, (request.language, mark))
}

/// A figure without data may have no columns.
fn check_sort(figure: &Figure, column: &str) -> Result<(), ParameterError> {
    let names = || figure.columns.iter().map(|column| column.name.as_str());
    if figure.empty.is_some() || names().any(|name| name == column) {
        return Ok(());
    }
    Err(ParameterError::choice("sort", column, names()))
}

fn csv(
    state: &AppState,
    headers: &HeaderMap,
    figure: &Figure,
    (language, mark): (Language, &[u8]),
) -> Response {
    let mut texts = state.service.spec().page(language).texts;
    page_texts::add_to(&mut texts, language);
    match csv_text::write(figure, &texts) {
        Ok(text) => {
            let name = format!("attachment; filename=\"kiro-{}.csv\"", figure.id);
            (
                [(header::CONTENT_DISPOSITION, name)],
                bytes_response(headers, "text/csv; charset=utf-8", [mark, &text].concat()),
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
