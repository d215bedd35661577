//! The rules that restrict the rows of a dataset: those of this deployment, and those that others have set.

use kiro_dashboard_quicksight::RULES;
use serde_json::Value;

use super::description::Description;
use super::desired::DesiredAsset;
use crate::asset_kind::AssetKind;

/// The member of a dataset that names the dataset of its rules.
pub(super) const MEMBER: &str = "RowLevelPermissionDataSet";
/// The detail of a change that restricts the rows of a dataset begins with this.
pub(crate) const RESTRICTED_BY: &str = "rows restricted by";

impl DesiredAsset<'_> {
    /// The described rules, if they are part of the content of this dataset: rules that others have set are not, unless the
    /// deployment restricts the dataset.
    pub(super) fn own_rules<'a>(&self, description: &'a Description) -> Option<&'a Value> {
        let found = described_rules(description)?;
        let is_own = self.wants_rules() || found["Arn"] == self.rules_arn();
        (self.kind == AssetKind::DataSet && is_own).then_some(found)
    }

    /// What a change does to the rules of the dataset; none if it does nothing to them.
    pub(super) fn change_of_rules(&self, description: &Description) -> Option<String> {
        if self.kind != AssetKind::DataSet {
            return None;
        }
        let found = described_rules(description);
        let is_own = found.is_some_and(|rules| rules["Arn"] == self.rules_arn());
        let is_enabled = found.is_some_and(|rules| rules["Status"] != "DISABLED");
        let id = self.deployment.names.dataset_id(RULES);
        match (self.wants_rules(), found) {
            (true, Some(_)) if is_own && is_enabled => None,
            (true, Some(theirs)) if !is_own => Some(format!(
                "{RESTRICTED_BY} `{id}`, instead of {}",
                theirs["Arn"]
            )),
            (true, _) => Some(format!("{RESTRICTED_BY} `{id}`")),
            (false, Some(_)) if is_own => Some("its rows are no longer restricted".to_owned()),
            (false, _) => None,
        }
    }

    fn wants_rules(&self) -> bool {
        !self.body[MEMBER].is_null()
    }

    fn rules_arn(&self) -> String {
        let names = &self.deployment.names;
        names.quicksight_arn(&format!("dataset/{}", names.dataset_id(RULES)))
    }
}

fn described_rules(description: &Description) -> Option<&Value> {
    let found = description.document.get(MEMBER);
    found.filter(|rules| !rules.is_null())
}
