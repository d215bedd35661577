//! What the function `follow-up` is told: the datasets to import, and how many imports it may start.

use std::collections::BTreeSet;

use kiro_catalog::Catalogue;
use kiro_dashboard_quicksight::DataSet;
use kiro_report::Dataset;

/// The most imports of a dataset within 24 hours that the function adds to. Quick Sight allows 32 in the Enterprise edition; the
/// rest is for the daily schedule, for `deploy` and for `refresh`.
pub(crate) const MAX_IMPORTS_A_DAY: usize = 24;

/// The ids of the datasets that a new export changes, as JSON.
///
/// These are the imported ones over a table of parts: a dataset that queries directly has nothing to import, and one over the names
/// alone does not change. Which report the export is of makes no difference, because each dataset of the dashboard reads both: its
/// view asks which rows are superseded, and which day is the newest.
pub(crate) fn data_sets_json(catalogue: &Catalogue, data_sets: &[DataSet]) -> String {
    let changed = data_sets.iter().filter(|data_set| {
        data_set.body["ImportMode"] == "SPICE" && reads_parts(catalogue, &data_set.relation)
    });
    let ids: BTreeSet<&str> = changed.map(|data_set| data_set.id.as_str()).collect();
    // Texts always have a JSON form.
    serde_json::to_string(&ids).unwrap_or_default()
}

/// Returns true if a relation, or anything that it depends on, is a table of parts.
fn reads_parts(catalogue: &Catalogue, relation: &str) -> bool {
    let tables = Dataset::ALL.map(|dataset| format!("report_{}_raw", dataset.folder()));
    let (mut waiting, mut seen) = (vec![relation.to_owned()], BTreeSet::new());
    while let Some(name) = waiting.pop() {
        if tables.contains(&name) {
            return true;
        }
        if let Some(relation) = catalogue.relation(&name).filter(|_| !seen.contains(&name)) {
            waiting.extend(relation.depends_on.iter().cloned());
        }
        seen.insert(name);
    }
    false
}

#[cfg(test)]
mod tests {
    use kiro_catalog::{Catalogue, RenderOptions};
    use kiro_dashboard_quicksight::DataSet;
    use serde_json::json;

    use super::data_sets_json;

    #[test]
    fn only_imported_data_sets_over_parts_are_listed() {
        let catalogue = Catalogue::render(&RenderOptions::default()).unwrap();
        let data_set = |id: &str, relation: &str, mode: &str| DataSet {
            relation: relation.to_owned(),
            id: id.to_owned(),
            body: json!({"ImportMode": mode}),
        };
        let data_sets = [
            data_set("kiro-totals", "user_totals", "SPICE"),
            data_set("kiro-code", "code_activity", "SPICE"),
            data_set("kiro-direct", "code_activity", "DIRECT_QUERY"),
            data_set("kiro-identities", "identities", "SPICE"),
            data_set("kiro-raw", "report_issues_raw", "SPICE"),
        ];
        assert_eq!(
            data_sets_json(&catalogue, &data_sets),
            r#"["kiro-code","kiro-raw","kiro-totals"]"#
        );
    }
}
