//! Headline numbers of a report, for the text of a mail.

use kiro_dashboard::PageModel;
use kiro_dashboard::spec::{Format, Kind, Show};
use kiro_dashboard_sql::{ColumnRole, Figure, Selection, Span, TableView, Value};

use crate::dashboard_service::DashboardService;
use crate::report::{ReportError, ReportOptions};

/// The measures that a mail shows: people, credits, cost and possible saving.
const MEASURES: [&str; 4] = ["users", "credits", "month_cost", "possible_saving"];

/// A number of the report with its title, in the language of the options.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Headline {
    pub title: String,
    pub value: String,
    /// The days that it covers, if they are known.
    pub days: Option<Span>,
}

/// The first figures of the report that show active people, credits, cost and possible saving; of a dashboard without them, its
/// first four headlines. One without a value is left out. Holds no name.
///
/// # Errors
///
/// If a sheet is unknown, or a figure cannot be computed.
pub async fn headlines(
    service: &DashboardService,
    options: &ReportOptions,
) -> Result<Vec<Headline>, ReportError> {
    let mut page = service.spec().page(options.language);
    options.retain_sheets(&mut page)?;
    let mut headlines = Vec::new();
    for (id, title) in chosen(service, &page) {
        let selection = Selection::of_days(options.days);
        let figure = service.figure(id, selection, TableView::default());
        let figure = figure.await.map_err(|source| ReportError::Figure {
            visual: id.to_owned(),
            source: Box::new(source),
        })?;
        if let Some(value) = value_of(&figure) {
            headlines.push(Headline {
                title: title.to_owned(),
                value,
                days: figure.window,
            });
        }
    }
    Ok(headlines)
}

/// Ids and titles of the visuals to show.
fn chosen<'a>(service: &DashboardService, page: &'a PageModel) -> Vec<(&'a str, &'a str)> {
    let all: Vec<_> = page
        .sheets
        .iter()
        .flat_map(|sheet| &sheet.visuals)
        .filter(|visual| visual.kind == Kind::Kpi && visual.show != Show::User)
        .collect();
    let shows = |id: &str, measure: &str| {
        let visual = service.spec().visual(id);
        visual.is_ok_and(|visual| visual.measures.iter().any(|shown| shown.value == measure))
    };
    let mut chosen: Vec<_> = MEASURES
        .iter()
        .filter_map(|measure| {
            all.iter()
                .find(|visual| shows(&visual.id, measure))
                .copied()
        })
        .collect();
    if chosen.is_empty() {
        chosen = all.into_iter().take(MEASURES.len()).collect();
    }
    chosen
        .into_iter()
        .map(|visual| (visual.id.as_str(), visual.title.as_str()))
        .collect()
}

fn value_of(figure: &Figure) -> Option<String> {
    let place = figure
        .columns
        .iter()
        .position(|column| column.role == ColumnRole::Value)?;
    let value = figure.rows.first()?.get(place)?;
    let number = match value {
        #[expect(clippy::cast_precision_loss, reason = "a number to read")]
        Value::Whole(whole) => *whole as f64,
        Value::Number(number) => *number,
        Value::Null => return None,
        other => return Some(other.plain()),
    };
    Some(formatted(number, figure.columns[place].format))
}

fn formatted(number: f64, format: Format) -> String {
    match format {
        Format::Count | Format::Days => grouped(number, 0),
        Format::Money => format!("{} USD", grouped(number, 2)),
        Format::Percent => format!("{} %", grouped(number * 100.0, 1)),
        _ => grouped(number, 2),
    }
}

/// `1,234.5`: at most this many decimals.
fn grouped(number: f64, decimals: usize) -> String {
    let text = format!("{number:.decimals$}");
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let (sign, digits) = whole
        .strip_prefix('-')
        .map_or(("", whole), |digits| ("-", digits));
    let mut out = sign.to_owned();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    let fraction = fraction.trim_end_matches('0');
    if !fraction.is_empty() {
        out.push('.');
        out += fraction;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_headline_is_easy_to_read() {
        let cases = [
            (1234.0, Format::Count, "1,234"),
            (-1_234_567.0, Format::Count, "-1,234,567"),
            (1234.5, Format::Credits, "1,234.5"),
            (12.0, Format::Credits, "12"),
            (3.456, Format::Money, "3.46 USD"),
            (0.256, Format::Percent, "25.6 %"),
        ];
        for (number, format, expected) in cases {
            assert_eq!(formatted(number, format), expected);
        }
    }
}
