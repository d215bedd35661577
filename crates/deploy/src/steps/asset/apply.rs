//! Creates or updates an asset, and waits for the result.

use std::time::Duration;

use aws_sdk_quicksight::types::ResourceStatus;
use serde_json::{Value, json};

use super::description::{AssetError, Description};
use super::desired::DesiredAsset;
use super::existing::ExistingAsset;
use super::row_rules;
use super::state_tags::{APPLIED_HASH, IN_PROGRESS, OBSERVED_HASH};
use super::violations::error_text;
use crate::asset_kind::AssetKind;
use crate::aws::{AwsError, AwsErrorKind};
use crate::step::{ErrorCategory, StepError};
use crate::steps::quicksight::PERMISSION_TIMEOUT;
use crate::tags;

/// Maximum time to create or update an asset.
const CREATION_TIMEOUT: Duration = Duration::from_mins(10);
/// Maximum time to delete or restore an asset.
const DELETION_TIMEOUT: Duration = Duration::from_mins(2);
/// Maximum number of errors in one message.
const MAX_ERRORS: usize = 5;
/// Settings of a dataset that the deployment does not define. An update keeps them.
const PRESERVED_MEMBERS: [&str; 8] = [
    "ColumnGroups",
    "ColumnLevelPermissionRules",
    "DataSetUsageConfiguration",
    "DatasetParameters",
    "FieldFolders",
    "PerformanceConfiguration",
    "RowLevelPermissionDataSet",
    "RowLevelPermissionTagConfiguration",
];

/// How to handle a missing permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ApplyMode {
    /// As an error.
    Plain,
    /// Retry: a permission was just written and takes effect within minutes.
    AwaitsPermission,
}

