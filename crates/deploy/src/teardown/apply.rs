//! Applies a teardown plan, one removal after the other. Resources that no longer exist are skipped.

use std::time::Duration;

use serde::Serialize;

use super::object_key::{is_deployment_key, is_identity_key};
use super::plan::{Action, Removal, TeardownPlan};
use super::{bucket, catalogue, stacks};
use crate::assets::Asset;
use crate::aws::{Aws, Context, Optional};
use crate::progress::Progress;
use crate::reports_bucket::is_report_key;
use crate::step::StepError;

/// Maximum time to wait for another change of an asset before its deletion.
const CONFLICT_TIMEOUT: Duration = Duration::from_mins(2);

/// The resources that were removed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Removed {
    pub removed: Vec<String>,
    pub objects_deleted: u64,
}

/// A removal that failed, and the removals before it.
#[derive(Debug, thiserror::Error)]
#[error("{what} could not be removed")]
pub struct TeardownError {
    pub what: String,
    pub done: Removed,
    /// The resources that remain, beginning with the one that failed.
    pub remains: Vec<String>,
    #[source]
    pub cause: StepError,
}

impl TeardownPlan {
    /// Removes the resources of the plan, in its order.
    ///
    /// # Errors
    ///
    /// The failed removal, with what was removed before and what remains.
    pub async fn apply(
        &self,
        aws: &Aws,
        progress: &dyn Progress,
    ) -> Result<Removed, TeardownError> {
        let mut done = Removed::default();
        let of = self.removals.len();
        for (index, removal) in self.removals.iter().enumerate() {
            progress.begin(index + 1, of, &removal.what);
            match removal.apply(aws, &self.prefix, progress).await {
                Ok(objects) => {
                    done.objects_deleted += objects;
                    done.removed.push(removal.what.clone());
                }
                Err(cause) => {
                    let remains = self.removals.iter().skip(index);
                    return Err(TeardownError {
                        what: removal.what.clone(),
                        done,
                        remains: remains.map(|removal| removal.what.clone()).collect(),
                        cause,
                    });
                }
            }
        }
        Ok(done)
    }
}

impl Removal {
    /// Removes it. Returns the number of deleted objects.
    async fn apply(
        &self,
        aws: &Aws,
        prefix: &str,
        progress: &dyn Progress,
    ) -> Result<u64, StepError> {
        match &self.action {
            Action::Asset(asset) => delete_asset(aws, asset).await?,
            Action::Grants(grants) => catalogue::revoke(aws, grants).await?,
            Action::Tables { database, names } => {
                catalogue::delete_tables(aws, database, names).await?;
            }
            Action::RolePolicy { role, policy } => {
                let call = aws.clients().iam.delete_role_policy();
                call.role_name(role)
                    .policy_name(policy)
                    .send()
                    .await
                    .context(aws, "iam:DeleteRolePolicy", self.what.clone())
                    .optional()?;
            }
            Action::Stack { name, leaves } => {
                for bucket in leaves {
                    bucket::tag_with_deployment(aws, prefix, bucket).await?;
                }
                stacks::delete(aws, name, progress).await?;
            }
            Action::Bucket(bucket) => {
                return bucket::remove(aws, bucket, is_deployment_key, progress).await;
            }
            Action::NamesBucket(bucket) => {
                return bucket::remove(aws, bucket, is_identity_key, progress).await;
            }
            Action::ReportsBucket(bucket) => {
                return bucket::remove(aws, bucket, is_report_key, progress).await;
            }
            Action::Objects { bucket, prefix } => {
                return bucket::empty(aws, bucket, prefix, is_deployment_key, progress).await;
            }
        }
        Ok(0)
    }
}

async fn delete_asset(aws: &Aws, asset: &Asset) -> Result<(), StepError> {
    let mut polling = aws.polling(CONFLICT_TIMEOUT);
    loop {
        match asset.delete(aws).await {
            Ok(()) => return Ok(()),
            // It is being created or changed: wait.
            Err(error) if error.is_conflict() && polling.again().await => {}
            Err(error) => return Err(error.into()),
        }
    }
}
