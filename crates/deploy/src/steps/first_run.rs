//! The first normalization: reads the history into a results bucket that does not contain it yet.

use std::time::Duration;

use async_trait::async_trait;
use serde_json::json;

use super::data_layer::DataLayer;
use super::deployed_code;
use super::export_source::find_exports;
use super::function_kind::FunctionKind;
use super::normalization::{Normalization, normalize_with_retries};
use crate::digest::short_hash;
use crate::progress::Progress;
use crate::results_buckets::results_buckets;
use crate::step::{Applied, Change, ChangeKind, Deployment, Planned, Step, StepError, StepPlan};

/// Maximum time until the policies of a new role are in effect.
const PERMISSION_TIMEOUT: Duration = Duration::from_mins(2);

/// Reads the history.
pub(crate) struct FirstRun;

/// The marker object for a completed first run: the history of the exports is in one results bucket.
struct FirstRunMarker {
    bucket: String,
    key: String,
}

impl FirstRunMarker {
    /// The marker is in the code bucket. Its key is derived from the results bucket and the export folders.
    fn new(deployment: &Deployment, results_bucket: &str) -> Self {
        let folders = deployment
            .settings()
            .source_folders(deployment.aws.account());
        let hash = short_hash(format!("{results_bucket}\n{folders:?}"));
        Self {
            bucket: deployment.names.code_bucket(deployment.settings()),
            key: format!("state/{}/first-run-{hash}.json", deployment.names.prefix),
        }
    }

    /// Returns true if the history has been read. A marker for a results bucket without parts is not valid.
    async fn is_valid(
        &self,
        deployment: &Deployment,
        results_bucket: &str,
    ) -> Result<bool, StepError> {
        let buckets = deployment.aws.buckets().owned();
        if buckets.head(&self.bucket).await?.is_none()
            || !buckets.has_object(&self.bucket, &self.key).await?
        {
            return Ok(false);
        }
        let parts = buckets.listing(results_bucket, "normalized/").max_keys(1);
        match parts.page(None).await {
            Err(error) if error.is_not_found() => Ok(false),
            page => Ok(!page?.objects.is_empty()),
        }
    }

    async fn write(&self, deployment: &Deployment, run: &Normalization) -> Result<(), StepError> {
        let buckets = deployment.aws.buckets().owned();
        if buckets.head(&self.bucket).await?.is_none() {
            return Ok(());
        }
        let text =
            json!({"version": deployment.version, "processed": run.processed, "seen": run.seen});
        let text = text.to_string().into_bytes();
        Ok(buckets.put(&self.bucket, &self.key, text).await?)
    }
}

#[async_trait]
impl Step for FirstRun {
    fn name(&self) -> &'static str {
        "first_run"
    }

    fn title(&self) -> &'static str {
        "First normalization"
    }

    async fn plan(
        &self,
        deployment: &Deployment,
        earlier: &[StepPlan],
    ) -> Result<Planned, StepError> {
        deployed_code::verify(deployment, FunctionKind::NormalizeReport, earlier).await?;
        let layer = DataLayer::find(deployment).await?;
        let named = deployment.settings().existing_results_bucket.clone();
        let results_bucket = named.or(layer.map(|layer| layer.results_bucket));
        if let Some(bucket) = &results_bucket
            && FirstRunMarker::new(deployment, bucket)
                .is_valid(deployment, bucket)
                .await?
        {
            return Ok(Planned::default());
        }
        let mut details: Vec<String> = deployment
            .settings()
            .exports
            .iter()
            .map(|place| format!("reads all exports below `{place}`"))
            .collect();
        details.extend(find_exports(deployment).await?);
        if results_bucket.is_none() {
            let left_buckets = match results_buckets(&deployment.aws, &deployment.names).await {
                Err(error) if error.is_denied() => Vec::new(),
                left_buckets => left_buckets?.unwrap_or_default(),
            };
            details.extend(left_buckets.iter().map(|bucket| {
                format!(
                    "bucket `{bucket}` remains from an earlier deployment: --set existing_results_bucket={bucket} continues with it"
                )
            }));
        }
        let change = Change {
            details,
            ..Change::new(ChangeKind::Run, "the normalizer")
        };
        Ok(Planned::changes(vec![change]))
    }

    async fn apply(
        &self,
        deployment: &Deployment,
        _plan: &StepPlan,
        progress: &dyn Progress,
    ) -> Result<Applied, StepError> {
        let layer = DataLayer::require(deployment).await?;
        let run = normalize_with_retries(deployment, &layer.function, progress, PERMISSION_TIMEOUT)
            .await?;
        let mut applied = Applied {
            notes: vec![run.summary()],
            problems: run.problems.clone(),
        };
        if run.seen == 0 {
            applied.problems.push(format!(
                "the normalizer has found no export below {}: all figures are empty",
                listed(&deployment.settings().exports)
            ));
            return Ok(applied);
        }
        if run.processed > 0 && run.rows == Some(0) {
            applied.problems.push(format!(
                "{} exports were normalized and contain no rows: all figures may be empty",
                run.processed
            ));
        }
        let marker = FirstRunMarker::new(deployment, &layer.results_bucket);
        marker.write(deployment, &run).await?;
        Ok(applied)
    }
}

fn listed(places: &[String]) -> String {
    let places: Vec<String> = places.iter().map(|place| format!("`{place}`")).collect();
    places.join(", ")
}
