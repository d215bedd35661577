//! Why a dataset has to be imported: its data are older than what they are read from.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_glue::types::Table;

use super::table_definition::IDENTITY_TABLE;
use crate::ingestion::Ingestion;
use crate::step::Deployment;

/// Reasons for an import.
pub(super) const NEVER_IMPORTED: &str = "it has never been imported";
pub(super) const FAILED: &str = "its last import failed";
pub(super) const OLDER_THAN_VIEW: &str = "its view is newer than its data";
pub(super) const CHANGES: &str = "the data behind its view changes";
pub(super) const NEW_DATA: &str = "exports have been normalized";
pub(super) const NEW_NAMES: &str = "names of users change";
pub(super) const NEW_RULES: &str = "rules restrict its rows";
pub(super) const NAMES_REMOVED: &str = "names of users are removed";

/// A relation and everything that it reads.
pub(super) fn dependencies(deployment: &Deployment, relation: &str) -> BTreeSet<String> {
    let (mut waiting, mut seen) = (vec![relation.to_owned()], BTreeSet::new());
    while let Some(name) = waiting.pop() {
        if let Some(relation) = deployment.catalogue.relation(&name) {
            waiting.extend(relation.depends_on.iter().cloned());
        }
        seen.insert(name);
    }
    seen
}

/// When a relation, or anything it reads, was last changed in the catalogue.
pub(super) fn changed_at(dependencies: &BTreeSet<String>, tables: &BTreeMap<String, Table>) -> f64 {
    let tables = dependencies.iter().filter_map(|name| tables.get(name));
    tables
        .filter_map(|table| Some(table.update_time()?.as_secs_f64()))
        .fold(0.0, f64::max)
}

/// When the table of names got its present location.
pub(super) fn names_removed_at(tables: &BTreeMap<String, Table>) -> f64 {
    changed_at(&[IDENTITY_TABLE.to_owned()].into(), tables)
}

/// Why the dataset must be imported; none if its data are newer than their sources.
pub(super) fn reason(ingestions: &[Ingestion], changed_at: f64) -> Option<&'static str> {
    let newest_good = ingestions
        .iter()
        .filter(|ingestion| ingestion.has_succeeded())
        .filter_map(|ingestion| ingestion.began)
        .fold(f64::NEG_INFINITY, f64::max);
    let began = |one: &&Ingestion| one.began.unwrap_or_default();
    let newest = ingestions
        .iter()
        .filter(|ingestion| ingestion.has_ended())
        .max_by(|one, other| began(one).total_cmp(&began(other)));
    if newest_good == f64::NEG_INFINITY {
        Some(NEVER_IMPORTED)
    } else if newest.is_some_and(|newest| newest.status == "FAILED") {
        Some(FAILED)
    } else if newest_good < changed_at {
        Some(OLDER_THAN_VIEW)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::{FAILED, NEVER_IMPORTED, OLDER_THAN_VIEW, reason};
    use crate::ingestion::Ingestion;

    fn ingestion(status: &str, began: f64) -> Ingestion {
        Ingestion {
            status: status.to_owned(),
            began: Some(began),
            ..Ingestion::default()
        }
    }

    #[test]
    fn data_older_than_their_view_are_read_again() {
        assert_eq!(reason(&[], 10.0), Some(NEVER_IMPORTED));
        assert_eq!(
            reason(&[ingestion("FAILED", 20.0)], 10.0),
            Some(NEVER_IMPORTED)
        );
        assert_eq!(
            reason(
                &[ingestion("FAILED", 20.0), ingestion("COMPLETED", 9.0)],
                10.0
            ),
            Some(FAILED)
        );
        assert_eq!(
            reason(&[ingestion("COMPLETED", 9.0)], 10.0),
            Some(OLDER_THAN_VIEW)
        );
        assert_eq!(reason(&[ingestion("COMPLETED", 11.0)], 10.0), None);
    }

    #[test]
    fn data_whose_last_import_failed_are_read_again_although_an_older_one_succeeded() {
        let failed = [ingestion("FAILED", 20.0), ingestion("COMPLETED", 11.0)];
        assert_eq!(reason(&failed, 10.0), Some(FAILED));
        let repaired = [ingestion("COMPLETED", 30.0), ingestion("FAILED", 20.0)];
        assert_eq!(reason(&repaired, 10.0), None);
        let running = [ingestion("RUNNING", 30.0), ingestion("FAILED", 20.0)];
        assert_eq!(reason(&running, 10.0), Some(NEVER_IMPORTED));
    }
}
