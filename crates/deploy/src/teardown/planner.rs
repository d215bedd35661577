//! Plans a teardown: finds all resources of a deployment, in the order of their removal.

use std::collections::BTreeSet;

use kiro_config::Config;

use super::plan::{Action, TeardownPlan};
use super::{bucket, catalogue, stacks};
use crate::assets::{AssetKind, Assets};
use crate::aws::{Aws, AwsError, Context, Optional};
use crate::names::Names;
use crate::service_roles::{CONSUMERS_ROLE, role_names};
use crate::stack::Stack;

/// The deployment to remove.
pub struct Teardown<'a> {
    pub aws: &'a Aws,
    pub names: &'a Names,
    pub settings: &'a Config,
    /// The data stack, if it exists.
    pub stack: Option<&'a Stack>,
    /// True if the results bucket is also removed.
    pub deletes_data: bool,
}

impl Teardown<'_> {
    /// Plans the teardown. Changes nothing.
    ///
    /// # Errors
    ///
    /// If a call fails.
    pub async fn plan(&self) -> Result<TeardownPlan, AwsError> {
        let mut plan = TeardownPlan {
            prefix: self.names.prefix.clone(),
            account: self.names.account.clone(),
            region: self.names.region.clone(),
            ..TeardownPlan::default()
        };
        for place in &self.settings.exports {
            plan.retain(
                format!("the exports in `{place}`"),
                "exports are never deleted",
            );
        }
        self.plan_assets(&mut plan).await?;
        catalogue::plan(self, &mut plan).await?;
        self.plan_role_policies(&mut plan).await?;
        stacks::plan(self, &mut plan).await?;
        bucket::plan(self, &mut plan).await?;
        if let Some(key) = &self.settings.results_kms_key {
            plan.retain(format!("key `{key}`"), "it is yours");
        }
        Ok(plan)
    }

    /// Buckets with exports, from settings and stack.
    pub(super) fn export_buckets(&self) -> BTreeSet<String> {
        let source_buckets = self
            .stack
            .and_then(|stack| stack.parameters.get("SourceBuckets"))
            .map_or("", String::as_str);
        let of_stack = source_buckets.split(',').map(str::to_owned);
        let folders = self.settings.source_folders(self.aws.account()).into_iter();
        folders
            .map(|folder| folder.bucket)
            .chain(of_stack)
            .filter(|bucket| !bucket.is_empty())
            .collect()
    }

    async fn plan_assets(&self, plan: &mut TeardownPlan) -> Result<(), AwsError> {
        let assets = match Assets::find(self.aws, self.names).await {
            Ok(assets) => assets,
            // Without a subscription there are no assets.
            Err(error) if error.is_not_found() => return Ok(()),
            Err(error) if error.is_denied() && !self.settings.quicksight => return Ok(()),
            Err(error) => return Err(error),
        };
        for kind in AssetKind::ALL {
            for asset in assets.of(kind) {
                let details = asset
                    .is_recycled
                    .then(|| "from the recycle bin, which reserves its id".to_owned());
                plan.remove(
                    asset.title(),
                    details.into_iter().collect(),
                    Action::Asset(asset.clone()),
                );
            }
        }
        for asset in &assets.unmanaged {
            let why = if asset.is_recycled {
                "it is in the recycle bin and its tags cannot be read: if it belongs to this deployment, restore it with `aws quicksight restore-analysis` and run this command again"
            } else {
                "it has no deployment tag: kiro-analytics did not create it"
            };
            plan.retain(format!("{} `{}`", asset.kind, asset.id), why);
        }
        if self.settings.quicksight {
            plan.retain(
                "the subscription of Amazon Quick Sight, and its users",
                "others may use it; its cost depends on the number of its users",
            );
        }
        Ok(())
    }

    async fn plan_role_policies(&self, plan: &mut TeardownPlan) -> Result<(), AwsError> {
        if !self.settings.quicksight {
            return Ok(());
        }
        let policy = self.names.quicksight_policy(self.settings);
        for role in role_names(self.settings) {
            let what = format!("policy `{policy}` of role `{role}`");
            let request = self.aws.clients().iam.get_role_policy();
            let sent = request.role_name(role).policy_name(&policy).send().await;
            let found = sent.context(self.aws, "iam:GetRolePolicy", what.clone());
            let exists = found.optional()?.is_some();
            if exists {
                plan.remove(
                    what,
                    vec!["allows Quick Sight to read the results".to_owned()],
                    Action::RolePolicy {
                        role: role.to_owned(),
                        policy: policy.clone(),
                    },
                );
            }
            if exists || role != CONSUMERS_ROLE {
                plan.retain(
                    format!("role `{role}` with AWSQuicksightAthenaAccess"),
                    "other data sources of Quick Sight may use it",
                );
            }
        }
        Ok(())
    }
}
