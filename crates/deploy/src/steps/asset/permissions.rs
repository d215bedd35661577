//! The permissions of an asset.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_quicksight::types::ResourcePermission;
use serde_json::{Value, json};

use super::desired::DesiredAsset;
use super::existing::ExistingAsset;
use super::requests::{AssetAddress, request};
use super::state_tags::granted_principals;
use crate::asset_kind::AssetKind;
use crate::aws::{AwsError, Context};
use crate::digest::short_hash;
use crate::step::StepError;

/// Maximum number of grants, or of revocations, in one call.
const GRANTS_PER_CALL: usize = 64;

/// Actions by principal.
pub(crate) type Permissions = BTreeMap<String, BTreeSet<String>>;

impl AssetAddress<'_> {
    /// Its permissions.
    ///
    /// # Errors
    ///
    /// If the call failed.
    pub(super) async fn permissions(&self) -> Result<Permissions, AwsError> {
        let (aws, title) = (self.aws, self.title());
        let held = match self.kind {
            AssetKind::Dashboard => {
                let sent = request!(self, describe_dashboard_permissions, dashboard_id);
                let sent = sent.send().await;
                sent.context(aws, "quicksight:DescribeDashboardPermissions", title)?
                    .permissions
            }
            AssetKind::Analysis => {
                let sent = request!(self, describe_analysis_permissions, analysis_id);
                let sent = sent.send().await;
                sent.context(aws, "quicksight:DescribeAnalysisPermissions", title)?
                    .permissions
            }
            AssetKind::DataSet => {
                let sent = request!(self, describe_data_set_permissions, data_set_id);
                let sent = sent.send().await;
                sent.context(aws, "quicksight:DescribeDataSetPermissions", title)?
                    .permissions
            }
            AssetKind::DataSource => {
                let sent = request!(self, describe_data_source_permissions, data_source_id);
                let sent = sent.send().await;
                sent.context(aws, "quicksight:DescribeDataSourcePermissions", title)?
                    .permissions
            }
            AssetKind::Theme => {
                let sent = request!(self, describe_theme_permissions, theme_id);
                let sent = sent.send().await;
                sent.context(aws, "quicksight:DescribeThemePermissions", title)?
                    .permissions
            }
        };
        let held = held.unwrap_or_default().into_iter();
        Ok(held
            .map(|one| (one.principal, one.actions.into_iter().collect()))
            .collect())
    }

    /// Grants and revokes permissions, at most 64 of each in one call.
    async fn update_permissions(
        &self,
        grants: &Permissions,
        revocations: &Permissions,
    ) -> Result<(), AwsError> {
        let (grants, revocations) = (typed(grants), typed(revocations));
        let mut grants = grants.chunks(GRANTS_PER_CALL);
        let mut revocations = revocations.chunks(GRANTS_PER_CALL);
        loop {
            let granted = grants.next().map(<[_]>::to_vec);
            let revoked = revocations.next().map(<[_]>::to_vec);
            if granted.is_none() && revoked.is_none() {
                return Ok(());
            }
            self.send_permissions(granted, revoked).await?;
        }
    }

    async fn send_permissions(
        &self,
        grants: Option<Vec<ResourcePermission>>,
        revocations: Option<Vec<ResourcePermission>>,
    ) -> Result<(), AwsError> {
        let (aws, title) = (self.aws, self.title());
        macro_rules! send {
            ($operation:ident, $id:ident, $action:literal) => {{
                let request = request!(self, $operation, $id);
                let request = request.set_grant_permissions(grants);
                let request = request.set_revoke_permissions(revocations);
                request.send().await.context(aws, $action, title)?;
            }};
        }
        match self.kind {
            AssetKind::Dashboard => send!(
                update_dashboard_permissions,
                dashboard_id,
                "quicksight:UpdateDashboardPermissions"
            ),
            AssetKind::Analysis => send!(
                update_analysis_permissions,
                analysis_id,
                "quicksight:UpdateAnalysisPermissions"
            ),
            AssetKind::DataSet => send!(
                update_data_set_permissions,
                data_set_id,
                "quicksight:UpdateDataSetPermissions"
            ),
            AssetKind::DataSource => send!(
                update_data_source_permissions,
                data_source_id,
                "quicksight:UpdateDataSourcePermissions"
            ),
            AssetKind::Theme => send!(
                update_theme_permissions,
                theme_id,
                "quicksight:UpdateThemePermissions"
            ),
        }
        Ok(())
    }
}

impl DesiredAsset<'_> {
    pub(super) fn desired_permissions(&self) -> Permissions {
        let settings = self.deployment.settings();
        let api = self.kind.api();
        let actions = |names: &[&str]| {
            names
                .iter()
                .map(|name| format!("quicksight:{name}"))
                .collect::<BTreeSet<_>>()
        };
        let readers = settings.readers.iter().filter(|_| !api.reader.is_empty());
        let readers = readers.map(|arn| (arn.clone(), actions(api.reader)));
        let owners = settings.owners.iter();
        let owners = owners.map(|arn| (arn.clone(), actions(api.owner)));
        readers.chain(owners).collect()
    }

    /// The permissions that a request to create the asset carries: owners first, as it takes 64 at most.
    pub(super) fn first_permissions(&self) -> Value {
        let mut all: Vec<_> = self.desired_permissions().into_iter().collect();
        all.sort_by_key(|(_, actions)| std::cmp::Reverse(actions.len()));
        all.truncate(GRANTS_PER_CALL);
        all.iter()
            .map(|(principal, actions)| json!({"Principal": principal, "Actions": actions}))
            .collect()
    }

    pub(super) fn missing_permissions(&self, existing: &ExistingAsset) -> Permissions {
        let mut desired = self.desired_permissions();
        desired.retain(|principal, actions| {
            existing
                .permissions
                .get(principal)
                .is_none_or(|held| !actions.is_subset(held))
        });
        desired
    }

    /// Principals that an earlier deployment granted access to and that are no longer in the settings.
    pub(super) fn principals_to_revoke(&self, existing: &ExistingAsset) -> Vec<String> {
        let granted = granted_principals(&existing.tags);
        let desired = self.desired_permissions();
        let held = existing.permissions.keys();
        held.filter(|principal| {
            granted.contains(principal_hash(principal).as_str())
                && !desired.contains_key(*principal)
        })
        .cloned()
        .collect()
    }

    /// Grants what is missing and revokes what is no longer desired.
    pub(super) async fn share(&self, existing: &ExistingAsset) -> Result<(), StepError> {
        let grants = self.missing_permissions(existing);
        let revocations: Permissions = self
            .principals_to_revoke(existing)
            .into_iter()
            .filter_map(|principal| {
                let held = existing.permissions.get(&principal)?.clone();
                Some((principal, held))
            })
            .collect();
        self.address()
            .update_permissions(&grants, &revocations)
            .await?;
        Ok(())
    }
}

fn typed(permissions: &Permissions) -> Vec<ResourcePermission> {
    let built = permissions.iter().map(|(principal, actions)| {
        ResourcePermission::builder()
            .principal(principal)
            .set_actions(Some(actions.iter().cloned().collect()))
            .build()
    });
    // Both required members are set.
    built.filter_map(Result::ok).collect()
}

/// The first 8 characters of a hash, so that a tag can hold many.
pub(super) fn principal_hash(principal: &str) -> String {
    short_hash(principal).chars().take(8).collect()
}
