//! The desired asset, and the part of a description that is compared with it.

use serde_json::{Map, Value};

use super::description::Description;
use super::normal_form::{normal_form, projected};
use super::requests::AssetAddress;
use super::row_rules;
use super::state_tags::ObservedState;
use crate::asset_kind::AssetKind;
use crate::aws::AwsError;
use crate::digest::short_hash;
use crate::step::Deployment;

/// The content of a dataset, without the rules that restrict its rows.
const DATA_SET_MEMBERS: &[&str] = &[
    "/Name",
    "/PhysicalTableMap",
    "/LogicalTableMap",
    "/ImportMode",
];

/// The desired state of an asset.
pub(crate) struct DesiredAsset<'a> {
    pub(crate) deployment: &'a Deployment,
    pub(crate) kind: AssetKind,
    pub(crate) id: String,
    /// The request that creates it, without account, id, permissions and tags.
    pub(crate) body: Value,
}

impl DesiredAsset<'_> {
    pub(crate) fn arn(&self) -> String {
        let resource = format!("{}/{}", self.kind.api().segment, self.id);
        self.deployment.names.quicksight_arn(&resource)
    }

    pub(crate) fn address(&self) -> AssetAddress<'_> {
        AssetAddress {
            aws: &self.deployment.aws,
            kind: self.kind,
            id: &self.id,
        }
    }

    pub(super) fn title(&self) -> String {
        self.address().title()
    }

    /// The part of a description that is the content of the asset.
    pub(super) async fn state(&self, description: &Description) -> Result<Value, AwsError> {
        let members: &[&str] = match self.kind {
            AssetKind::DataSource => &["/Name", "/DataSourceParameters"],
            AssetKind::DataSet => {
                let mut state = selected_members(&description.document, DATA_SET_MEMBERS);
                if let Some(rules) = self.own_rules(description) {
                    state[row_rules::MEMBER] = rules.clone();
                }
                return Ok(state);
            }
            AssetKind::Theme => &["/Name", "/Version/BaseThemeId", "/Version/Configuration"],
            AssetKind::Analysis | AssetKind::Dashboard => {
                let definition = self.address().definition().await?;
                return Ok(selected_members(
                    &definition,
                    &["/Name", "/ThemeArn", "/Definition"],
                ));
            }
        };
        Ok(selected_members(&description.document, members))
    }

    /// What a later run needs to detect changes that were made outside the deployment.
    pub(super) fn observed(&self, state: &Value, description: &Description) -> ObservedState {
        ObservedState {
            all: short_hash(normal_form(state).to_string()),
            applied_members: short_hash(normal_form(&projected(state, &self.body)).to_string()),
            revision: description.revision.clone(),
        }
    }

    pub(super) fn applied_hash(&self) -> String {
        let mut body = self.body.clone();
        // The version has its own tag: a new version alone is not a change of the content.
        if let Some(members) = body.as_object_mut() {
            members.remove("VersionDescription");
        }
        short_hash(body.to_string())
    }
}

fn selected_members(value: &Value, pointers: &[&str]) -> Value {
    let members = pointers.iter().filter_map(|pointer| {
        let name = pointer.rsplit('/').next()?.to_owned();
        Some((name, value.pointer(pointer)?.clone()))
    });
    let members: Map<String, Value> = members.filter(|(_, value)| !value.is_null()).collect();
    Value::Object(members)
}
