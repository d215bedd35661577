//! The choices that a report embeds beside the dates: each plan, each client, each pair of them, and each of the users with
//! the most credits on the sheets about one user.

use kiro_dashboard::{PageModel, PageVisual};
use kiro_dashboard_sql::{ChoiceRow, Facet, Selection, Span};
use serde::Serialize;

use crate::dashboard_service::DashboardService;
use crate::report::ReportError;

/// The maximum number of plans and of clients.
const MAX_FILTER_VALUES: u32 = 12;
/// The maximum number of users; those with the most credits come first.
const MAX_USERS: u32 = 500;

/// The values of the report's filters.
#[derive(Debug, Default)]
pub(crate) struct Filters {
    pub(crate) tier: Vec<ChoiceRow>,
    pub(crate) client: Vec<ChoiceRow>,
    pub(crate) user: Vec<ChoiceRow>,
}

impl Filters {
    /// Reads the values of the data. A filter with a single value is left out.
    pub(crate) async fn read(
        service: &DashboardService,
        page: &PageModel,
    ) -> Result<Self, ReportError> {
        let mut filters = Self::default();
        for (picker, limit, values) in [
            ("tier", MAX_FILTER_VALUES, &mut filters.tier),
            ("client", MAX_FILTER_VALUES, &mut filters.client),
            ("user", MAX_USERS, &mut filters.user),
        ] {
            if page.pickers.iter().any(|known| known.id == picker) {
                *values = service.choices(picker, "", limit).await?;
            }
        }
        for values in [&mut filters.tier, &mut filters.client] {
            if values.len() < 2 {
                values.clear();
            }
        }
        Ok(filters)
    }

    /// The facets of plans and clients, each with and without a choice.
    pub(crate) fn facets(&self) -> Vec<Facet> {
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

/// The facet of these users.
pub(crate) fn user_facet(users: &[ChoiceRow]) -> Facet {
    Facet {
        picker: "user".to_owned(),
        values: values(users),
        with_all: false,
    }
}

fn values(choices: &[ChoiceRow]) -> Vec<String> {
    choices.iter().map(|choice| choice.value.clone()).collect()
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

/// The key that the page looks a figure up by.
pub(crate) fn figure_key(visual: &PageVisual, selection: &Selection) -> String {
    selection.canonical_for(|picker| visual.acts.iter().any(|acting| acting == picker))
}

/// The options of the report's pickers.
#[derive(Debug, Default, Serialize)]
pub(crate) struct PickerOptions {
    pub(crate) date: Vec<Span>,
    pub(crate) tier: Vec<ChoiceRow>,
    pub(crate) client: Vec<ChoiceRow>,
    pub(crate) user: Vec<ChoiceRow>,
    /// True if a plan and a client can be chosen at the same time.
    pub(crate) together: bool,
}
