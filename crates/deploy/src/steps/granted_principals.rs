//! The principals that deployments have given grants in Lake Formation, in an object of the code bucket: one that leaves the
//! settings is revoked. A deployer is not among them, as several persons and pipelines may deploy in turn.

use std::collections::{BTreeMap, BTreeSet};

use kiro_config::REMEMBERED;
use serde_json::Value;

use crate::aws::AwsError;
use crate::step::{Deployment, ErrorCategory, StepError};

/// Principals by database.
type Record = BTreeMap<String, BTreeSet<String>>;

/// The object with the principals.
pub(super) struct GrantedPrincipals {
    bucket: String,
    key: String,
    database: String,
    record: Record,
}

impl GrantedPrincipals {
    /// Reads the object. Without one, or without a code bucket, no principal is known.
    pub(super) async fn read(deployment: &Deployment) -> Result<Self, StepError> {
        let names = &deployment.names;
        let bucket = names.code_bucket(deployment.settings());
        let key = format!("state/{}/lake-formation.json", names.prefix);
        let buckets = deployment.aws.buckets().owned();
        let content = match buckets.head(&bucket).await? {
            Some(_) => buckets.content(&bucket, &key).await?,
            None => None,
        };
        let record = match content {
            Some(content) => {
                serde_json::from_slice(&content).map_err(|_| damaged(&bucket, &key))?
            }
            None => Record::new(),
        };
        let database = names.database(deployment.settings());
        Ok(Self {
            bucket,
            key,
            database,
            record,
        })
    }

    /// The principals of the database.
    pub(super) fn principals(&self) -> BTreeSet<String> {
        self.record.get(&self.database).cloned().unwrap_or_default()
    }

    /// Replaces the principals of the database, and writes the object if that changes it.
    pub(super) async fn write(
        &mut self,
        deployment: &Deployment,
        principals: BTreeSet<String>,
    ) -> Result<(), AwsError> {
        let buckets = deployment.aws.buckets().owned();
        if principals == self.principals() || buckets.head(&self.bucket).await?.is_none() {
            return Ok(());
        }
        self.record.insert(self.database.clone(), principals);
        let content = serde_json::to_vec(&self.record).unwrap_or_default();
        buckets.put(&self.bucket, &self.key, content).await
    }
}

/// The principals of the settings before this deployment, which versions without the object have not written down.
pub(super) fn principals_before(deployment: &Deployment) -> BTreeSet<String> {
    let parameters = deployment.read_parameters.iter().flatten();
    let stored = parameters
        .filter(|(name, _)| *name == REMEMBERED)
        .find_map(|(_, text)| serde_json::from_str::<Value>(text).ok())
        .unwrap_or_default();
    let lists = ["query_principals", "owners"].map(|setting| stored.get(setting).cloned());
    lists
        .into_iter()
        .flatten()
        .filter_map(|list| serde_json::from_value::<Vec<String>>(list).ok())
        .flatten()
        .collect()
}

fn damaged(bucket: &str, key: &str) -> StepError {
    StepError::failed(
        ErrorCategory::Aws,
        format!("`s3://{bucket}/{key}`, the list of principals with grants, is damaged"),
        format!(
            "`aws s3 rm s3://{bucket}/{key}` removes it: grants of principals that have left the settings must then be revoked by hand"
        ),
    )
}
