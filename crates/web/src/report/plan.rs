//! Which selections a report embeds: every preset of dates, alone, with each plan, each client, each pair of them, and on
//! the sheet about one person with each person.

use chrono::{Datelike, Days, NaiveDate};
use kiro_dashboard::{PageModel, PageVisual};
use kiro_dashboard_sql::{ChoiceRow, Facet, Selection, Span};
use serde::Serialize;

use crate::desk::Desk;
use crate::report::{ReportError, ReportOptions};

/// The most values that a filter offers.
const MOST_VALUES: u32 = 12;
/// The most people that a report has a page for: those with the most credits.
const MOST_PEOPLE: u32 = 500;

/// The days of a report, and the dates that it offers.
#[derive(Debug, Clone)]
pub(crate) struct Dates {
    pub(crate) days: Option<Span>,
    pub(crate) default_days: u32,
    pub(crate) offered: Vec<Span>,
}

impl Dates {
    pub(crate) fn new(data: Option<Span>, default_days: u32, options: &ReportOptions) -> Self {
        match (options.days, data) {
            (Some(days), _) => Self {
                days: Some(days),
                default_days: days.days(),
                offered: presets(days),
            },
            (None, Some(days)) => Self {
                days: Some(days),
                default_days,
                offered: presets(days),
            },
            (None, None) => Self {
                days: None,
                default_days,
                offered: Vec::new(),
            },
        }
    }

    /// What the page sends when these dates are chosen: nothing if they are the default ones.
    pub(crate) fn selection(&self, span: Span) -> Selection {
        let default = self.days.map(|days| {
            days.to
                .checked_sub_days(Days::new(u64::from(self.default_days.saturating_sub(1))))
                .unwrap_or(days.from)
        });
        if self.days.is_some_and(|days| days.to == span.to) && default == Some(span.from) {
            return Selection::default();
        }
        Selection {
            from: Some(span.from),
            to: Some(span.to),
            ..Selection::default()
        }
    }
}

/// The same presets as the page's date picker has.
fn presets(days: Span) -> Vec<Span> {
    let back = |count: u64| {
        days.to
            .checked_sub_days(Days::new(count))
            .unwrap_or(days.from)
    };
    let month = days.to.with_day(1).unwrap_or(days.to);
    let last_month_end = month.checked_sub_days(Days::new(1)).unwrap_or(month);
    let mut spans = vec![
        Span {
            from: back(6),
            to: days.to,
        },
        Span {
            from: back(29),
            to: days.to,
        },
        Span {
            from: back(89),
            to: days.to,
        },
        Span {
            from: month,
            to: days.to,
        },
    ];
    if last_month_end >= days.from {
        spans.push(Span {
            from: last_month_end.with_day(1).unwrap_or(last_month_end),
            to: last_month_end,
        });
    }
    spans.push(days);
    let mut kept: Vec<Span> = Vec::new();
    for span in spans {
        if !kept.contains(&span) {
            kept.push(span);
        }
    }
    kept
}

/// The choices of a report beside the dates: plans and clients in any combination, or one person.
#[derive(Debug, Default)]
pub(crate) struct Choices {
    pub(crate) tier: Vec<ChoiceRow>,
    pub(crate) client: Vec<ChoiceRow>,
    pub(crate) user: Vec<ChoiceRow>,
}

impl Choices {
    /// All that the data has; one value alone is no choice.
    pub(crate) async fn read(desk: &Desk, page: &PageModel) -> Result<Self, ReportError> {
        let mut choices = Self::default();
        for (picker, most, found) in [
            ("tier", MOST_VALUES, &mut choices.tier),
            ("client", MOST_VALUES, &mut choices.client),
            ("user", MOST_PEOPLE, &mut choices.user),
        ] {
            if page.pickers.iter().any(|known| known.id == picker) {
                *found = desk.choices(picker, "", most).await?;
            }
        }
        for filter in [&mut choices.tier, &mut choices.client] {
            if filter.len() < 2 {
                filter.clear();
            }
        }
        Ok(choices)
    }

    /// The facets of plans and clients: with and without a choice of each.
    pub(crate) fn filters(&self) -> Vec<Facet> {
        let facets = [("tier", &self.tier), ("client", &self.client)];
        facets
            .into_iter()
            .filter(|(_, choices)| !choices.is_empty())
            .map(|(picker, choices)| Facet {
                picker: picker.to_owned(),
                values: values(choices),
                with_all: true,
            })
            .collect()
    }
}

