//! The columns of views that only the identity map fills.

/// The columns of views that are empty without an identity map.
pub const IDENTITY_COLUMNS: [&str; 8] = [
    "cost_center",
    "idc_display_name",
    "idc_email",
    "idc_username",
    "is_known",
    "manager",
    "person_status",
    "team",
];

#[cfg(test)]
mod tests {
    use super::IDENTITY_COLUMNS;
    use crate::{Catalogue, RenderOptions, Source};

    #[test]
    fn every_one_is_a_column_of_a_view() {
        let catalogue = Catalogue::render(&RenderOptions::default()).unwrap();
        let views = || {
            let relations = catalogue.relations().iter();
            relations.filter(|relation| matches!(relation.source, Source::View { .. }))
        };
        for name in IDENTITY_COLUMNS {
            let mut columns = views().flat_map(|view| &view.columns);
            assert!(columns.any(|column| column.name == name), "`{name}`");
        }
        // The persons themselves, and rules about persons and teams.
        let of_people = |name: &str| matches!(name, "identities" | "row_rules");
        for view in views().filter(|view| !of_people(&view.name)) {
            let has = |name: &str| view.columns.iter().any(|column| column.name == name);
            assert_eq!(has("team"), has("cost_center"), "`{}`", view.name);
        }
    }
}
