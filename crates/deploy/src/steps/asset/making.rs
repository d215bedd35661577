//! Making an asset what it shall be, and waiting until it is.

use std::time::Duration;

use serde_json::Value;

use super::look::Look;
use super::marks::{DESCRIBED, LET_IN, SENT, UNDER_WAY};
use super::permissions::permission_list;
use super::wanted::WantedAsset;
use crate::asset_kind::AssetKind;
use crate::aws::{Fields, Method};
use crate::digest::short_hash;
use crate::step::{Blame, StepError};
use crate::tags;

/// So long the service may take.
const WITHIN: Duration = Duration::from_mins(10);
/// What stays as somebody has set it when a dataset is changed: who sees which rows and columns.
const KEPT: [&str; 3] = [
    "RowLevelPermissionDataSet",
    "RowLevelPermissionTagConfiguration",
    "ColumnLevelPermissionRules",
];

impl WantedAsset<'_> {
    /// Makes it so, and waits until it is.
    pub(crate) async fn put(&self, look: &Look) -> Result<(), StepError> {
        let status = look
            .described
            .as_ref()
            .map_or("", |described| described.text(self.kind.terms().status));
        if status.ends_with("_IN_PROGRESS") {
            // A deployment that was interrupted has begun it.
            match self.wait(None).await {
                Ok(()) | Err(StepError::Failed { .. }) => {}
                Err(error) => return Err(error),
            }
            let settled = self.look().await?;
            return match self.change(&settled) {
                Some(_) => Box::pin(self.put(&settled)).await,
                None => Ok(()),
            };
        }
        if look.described.is_none() {
            self.create().await?;
        } else if !look.is_as_sent {
            self.tag(&[(DESCRIBED.to_owned(), UNDER_WAY.to_owned())].into())
                .await?;
            self.update(look).await?;
        }
        if look.described.is_none() || !look.is_as_sent {
            let described = self.describe(None).await?.unwrap_or_default();
            let state = self.state(&described).await?;
            let marks = [
                (SENT.to_owned(), self.sent_hash()),
                (DESCRIBED.to_owned(), short_hash(state.to_string())),
            ];
            self.tag(&marks.into()).await?;
        }
        let now = Look {
            described: Some(Value::Null),
            tags: self.tags().await?,
            permissions: self.permissions().await?,
            edits: None,
            is_as_sent: true,
            state: look.state.clone(),
        };
        self.share(&now).await?;
        let tags = self.missing_tags(&now);
        if !tags.is_empty() {
            self.tag(&tags).await?;
        }
        Ok(())
    }

    async fn create(&self) -> Result<(), StepError> {
        let mut body = self.body.clone();
        let grants = self.wanted_permissions();
        if !grants.is_empty() {
            body["Permissions"] = permission_list(&grants);
        }
        let mut tags = tags::of(self.deployment);
        tags.insert(LET_IN.to_owned(), self.let_in());
        tags.insert(SENT.to_owned(), self.sent_hash());
        tags.retain(|_, value| !value.is_empty());
        body["Tags"] = Value::from(tags::listed(&tags));
        let call = if self.kind.terms().is_named_by_path {
            self.call(self.kind.terms().create, Method::Post, &[])
        } else {
            body[format!("{}Id", self.kind.terms().member)] = Value::from(self.id.clone());
            let path = [self.kind.terms().collection];
            self.deployment
                .aws
                .quicksight(self.kind.terms().create, Method::Post, &path)
                .on(self.what())
        };
        call.body(body).send().await?;
        self.wait(None).await
    }

    async fn update(&self, look: &Look) -> Result<(), StepError> {
        let mut body = self.body.clone();
        if self.kind == AssetKind::DataSource
            && let Some(members) = body.as_object_mut()
        {
            members.remove("Type");
        }
        if self.kind == AssetKind::DataSet {
            let described = look.described.as_ref().unwrap_or(&Value::Null);
            for member in KEPT {
                if !described.field(member).is_null() {
                    body[member] = described.field(member).clone();
                }
            }
        }
        let answer = self
            .call(self.kind.terms().update, Method::Put, &[])
            .body(body)
            .send()
            .await?;
        if self.kind != AssetKind::Dashboard {
            return self.wait(None).await;
        }
        let version = answer
            .text("VersionArn")
            .rsplit('/')
            .next()
            .unwrap_or_default()
            .to_owned();
        self.wait(Some(&version)).await?;
        self.call(
            "UpdateDashboardPublishedVersion",
            Method::Put,
            &["versions", &version],
        )
        .send()
        .await?;
        Ok(())
    }

    /// Waits until it is made; what keeps it from being made is an error.
    async fn wait(&self, version: Option<&str>) -> Result<(), StepError> {
        if self.kind.terms().status.is_empty() {
            return Ok(());
        }
        let mut polling = self.deployment.aws.polling(WITHIN);
        loop {
            let described = self.describe(version).await?.unwrap_or_default();
            let status = described.text(self.kind.terms().status);
            if status.ends_with("SUCCESSFUL") {
                return Ok(());
            }
            if status.ends_with("FAILED") {
                return Err(self.unmade(status, &described));
            }
            if !polling.again().await {
                return Err(StepError::failed(
                    Blame::Aws,
                    format!(
                        "{} is still not ready after ten minutes ({status})",
                        self.what()
                    ),
                    "run the command again: it goes on where it stopped",
                ));
            }
        }
    }

    fn unmade(&self, status: &str, described: &Value) -> StepError {
        let one = |error: &Value| {
            let place: Vec<&str> = error
                .items("ViolatedEntities")
                .iter()
                .map(|entity| entity.text("Path"))
                .filter(|path| !path.is_empty())
                .collect();
            let place = if place.is_empty() {
                String::new()
            } else {
                format!(" at {}", place.join(", "))
            };
            format!("{}: {}{place}", error.text("Type"), error.text("Message"))
        };
        let holder = if self.kind == AssetKind::Dashboard || self.kind == AssetKind::Theme {
            described.field("Version")
        } else {
            described
        };
        let mut reasons: Vec<String> = holder.items("Errors").iter().take(5).map(one).collect();
        let info = described.field("ErrorInfo");
        if !info.is_null() {
            reasons.push(one(info));
        }
        if reasons.is_empty() {
            reasons.push("the service gives no reason".to_owned());
        }
        let kept = if self.kind == AssetKind::Dashboard {
            "; what was published before still is"
        } else {
            ""
        };
        StepError::failed(
            Blame::Aws,
            format!(
                "{} could not be made ({status}): {}{kept}",
                self.what(),
                reasons.join("; ")
            ),
            "`kiro-analytics synth --out DIR` writes what was sent; run the command again when the cause is gone",
        )
    }
}
