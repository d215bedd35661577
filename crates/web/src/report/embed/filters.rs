//! The choices that a report embeds beside the dates: each value of each picker, each pair of values of the two pickers
//! that can be chosen together, and each of the users with the most credits on the sheets about one user.

use std::collections::BTreeMap;

use kiro_dashboard::spec::PickerKind;
use kiro_dashboard::{PageVisual, Spec};
use kiro_dashboard_sql::{ChoiceRow, Facet, Selection, Span};
use serde::Serialize;

use crate::dashboard_service::DashboardService;
use crate::report::ReportError;

/// The maximum number of values of a picker.
const MAX_FILTER_VALUES: u32 = 12;
/// The maximum number of users; those with the most credits come first.
const MAX_USERS: u32 = 500;

/// A picker with the values that a report offers.
#[derive(Debug)]
pub(crate) struct Filter {
    pub(crate) picker: String,
    /// The place among the filters: the first ones are embedded first.
    pub(crate) place: usize,
    pub(crate) choices: Vec<ChoiceRow>,
    /// True if a value can be chosen together with one of the other filter of this kind.
    pub(crate) together: bool,
}

/// The filters of a report.
#[derive(Debug, Default)]
pub(crate) struct Filters {
    /// Each has at least two values.
    pub(crate) values: Vec<Filter>,
    pub(crate) users: Option<Filter>,
}

impl Filters {
    /// Reads the values of the data. A filter with a single value is left out.
    pub(crate) async fn read(service: &DashboardService) -> Result<Self, ReportError> {
        let spec = service.spec();
        let mut filters = Self::default();
        for (place, picker) in spec.document().pickers.iter().enumerate() {
            if picker.kind == PickerKind::Dates {
                continue;
            }
            let is_user = spec.is_user_picker(picker);
            let limit = if is_user {
                MAX_USERS
            } else {
                MAX_FILTER_VALUES
            };
            let filter = Filter {
                picker: picker.id.value.clone(),
                place,
                choices: service.choices(&picker.id, "", limit).await?,
                together: picker.together,
            };
            if is_user {
                filters.users = Some(filter);
            } else if filter.choices.len() > 1 {
                filters.values.push(filter);
            }
        }
        Ok(filters)
    }
}

impl Filter {
    /// The facet of all values, and of no choice.
    pub(crate) fn facet_with_all(&self) -> Facet {
        Facet {
            with_all: true,
            ..self.facet(&self.choices)
        }
    }

    /// The facet of these values.
    pub(crate) fn facet(&self, choices: &[ChoiceRow]) -> Facet {
        Facet {
            picker: self.picker.clone(),
            values: choices.iter().map(|choice| choice.value.clone()).collect(),
            with_all: false,
        }
    }
}

/// All combinations of the facets' values. None stands for no choice.
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

/// Adds a combination of the facets' values to a selection.
pub(crate) fn narrowed(
    mut selection: Selection,
    facets: &[&Facet],
    combination: &[Option<String>],
) -> Selection {
    for (facet, value) in facets.iter().zip(combination) {
        if let Some(value) = value {
            selection.choose(&facet.picker, [value.clone()]);
        }
    }
    selection
}

/// The key that the page looks a figure up by.
pub(crate) fn figure_key(spec: &Spec, visual: &PageVisual, selection: &Selection) -> String {
    selection.canonical_for(spec, |picker| {
        visual.acts.iter().any(|acting| acting == picker)
    })
}

/// The options of the report's pickers.
#[derive(Debug, Default, Serialize)]
pub(crate) struct PickerOptions {
    pub(crate) dates: Vec<Span>,
    /// By picker; a picker without figures has none.
    pub(crate) values: BTreeMap<String, Vec<ChoiceRow>>,
    /// The two pickers of which a value each can be chosen at the same time, if any.
    pub(crate) together: Vec<String>,
}