impl DesiredAsset<'_> {
    /// Creates or updates the asset, its permissions and tags, and waits for the result. Returns notes for the user.
    ///
    /// # Errors
    ///
    /// If the service refuses a request, or cannot create the asset.
    pub(crate) async fn apply(
        &self,
        existing: &ExistingAsset,
        mode: ApplyMode,
    ) -> Result<Vec<String>, StepError> {
        let mut notes = Vec::new();
        match &existing.description {
            Some(found) if found.is_in_progress() => {
                // An interrupted deployment has started it.
                match self.wait(None).await {
                    Ok(()) | Err(StepError::Failed { .. }) => {}
                    Err(error) => return Err(error),
                }
                return self.apply_again(mode).await;
            }
            Some(found) if found.is_recycled() => {
                self.restore().await?;
                notes.push(format!(
                    "{} was in the recycle bin and is restored",
                    self.title()
                ));
                notes.extend(self.apply_again(mode).await?);
                return Ok(notes);
            }
            Some(found) if found.is_unusable() => {
                self.delete().await?;
                notes.extend(self.create(mode).await?);
            }
            None => notes.extend(self.create(mode).await?),
            Some(_) if existing.is_up_to_date => {}
            Some(found) => {
                self.tag(&[(OBSERVED_HASH.to_owned(), IN_PROGRESS.to_owned())].into())
                    .await?;
                notes.extend(self.update(found).await?);
            }
        }
        let mut state = existing.state.clone();
        if !existing.is_up_to_date {
            if let Some(description) = self.address().describe(None).await? {
                state = self.observed(&self.state(&description).await?, &description);
            }
            let remembered = [
                (APPLIED_HASH.to_owned(), self.applied_hash()),
                (OBSERVED_HASH.to_owned(), state.to_string()),
            ];
            self.tag(&remembered.into()).await?;
        }
        let now = ExistingAsset {
            tags: self.tags().await?,
            permissions: self.address().permissions().await?,
            is_up_to_date: true,
            state,
            ..ExistingAsset::default()
        };
        self.share(&now).await?;
        let tags = self.missing_tags(&now);
        if !tags.is_empty() {
            self.tag(&tags).await?;
        }
        Ok(notes)
    }

    async fn apply_again(&self, mode: ApplyMode) -> Result<Vec<String>, StepError> {
        let existing = self.observe().await?;
        match self.change(&existing) {
            Some(_) => Box::pin(self.apply(&existing, mode)).await,
            None => Ok(Vec::new()),
        }
    }

    async fn create(&self, mode: ApplyMode) -> Result<Vec<String>, StepError> {
        let mut body = self.body.clone();
        let grants = self.first_permissions();
        if grants.as_array().is_some_and(|grants| !grants.is_empty()) {
            body["Permissions"] = grants;
        }
        let mut tags = tags::of(self.deployment);
        tags.extend(self.granted_tags());
        tags.insert(APPLIED_HASH.to_owned(), self.applied_hash());
        tags.retain(|_, value| !value.is_empty());
        body["Tags"] = Value::from(tags::listed(&tags));
        let mut polling = self.deployment.aws.polling(PERMISSION_TIMEOUT);
        loop {
            let refused = match self.send_leniently_if_refused(&body, None).await {
                Ok((_, notes)) => match self.settled_state(None).await? {
                    SettledState::Sound => return Ok(notes),
                    SettledState::Failed(found) => {
                        let is_denied = found.errors.iter().any(AssetError::is_about_permission);
                        let error = self.failed(&found);
                        if !(is_denied && mode == ApplyMode::AwaitsPermission) {
                            return Err(error);
                        }
                        error
                    }
                },
                Err(error) if error.is_denied() && mode == ApplyMode::AwaitsPermission => {
                    error.into()
                }
                Err(error) => return Err(error.into()),
            };
            if !polling.again().await {
                return Err(refused);
            }
            self.delete().await?;
        }
    }

    async fn update(&self, found: &Description) -> Result<Vec<String>, StepError> {
        let mut body = self.body.clone();
        if self.kind == AssetKind::DataSource
            && let Some(members) = body.as_object_mut()
        {
            members.remove("Type");
        }
        if self.kind == AssetKind::DataSet {
            if let Some(members) = body.as_object_mut() {
                // Only a creation has it.
                members.remove("UseAs");
            }
            for member in PRESERVED_MEMBERS {
                // Rules of this deployment are as the settings say; others have set all others.
                let is_own = member == row_rules::MEMBER && self.own_rules(found).is_some();
                let value = found.document.get(member);
                if let Some(value) = value.filter(|value| !value.is_null() && !is_own) {
                    body[member] = value.clone();
                }
            }
        }
        let (version, notes) = self.send_leniently_if_refused(&body, Some(found)).await?;
        self.wait(version).await?;
        if let Some(version) = version {
            self.address().publish(version).await?;
        }
        Ok(notes)
    }

    /// Sends a request to create the asset or, if it exists, to update it. If strict validation rejects the definition, sends it
    /// again with lenient validation and returns a note.
    async fn send_leniently_if_refused(
        &self,
        body: &Value,
        existing: Option<&Description>,
    ) -> Result<(Option<i64>, Vec<String>), AwsError> {
        let refused = match self.send(body, existing).await {
            Ok(version) => return Ok((version, Vec::new())),
            Err(error) => error,
        };
        let has_definition = matches!(self.kind, AssetKind::Analysis | AssetKind::Dashboard);
        let is_about_content = refused.kind == AwsErrorKind::Invalid
            && refused.code == "InvalidParameterValueException";
        if !(has_definition && is_about_content) {
            return Err(refused);
        }
        let mut body = body.clone();
        body["ValidationStrategy"] = json!({"Mode": "LENIENT"});
        match self.send(&body, existing).await {
            Ok(version) => {
                let note = format!(
                    "{}: Quick Sight refused the definition under strict validation and accepted it under lenient validation; a visual may show an error. It said: {}",
                    self.title(),
                    refused.message
                );
                Ok((version, vec![note]))
            }
            // The error of the strict validation has more details.
            Err(_) => Err(refused),
        }
    }

    async fn send(
        &self,
        body: &Value,
        existing: Option<&Description>,
    ) -> Result<Option<i64>, AwsError> {
        match existing {
            Some(_) => self.address().update(body).await,
            None => self.address().create(body).await.map(|()| None),
        }
    }

    /// Restores the analysis from the recycle bin and waits until it can be changed.
    async fn restore(&self) -> Result<(), StepError> {
        self.address().restore().await?;
        let mut polling = self.deployment.aws.polling(DELETION_TIMEOUT);
        loop {
            let found = self.address().describe(None).await?;
            let is_recycled = found.is_some_and(|found| found.is_recycled());
            if !is_recycled {
                return Ok(());
            }
            if !polling.again().await {
                return Err(self.too_slow("is still in the recycle bin after two minutes"));
            }
        }
    }

    /// Deletes it permanently and waits until its id is free.
    async fn delete(&self) -> Result<(), StepError> {
        self.address().delete().await?;
        let mut polling = self.deployment.aws.polling(DELETION_TIMEOUT);
        while self.address().describe(None).await?.is_some() {
            if !polling.again().await {
                return Err(self.too_slow("is still being deleted after two minutes"));
            }
        }
        Ok(())
    }

    /// Waits until it is created or updated.
    ///
    /// # Errors
    ///
    /// If the creation or update fails.
    async fn wait(&self, version: Option<i64>) -> Result<(), StepError> {
        match self.settled_state(version).await? {
            SettledState::Sound => Ok(()),
            SettledState::Failed(found) => Err(self.failed(&found)),
        }
    }

    /// Waits until it is created or updated, or has failed.
    async fn settled_state(&self, version: Option<i64>) -> Result<SettledState, StepError> {
        let mut polling = self.deployment.aws.polling(CREATION_TIMEOUT);
        loop {
            let found = self.address().describe(version).await?;
            match found {
                Some(found) if found.is_sound() => return Ok(SettledState::Sound),
                Some(found) if found.has_failed() => {
                    return Ok(SettledState::Failed(Box::new(found)));
                }
                Some(found) if found.status == Some(ResourceStatus::Deleted) => {
                    return Err(StepError::failed(
                        ErrorCategory::Aws,
                        format!("{} was deleted while it was being created", self.title()),
                        "run the command again: it continues where it stopped",
                    ));
                }
                // A new asset may not be visible at once.
                _ => {}
            }
            if !polling.again().await {
                return Err(self.too_slow("is still not ready after ten minutes"));
            }
        }
    }

    fn too_slow(&self, what: &str) -> StepError {
        StepError::failed(
            ErrorCategory::Aws,
            format!("{} {what}", self.title()),
            "run the command again: it continues where it stopped",
        )
    }

    fn failed(&self, found: &Description) -> StepError {
        let definition = &self.body["Definition"];
        let errors = found.errors.iter().take(MAX_ERRORS);
        let mut reasons: Vec<String> = errors.map(|error| error_text(error, definition)).collect();
        if reasons.is_empty() {
            reasons.push("the service gives no reason".to_owned());
        }
        let kept = if self.kind == AssetKind::Dashboard {
            "; the published version has not changed"
        } else {
            ""
        };
        StepError::failed(
            ErrorCategory::Aws,
            format!(
                "{} could not be created ({}): {}{kept}",
                self.title(),
                found.status_name(),
                reasons.join("; ")
            ),
            "`kiro-analytics synth --out DIR` writes what was sent; fix the cause, then run the command again",
        )
    }
}

enum SettledState {
    Sound,
    Failed(Box<Description>),
}
