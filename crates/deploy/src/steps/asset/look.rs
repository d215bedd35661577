//! What is there of an asset, and what would be done to it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::marks::{DESCRIBED, SENT, UNDER_WAY};
use super::wanted::WantedAsset;
use crate::aws::Fields;
use crate::digest::short_hash;
use crate::step::{Change, ChangeKind, StepError};
use crate::steps::difference::differences;
use crate::tags;

/// What is there.
pub(crate) struct Look {
    /// None if there is nothing.
    pub(super) described: Option<Value>,
    pub(super) tags: BTreeMap<String, String>,
    /// Actions by principal.
    pub(super) permissions: BTreeMap<String, BTreeSet<String>>,
    /// What somebody else has changed.
    pub(super) edits: Option<Vec<String>>,
    pub(super) is_as_sent: bool,
    /// The hash of what is described.
    pub(super) state: String,
}

impl WantedAsset<'_> {
    pub(crate) async fn look(&self) -> Result<Look, StepError> {
        let Some(described) = self.describe(None).await? else {
            return Ok(Look {
                described: None,
                tags: BTreeMap::new(),
                permissions: BTreeMap::new(),
                edits: None,
                is_as_sent: false,
                state: String::new(),
            });
        };
        let tags = self.tags().await?;
        let permissions = self.permissions().await?;
        let is_sound = self.kind.terms().status.is_empty()
            || described
                .text(self.kind.terms().status)
                .ends_with("SUCCESSFUL");
        let remembered = tags.get(DESCRIBED).map_or("", String::as_str);
        let state = self.state(&described).await?;
        let is_untouched = remembered == short_hash(state.to_string());
        let edits =
            (!is_untouched && is_sound && !remembered.is_empty() && remembered != UNDER_WAY)
                .then(|| differences(&state, &self.body));
        Ok(Look {
            // Made, and interrupted before its description was remembered: nobody can tell who has touched it since.
            is_as_sent: is_sound
                && (is_untouched || remembered.is_empty())
                && tags.get(SENT) == Some(&self.sent_hash()),
            state: short_hash(state.to_string()),
            described: Some(described),
            tags,
            permissions,
            edits,
        })
    }

    /// What would be done; none if it is as it should be.
    pub(crate) fn change(&self, look: &Look) -> Option<Change> {
        let Some(described) = &look.described else {
            let name = self.body.text("Name");
            return Some(Change::new(ChangeKind::Create, self.what()).detail(format!("`{name}`")));
        };
        let mut change = match &look.edits {
            Some(edits) => edits.iter().fold(
                Change::new(ChangeKind::Overwrite, self.what()).detail(
                    "somebody has changed it since it was deployed; their changes would be lost:",
                ),
                Change::detail,
            ),
            None => Change::new(ChangeKind::Update, self.what()),
        };
        if !look.is_as_sent && look.edits.is_none() {
            let status = described.text(self.kind.terms().status);
            change = change.detail(if status.ends_with("FAILED") {
                format!("making it failed before ({status})")
            } else if look.tags.contains_key(SENT) {
                "its definition".to_owned()
            } else if look.tags.get(tags::DEPLOYMENT) == Some(&self.deployment.names.prefix) {
                "its definition; an earlier run was interrupted".to_owned()
            } else {
                "its definition; it was not made by this deployment".to_owned()
            });
        }
        for (principal, actions) in self.missing_permissions(look) {
            let role = if actions.len() == self.kind.terms().owner.len() {
                "owner"
            } else {
                "reader"
            };
            change = change.detail(format!("{role}: {principal}"));
        }
        for principal in self.unwanted_principals(look) {
            change = change.detail(format!("no longer: {principal}"));
        }
        let tags = self.missing_tags(look);
        if !tags.is_empty() {
            let tags: Vec<String> = tags
                .iter()
                .map(|(key, value)| format!("{key}={value}"))
                .collect();
            change = change.detail(format!("tags: {}", tags.join(", ")));
        }
        (!change.details.is_empty()).then_some(change)
    }
}