/// The facet of some people.
pub(crate) fn people(choices: &[ChoiceRow]) -> Facet {
    Facet {
        picker: "user".to_owned(),
        values: values(choices),
        with_all: false,
    }
}

fn values(choices: &[ChoiceRow]) -> Vec<String> {
    choices.iter().map(|choice| choice.value.clone()).collect()
}

/// All combinations of the values of those facets that act on a visual.
pub(crate) fn combinations(facets: &[&Facet]) -> Vec<Vec<Option<String>>> {
    let mut combinations = vec![Vec::new()];
    for facet in facets {
        let values = facet.values.iter().cloned().map(Some);
        let values: Vec<Option<String>> = facet
            .with_all
            .then_some(None)
            .into_iter()
            .chain(values)
            .collect();
        combinations = combinations
            .iter()
            .flat_map(|known: &Vec<Option<String>>| {
                values.iter().map(move |value| {
                    let mut longer = known.clone();
                    longer.push(value.clone());
                    longer
                })
            })
            .collect();
    }
    combinations
}

/// The same dates with a value of each facet.
pub(crate) fn narrowed(
    mut selection: Selection,
    facets: &[&Facet],
    choice: &[Option<String>],
) -> Selection {
    for (facet, value) in facets.iter().zip(choice) {
        let Some(value) = value.clone() else {
            continue;
        };
        match facet.picker.as_str() {
            "tier" => {
                selection.tier.insert(value);
            }
            "client" => {
                selection.client.insert(value);
            }
            _ => selection.user = Some(value),
        }
    }
    selection
}

/// What the report's pickers offer.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Offered {
    pub(crate) date: Vec<Span>,
    pub(crate) tier: Vec<ChoiceRow>,
    pub(crate) client: Vec<ChoiceRow>,
    pub(crate) user: Vec<ChoiceRow>,
    /// Whether a plan and a client can be chosen at the same time.
    pub(crate) together: bool,
}

/// The text under which the page looks a figure up.
pub(crate) fn key(visual: &PageVisual, selection: &Selection) -> String {
    selection.canonical_for(|picker| visual.acts.iter().any(|acting| acting == picker))
}

/// The sheets that were asked for, in the dashboard's order.
pub(crate) fn keep_sheets(page: &mut PageModel, wanted: &[String]) -> Result<(), ReportError> {
    let known: Vec<String> = page.sheets.iter().map(|sheet| sheet.id.clone()).collect();
    if let Some(found) = wanted.iter().find(|sheet| !known.contains(sheet)) {
        return Err(ReportError::UnknownSheet {
            found: found.clone(),
            known,
        });
    }
    if !wanted.is_empty() {
        page.sheets.retain(|sheet| wanted.contains(&sheet.id));
    }
    Ok(())
}

/// The first day that a report of these options can show.
pub(crate) fn bounds(dates: &Dates) -> (Option<NaiveDate>, Option<NaiveDate>) {
    (
        dates.days.map(|days| days.from),
        dates.days.map(|days| days.to),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(from: &str, to: &str) -> Span {
        Span {
            from: from.parse().unwrap(),
            to: to.parse().unwrap(),
        }
    }

    #[test]
    fn the_default_dates_are_spelled_as_no_dates() {
        let data = Some(span("2026-01-01", "2026-08-31"));
        let dates = Dates::new(data, 30, &ReportOptions::default());
        assert_eq!(dates.offered.len(), 6);
        assert_eq!(
            dates
                .selection(span("2026-08-02", "2026-08-31"))
                .canonical(),
            ""
        );
        assert_eq!(
            dates
                .selection(span("2026-07-01", "2026-07-31"))
                .canonical(),
            "from=2026-07-01&to=2026-07-31"
        );
    }

    #[test]
    fn chosen_days_are_the_whole_report() {
        let data = Some(span("2026-01-01", "2026-08-31"));
        let options = ReportOptions {
            days: Some(span("2026-07-01", "2026-07-31")),
            ..ReportOptions::default()
        };
        let dates = Dates::new(data, 30, &options);
        assert_eq!(
            dates
                .selection(span("2026-07-01", "2026-07-31"))
                .canonical(),
            ""
        );
        assert!(dates.offered.contains(&span("2026-07-25", "2026-07-31")));
    }
}
