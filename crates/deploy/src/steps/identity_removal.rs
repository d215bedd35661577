//! Turning identity mapping off: removes what holds names after the dashboard's data were imported without them, and searches
//! for what remains.

use async_trait::async_trait;

use super::data_layer::DataLayer;
use super::ingestion::data_sets_with_names;
use super::tables::existing_tables;
use crate::aws::{Aws, AwsError, Context, Optional};
use crate::identity_remains::IdentityRemains;
use crate::progress::Progress;
use crate::results_buckets::results_buckets;
use crate::stack::Stack;
use crate::stack_deletion;
use crate::step::{
    Applied, Change, ChangeKind, Deployment, ErrorCategory, Planned, Step, StepError, StepPlan,
};
use crate::teardown::{empty_objects, is_identity_key, is_results_key, remove_bucket};

/// Where Athena's workgroup writes.
const QUERY_RESULTS: &str = "query-results/";

/// Removes names.
pub(crate) struct IdentityRemoval;

#[async_trait]
impl Step for IdentityRemoval {
    fn name(&self) -> &'static str {
        "identity_removal"
    }

    fn title(&self) -> &'static str {
        "Removal of names"
    }

    async fn plan(
        &self,
        deployment: &Deployment,
        _earlier: &[StepPlan],
    ) -> Result<Planned, StepError> {
        if deployment.settings().identity_mapping {
            return Ok(Planned::skipped("`identity_mapping` is true"));
        }
        let remains = IdentityRemains::find(&deployment.aws, &deployment.names).await?;
        if remains.is_empty() {
            return Ok(Planned::default());
        }
        let mut changes = Vec::new();
        for bucket in ResultsBuckets::find(deployment).await?.buckets {
            let what = format!("query results in `s3://{bucket}/{QUERY_RESULTS}`");
            let change = Change::new(ChangeKind::Delete, what);
            changes.push(change.detail("they may hold names; in all versions"));
        }
        for bucket in &remains.buckets {
            let change = Change::new(ChangeKind::Delete, format!("bucket `{bucket}`"));
            changes.push(change.detail("the map of user ids to names, or its access logs, in all versions; the list of forgotten persons is part of it"));
        }
        if let Some(stack) = &remains.stack {
            stack_deletion::refuse_protected(stack)?;
            let change = Change::new(ChangeKind::Delete, format!("stack `{}`", stack.name));
            changes.push(change.detail("its key is scheduled for deletion: seven days later, no copy of the map can be read"));
        }
        Ok(Planned::changes(changes))
    }

    async fn apply(
        &self,
        deployment: &Deployment,
        _plan: &StepPlan,
        progress: &dyn Progress,
    ) -> Result<Applied, StepError> {
        let removed = remove(deployment, progress).await;
        let key = match removed {
            Ok(key) => key,
            Err(error) => return Err(stopped(deployment, error).await),
        };
        progress.doing("searching for names");
        search(deployment, key).await
    }
}

/// Removes everything, in order. Returns the ARN of the key of a stack that was removed.
async fn remove(
    deployment: &Deployment,
    progress: &dyn Progress,
) -> Result<Option<String>, StepError> {
    let aws = &deployment.aws;
    let readers = readers(deployment).await?;
    if !readers.is_empty() {
        return Err(StepError::failed(
            ErrorCategory::Aws,
            format!("names are still shown by {}", readers.join(", ")),
            "run `kiro-analytics deploy` without --only and --from-step: it takes the names out of these first",
        ));
    }
    for bucket in ResultsBuckets::find(deployment).await?.buckets {
        progress.doing(&format!("deleting query results of bucket {bucket}"));
        empty_objects(aws, &bucket, QUERY_RESULTS, is_results_key, progress).await?;
    }
    let remains = IdentityRemains::find(aws, &deployment.names).await?;
    for bucket in &remains.buckets {
        progress.doing(&format!("deleting bucket {bucket}"));
        remove_bucket(aws, bucket, is_identity_key, progress).await?;
    }
    let Some(stack) = remains.stack else {
        return Ok(None);
    };
    let key = stack.output("MapKeyArn").to_owned();
    stack_deletion::delete(aws, &stack, progress).await?;
    Ok(Some(key).filter(|key| !key.is_empty()))
}

/// The buckets with query results of this deployment: that of the data stack, and those that earlier stacks have left.
struct ResultsBuckets {
    buckets: Vec<String>,
    /// True if the caller may not list buckets: those of earlier stacks are not known.
    is_incomplete: bool,
}

impl ResultsBuckets {
    async fn find(deployment: &Deployment) -> Result<Self, StepError> {
        let aws = &deployment.aws;
        let layer = DataLayer::find(deployment).await?;
        let mut named: Vec<String> = layer
            .map(|layer| layer.results_bucket)
            .into_iter()
            .collect();
        let left = results_buckets(aws, &deployment.names).await?;
        let is_incomplete = left.is_none();
        named.extend(left.into_iter().flatten());
        let mut buckets = Vec::new();
        for bucket in named {
            if !buckets.contains(&bucket) && aws.buckets().owned().head(&bucket).await?.is_some() {
                buckets.push(bucket);
            }
        }
        Ok(Self {
            buckets,
            is_incomplete,
        })
    }
}

