//! The existing asset, and the changes to make it the desired one.

use std::collections::BTreeMap;

use super::description::Description;
use super::desired::DesiredAsset;
use super::permissions::Permissions;
use super::state_tags::{APPLIED_HASH, IN_PROGRESS, OBSERVED_HASH, ObservedState};
use crate::digest::short_hash;
use crate::step::{Change, ChangeKind, ErrorCategory, StepError};
use crate::steps::difference::differences;
use crate::tags;

/// The existing state of an asset.
#[derive(Default)]
pub(crate) struct ExistingAsset {
    /// None if the asset does not exist.
    pub(super) description: Option<Description>,
    pub(super) tags: BTreeMap<String, String>,
    pub(super) permissions: Permissions,
    /// Changes that were made outside the deployment.
    pub(super) edits: Option<Vec<String>>,
    pub(super) is_up_to_date: bool,
    /// True if it lacks the deployment's tag and `--take-over` names it.
    pub(super) is_taken_over: bool,
    /// Empty if there is nothing to compare: its creation failed, or it is in the recycle bin.
    pub(super) state: ObservedState,
}

impl DesiredAsset<'_> {
    /// Reads the existing asset.
    ///
    /// # Errors
    ///
    /// If a call fails, or if the asset lacks the deployment's tag and `--take-over` does not name it.
    pub(crate) async fn observe(&self) -> Result<ExistingAsset, StepError> {
        let Some(description) = self.address().describe(None).await? else {
            return Ok(ExistingAsset::default());
        };
        let is_recycled = description.is_recycled();
        let tags = match self.tags().await {
            // Tags may not be readable in the recycle bin. The restored analysis is observed again.
            Err(error) if is_recycled && error.is_not_found() => None,
            tags => Some(tags?),
        };
        let is_taken_over = match &tags {
            Some(tags) => self.must_be_taken_over(tags)?,
            None => false,
        };
        let tags = tags.unwrap_or_default();
        if is_recycled || description.is_unusable() {
            return Ok(ExistingAsset {
                description: Some(description),
                tags,
                is_taken_over,
                ..ExistingAsset::default()
            });
        }
        let permissions = self.address().permissions().await?;
        let remembered = tags.get(OBSERVED_HASH).map_or("", String::as_str);
        let is_same_body = tags.get(APPLIED_HASH) == Some(&self.applied_hash());
        let is_sound = description.is_sound();
        let has_right_rules = self.change_of_rules(&description).is_none();
        let (mut state, mut edits, mut is_untouched) = (ObservedState::default(), None, false);
        if is_sound {
            let described = self.state(&description).await?;
            state = self.observed(&described, &description);
            is_untouched = state.is_remembered(remembered, is_same_body)
                // The form of earlier versions of this program.
                || remembered == short_hash(described.to_string());
            let is_edited = !is_untouched && !remembered.is_empty() && remembered != IN_PROGRESS;
            edits = is_edited.then(|| differences(&described, &self.body));
        }
        Ok(ExistingAsset {
            // An interrupted run did not store the observed state: later edits cannot be detected.
            is_up_to_date: is_sound
                && (is_untouched || remembered.is_empty())
                && is_same_body
                && has_right_rules,
            description: Some(description),
            tags,
            permissions,
            edits,
            is_taken_over,
            state,
        })
    }

    /// Returns true if the asset lacks the deployment's tag and `--take-over` names it.
    fn must_be_taken_over(&self, tags: &BTreeMap<String, String>) -> Result<bool, StepError> {
        let owner = tags.get(tags::DEPLOYMENT);
        let prefix = &self.deployment.names.prefix;
        if owner == Some(prefix) {
            return Ok(false);
        }
        if self.deployment.take_over.contains(&self.id) {
            return Ok(true);
        }
        let whose = match owner {
            Some(owner) => format!("belongs to the deployment `{owner}`"),
            None => "was not created by kiro-analytics: it has no deployment tag".to_owned(),
        };
        Err(StepError::failed(
            ErrorCategory::Usage,
            format!("{} exists and {whose}", self.title()),
            format!(
                "choose another prefix (--prefix), or overwrite it with --take-over {}",
                self.id
            ),
        ))
    }

    /// The change; none if the asset is up to date.
    pub(crate) fn change(&self, existing: &ExistingAsset) -> Option<Change> {
        let Some(description) = &existing.description else {
            let name = self.body["Name"].as_str().unwrap_or_default();
            let change = Change::new(ChangeKind::Create, self.title());
            return Some(change.detail(format!("`{name}`")));
        };
        let mut change = self.change_of_content(existing, description);
        if !(description.is_recycled() || description.is_unusable()) {
            if let Some(rules) = self.change_of_rules(description) {
                change = change.detail(rules);
            }
            for (principal, actions) in self.missing_permissions(existing) {
                let role = if actions.len() == self.kind.api().owner.len() {
                    "owner"
                } else {
                    "reader"
                };
                change = change.detail(format!("{role}: {principal}"));
            }
            for principal in self.principals_to_revoke(existing) {
                change = change.detail(format!("revoked: {principal}"));
            }
            let tags = self.missing_tags(existing);
            if !tags.is_empty() {
                let tags: Vec<String> = tags
                    .iter()
                    .map(|(key, value)| format!("{key}={value}"))
                    .collect();
                change = change.detail(format!("tags: {}", tags.join(", ")));
            }
        }
        (!change.details.is_empty()).then_some(change)
    }

    fn change_of_content(&self, existing: &ExistingAsset, description: &Description) -> Change {
        let change = |kind| Change::new(kind, self.title());
        if existing.is_taken_over {
            return change(ChangeKind::Overwrite).detail(
                "it was not created by this deployment; it is taken over, and its current content is lost",
            );
        }
        if description.is_recycled() {
            return change(ChangeKind::Update)
                .detail("it is in the recycle bin: it is restored, then updated if needed");
        }
        let status = description.status_name();
        if description.is_unusable() {
            return change(ChangeKind::Replace).detail(format!(
                "its creation failed before ({status}): it is deleted and created again"
            ));
        }
        if let Some(edits) = &existing.edits {
            let change = change(ChangeKind::Overwrite)
                .detail("it was changed outside this deployment; these changes would be lost:");
            return edits.iter().fold(change, Change::detail);
        }
        let change = change(ChangeKind::Update);
        if existing.is_up_to_date {
            return change;
        }
        change.detail(if description.has_failed() {
            format!("its last change failed ({status})")
        } else if existing.tags.contains_key(APPLIED_HASH) {
            "its definition".to_owned()
        } else {
            "its definition; an earlier run was interrupted".to_owned()
        })
    }
}
