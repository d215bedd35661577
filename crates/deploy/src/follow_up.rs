//! What the function `follow-up` is told: the datasets to import, and how many imports it may start.

use std::collections::{BTreeMap, BTreeSet};

use kiro_catalog::Catalogue;
use kiro_dashboard_quicksight::DataSet;
use kiro_report::Dataset;

/// The most imports of a dataset within 24 hours that the function adds to. Quick Sight allows 32 in the Enterprise edition; the
/// rest is for the daily schedule, for `deploy` and for `refresh`.
pub(crate) const MAX_IMPORTS_A_DAY: usize = 24;

/// The reports that a relation is read from, with everything that it depends on.
pub(crate) fn reports_behind(catalogue: &Catalogue, relation: &str) -> BTreeSet<&'static str> {
    let (mut waiting, mut seen) = (vec![relation.to_owned()], BTreeSet::new());
    let mut reports = BTreeSet::new();
    while let Some(name) = waiting.pop() {
        if !seen.insert(name.clone()) {
            continue;
        }
        let dataset = Dataset::ALL
            .into_iter()
            .find(|dataset| name == format!("report_{}_raw", dataset.folder()));
        match dataset {
            Some(Dataset::Facts | Dataset::Models) => reports.extend(["user_report"]),
            Some(Dataset::Code) => reports.extend(["by_user_analytic"]),
            Some(Dataset::Issues) => reports.extend(["user_report", "by_user_analytic"]),
            None => {
                let relation = catalogue.relation(&name);
                waiting.extend(relation.into_iter().flat_map(|one| one.depends_on.clone()));
            }
        }
    }
    reports
}

/// The datasets in SPICE with the reports that each is read from, as JSON. A dataset that queries directly has nothing to import.
pub(crate) fn data_sets_json(catalogue: &Catalogue, data_sets: &[DataSet]) -> String {
    let imported = data_sets
        .iter()
        .filter(|data_set| data_set.body["ImportMode"] == "SPICE");
    let reports: BTreeMap<&str, BTreeSet<&str>> = imported
        .map(|data_set| {
            let reports = reports_behind(catalogue, &data_set.relation);
            (data_set.id.as_str(), reports)
        })
        .collect();
    // Texts always have a JSON form.
    serde_json::to_string(&reports).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use kiro_catalog::{Catalogue, RenderOptions};
    use kiro_dashboard_quicksight::DataSet;
    use serde_json::json;

    use super::{data_sets_json, reports_behind};

    fn catalogue() -> Catalogue {
        Catalogue::render(&RenderOptions::default()).unwrap()
    }

    #[test]
    fn a_relation_is_read_from_the_reports_of_its_raw_tables() {
        let catalogue = catalogue();
        let behind = |relation: &str| {
            let reports = reports_behind(&catalogue, relation);
            reports.into_iter().collect::<Vec<_>>()
        };
        assert_eq!(behind("report_models_raw"), ["user_report"]);
        assert_eq!(behind("report_code_raw"), ["by_user_analytic"]);
        assert_eq!(behind("report_issues"), ["by_user_analytic", "user_report"]);
        assert_eq!(behind("identity_map"), [""; 0]);
        assert!(behind("user_totals").contains(&"user_report"));
        assert!(behind("code_activity").contains(&"by_user_analytic"));
    }

    #[test]
    fn only_imported_data_sets_are_listed() {
        let data_set = |id: &str, mode: &str| DataSet {
            relation: "report_code_raw".to_owned(),
            id: id.to_owned(),
            body: json!({"ImportMode": mode}),
        };
        let data_sets = [
            data_set("kiro-code", "SPICE"),
            data_set("kiro-direct", "DIRECT_QUERY"),
        ];
        assert_eq!(
            data_sets_json(&catalogue(), &data_sets),
            r#"{"kiro-code":["by_user_analytic"]}"#
        );
    }
}