/// The table and the datasets that still show names.
async fn readers(deployment: &Deployment) -> Result<Vec<String>, StepError> {
    let database = deployment.names.database(deployment.settings());
    let tables = existing_tables(&deployment.aws, &database).await?;
    let mut readers = Vec::new();
    let location = tables
        .get("identity_map")
        .and_then(|table| table.storage_descriptor()?.location());
    if location.is_some_and(|location| !location.ends_with("/normalized/identity/")) {
        readers.push(format!("table `{database}.identity_map`"));
    }
    readers.extend(data_sets_with_names(deployment, &tables).await?);
    Ok(readers)
}

/// The error of an interrupted removal, with what still holds names.
async fn stopped(deployment: &Deployment, error: StepError) -> StepError {
    let remains = IdentityRemains::find(&deployment.aws, &deployment.names).await;
    let remains = remains.map(|remains| remains.named()).unwrap_or_default();
    if remains.is_empty() {
        return error;
    }
    StepError::failed(
        error.category(),
        format!("{error}; names are still in {}", remains.join(", ")),
        format!(
            "{}; `kiro-analytics deploy` continues the removal",
            error.hint()
        ),
    )
}

/// Searches for names: says where, and what was found.
async fn search(deployment: &Deployment, key: Option<String>) -> Result<Applied, StepError> {
    let aws = &deployment.aws;
    let mut applied = Applied::default();
    let mut places = Vec::new();
    let mut found = readers(deployment).await?;
    let database = deployment.names.database(deployment.settings());
    places.push(format!("table `{database}.identity_map`"));
    if deployment.settings().quicksight {
        let count = super::required_data_sets(deployment)?.len();
        places.push(format!("{count} datasets in SPICE"));
    } else {
        applied.notes.push(
            "Amazon Quick Sight was not searched, as `quicksight` is false: datasets of an earlier deployment have names until their next import, and `teardown` deletes them"
                .to_owned(),
        );
    }
    let results = ResultsBuckets::find(deployment).await?;
    for bucket in &results.buckets {
        for prefix in [QUERY_RESULTS, "normalized/identity/"] {
            let place = format!("`s3://{bucket}/{prefix}`");
            let listing = aws.buckets().owned().listing(bucket, prefix);
            let left = listing.page(None).await?;
            if let Some(object) = left.objects.first() {
                let more = match left.objects.len() {
                    1 => String::new(),
                    count => format!(" and {} more", count - 1),
                };
                found.push(format!(
                    "{place}, where kiro-analytics did not write `{}`{more}",
                    object.key
                ));
            }
            places.push(place);
        }
    }
    let remains = IdentityRemains::find(aws, &deployment.names).await?;
    found.extend(remains.named());
    let is_incomplete = results.is_incomplete || remains.is_incomplete;
    let stack = deployment.names.identity_stack();
    places.push(if is_incomplete {
        format!("stack `{stack}` and its buckets")
    } else {
        format!("stack `{stack}` and all buckets of this deployment")
    });
    applied
        .notes
        .push(format!("searched for names: {}", places.join(", ")));
    if is_incomplete {
        applied.problems.push(
            "buckets that earlier stacks have left could not be searched, as `s3:ListAllMyBuckets` is denied: query results and maps in them may hold names"
                .to_owned(),
        );
    }
    if !found.is_empty() {
        applied
            .problems
            .push(format!("names may remain in {}", found.join(", ")));
    } else if !is_incomplete {
        applied.notes.push(
            "no name of the directory or the roster remains in these; addresses that exports have stay in the parts".to_owned(),
        );
    }
    if let Some(key) = key {
        applied.notes.push(key_note(aws, &key).await?);
    }
    Ok(applied)
}

/// When the key of the map ends.
async fn key_note(aws: &Aws, key: &str) -> Result<String, AwsError> {
    let described = aws.clients().kms.describe_key().key_id(key).send().await;
    let described = described
        .context(aws, "kms:DescribeKey", format!("key `{key}`"))
        .optional();
    let date = match described {
        Err(error) if error.is_denied() => None,
        described => described?
            .and_then(|found| found.key_metadata)
            .and_then(|metadata| metadata.deletion_date)
            .map(|date| date.to_string().chars().take(10).collect::<String>()),
    };
    let date = date.map_or_else(|| "in seven days".to_owned(), |date| format!("on {date}"));
    Ok(format!(
        "key `{key}` is deleted {date}; until then, `aws kms cancel-key-deletion` would keep it"
    ))
}

/// The stack that a deployment without identity mapping still has.
pub(super) async fn is_removing(deployment: &Deployment) -> Result<bool, StepError> {
    if deployment.settings().identity_mapping {
        return Ok(false);
    }
    let stack = Stack::find(&deployment.aws, &deployment.names.identity_stack()).await?;
    Ok(stack.is_some())
}
