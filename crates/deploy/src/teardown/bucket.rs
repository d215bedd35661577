//! The buckets: whose they are, whether they may go, and emptying them in bulk, all versions.

use aws_sdk_s3::types::{Delete, ObjectIdentifier};

use super::{Action, Teardown, TeardownPlan};
use crate::aws::{Aws, AwsError, Buckets};
use crate::progress::Progress;
use crate::stack_resources::StackResource;
use crate::step::{Blame, StepError};
use crate::tags;

/// What we put into the two kinds of buckets; a bucket with any other folder is not ours alone.
const OF_RESULTS: [&str; 2] = ["normalized/", "query-results/"];
const OF_CODE: [&str; 2] = ["functions/", "state/"];
/// New objects may arrive while a bucket is emptied: access logs do.
const ATTEMPTS: usize = 4;

pub(super) async fn look(teardown: &Teardown<'_>, plan: &mut TeardownPlan) -> Result<(), AwsError> {
    for bucket in results_buckets(teardown).await? {
        if !teardown.deletes_data {
            plan.stay(
                format!("bucket `{bucket}` with parts and query results"),
                format!("--delete-data deletes it; `deploy --set existing_results_bucket={bucket}` goes on with it"),
            );
            continue;
        }
        match obstacle(teardown, &bucket, &OF_RESULTS).await? {
            Some((what, hint)) => plan.obstruct(what, hint),
            None => plan.go(
                format!("bucket `{bucket}`"),
                vec!["with all parts and query results, every version of them".to_owned()],
                Action::Bucket(bucket),
            ),
        }
    }
    if let Some(bucket) = &teardown.settings.existing_results_bucket
        && !plan
            .goes
            .iter()
            .any(|removal| removal.action == Action::Bucket(bucket.clone()))
        && !plan
            .stays
            .iter()
            .any(|kept| kept.what.contains(bucket.as_str()))
    {
        plan.stay(
            format!("bucket `{bucket}` with parts and query results"),
            "it has no tag of this deployment: delete it by hand if it shall go",
        );
    }
    code(teardown, plan).await
}

/// Where the function's code lies: our own bucket, or a folder in one of yours.
async fn code(teardown: &Teardown<'_>, plan: &mut TeardownPlan) -> Result<(), AwsError> {
    let buckets = teardown.aws.buckets();
    let bucket = teardown.settings.code_bucket(teardown.names);
    if buckets.head(&bucket).await?.is_none() {
        return Ok(());
    }
    let is_ours = is_tagged(teardown, &buckets, &bucket).await?;
    if is_ours && teardown.settings.code_bucket.is_none() {
        match obstacle(teardown, &bucket, &OF_CODE).await? {
            Some((what, _)) => plan.stay(format!("bucket `{bucket}`"), what),
            None => plan.go(
                format!("bucket `{bucket}`"),
                vec!["with the function's code".to_owned()],
                Action::Bucket(bucket),
            ),
        }
        return Ok(());
    }
    let prefix = format!("state/{}/", teardown.names.prefix);
    let noted = buckets.listing(&bucket, &prefix).most(1).page(None).await?;
    if !noted.objects.is_empty() {
        plan.go(
            format!("`s3://{bucket}/{prefix}`"),
            vec!["what the deployment has noted of itself".to_owned()],
            Action::Objects {
                bucket: bucket.clone(),
                prefix,
            },
        );
    }
    plan.stay(
        format!("bucket `{bucket}` with the function's code in functions/"),
        "it is yours",
    );
    Ok(())
}

/// The buckets with results that are this deployment's: the stack's, and what earlier stacks of it have left.
async fn results_buckets(teardown: &Teardown<'_>) -> Result<Vec<String>, AwsError> {
    let buckets = teardown.aws.buckets();
    let stack = teardown.names.data_stack();
    let mut found: Vec<String> = StackResource::of_stack(teardown.aws, &stack)
        .await?
        .into_iter()
        .filter(|resource| {
            resource.logical_id == "ResultsBucket" && !resource.physical_id.is_empty()
        })
        .map(|resource| resource.physical_id)
        .collect();
    let start = format!("{stack}-resultsbucket-");
    let listed = buckets.client().list_buckets().prefix(&start).send().await;
    let listed = match listed {
        Ok(listed) => listed,
        Err(error) => {
            let error = buckets.error("ListBuckets", "your buckets", &error);
            // Not everybody may list buckets; the stack's own is known without that.
            return if error.is_denied() {
                Ok(found)
            } else {
                Err(error)
            };
        }
    };
    let existing = teardown.settings.existing_results_bucket.clone();
    let named = listed.buckets().iter().filter_map(|bucket| bucket.name());
    let candidates = named
        .filter(|name| name.starts_with(&start))
        .map(str::to_owned);
    for bucket in candidates.chain(existing) {
        if found.contains(&bucket) || buckets.head(&bucket).await?.is_none() {
            continue;
        }
        if is_tagged(teardown, &buckets, &bucket).await? {
            found.push(bucket);
        }
    }
    let mut there = Vec::new();
    for bucket in found {
        if buckets.head(&bucket).await?.is_some() {
            there.push(bucket);
        }
    }
    Ok(there)
}

/// Why a bucket must not be emptied, and what to do.
async fn obstacle(
    teardown: &Teardown<'_>,
    bucket: &str,
    ours: &[&str],
) -> Result<Option<(String, String)>, AwsError> {
    if teardown.export_buckets().contains(bucket) {
        return Ok(Some((
            format!("bucket `{bucket}` holds exports of Kiro, which are never touched"),
            "run this with --keep-data, and delete normalized/ and query-results/ in it by hand"
                .to_owned(),
        )));
    }
    let folders = teardown.aws.buckets().folders(bucket, "", 1000).await?;
    let foreign: Vec<&str> = folders
        .iter()
        .map(String::as_str)
        .filter(|folder| !ours.contains(folder))
        .collect();
    if foreign.is_empty() {
        return Ok(None);
    }
    Ok(Some((
        format!(
            "bucket `{bucket}` holds what kiro-analytics has not put there: {}",
            foreign.join(", ")
        ),
        "move or delete that, or run this with --keep-data".to_owned(),
    )))
}

async fn is_tagged(
    teardown: &Teardown<'_>,
    buckets: &Buckets<'_>,
    bucket: &str,
) -> Result<bool, AwsError> {
    let found = buckets.tags(bucket).await?;
    Ok(found.get(tags::DEPLOYMENT) == Some(&teardown.names.prefix))
}

/// Makes sure that a bucket which its stack leaves behind says whose it is. Other tags stay.
pub(super) async fn mark(aws: &Aws, prefix: &str, bucket: &str) -> Result<(), AwsError> {
    let buckets = aws.buckets();
    if buckets.head(bucket).await?.is_none() {
        return Ok(());
    }
    let mut all = buckets.tags(bucket).await?;
    if all.get(tags::DEPLOYMENT).is_some_and(|tag| tag == prefix) {
        return Ok(());
    }
    all.insert(tags::DEPLOYMENT.to_owned(), prefix.to_owned());
    buckets.set_tags(bucket, &all).await
}

/// Deletes everything below a prefix, all versions and markers, a thousand at a time.
pub(super) async fn empty(
    aws: &Aws,
    bucket: &str,
    prefix: &str,
    progress: &dyn Progress,
) -> Result<u64, StepError> {
    let buckets = aws.buckets();
    let mut deleted = 0;
    loop {
        // From the beginning each time: what was listed is gone.
        let call = buckets
            .client()
            .list_object_versions()
            .bucket(bucket)
            .prefix(prefix);
        let page = match call.send().await {
            Ok(page) => page,
            Err(error) => {
                let error =
                    buckets.error("ListObjectVersions", &format!("bucket `{bucket}`"), &error);
                return if error.is_not_found() {
                    Ok(deleted)
                } else {
                    Err(error.into())
                };
            }
        };
        let versions = page
            .versions()
            .iter()
            .map(|version| (version.key(), version.version_id()));
        let markers = page
            .delete_markers()
            .iter()
            .map(|marker| (marker.key(), marker.version_id()));
        let listed: Vec<ObjectIdentifier> = versions
            .chain(markers)
            .filter_map(|(key, version)| {
                let identifier = ObjectIdentifier::builder().key(key?);
                identifier
                    .set_version_id(version.map(str::to_owned))
                    .build()
                    .ok()
            })
            .collect();
        if listed.is_empty() {
            return Ok(deleted);
        }
        deleted += delete(&buckets, bucket, listed).await?;
        progress.count(deleted, None, "objects deleted");
    }
}

async fn delete(
    buckets: &Buckets<'_>,
    bucket: &str,
    listed: Vec<ObjectIdentifier>,
) -> Result<u64, StepError> {
    let count = listed.len() as u64;
    let Ok(order) = Delete::builder()
        .set_objects(Some(listed))
        .quiet(true)
        .build()
    else {
        return Ok(0);
    };
    let call = buckets
        .client()
        .delete_objects()
        .bucket(bucket)
        .delete(order);
    let answer = call
        .send()
        .await
        .map_err(|error| buckets.error("DeleteObjects", &format!("bucket `{bucket}`"), &error))?;
    if let Some(refused) = answer.errors().first() {
        return Err(StepError::failed(
            Blame::Aws,
            format!(
                "{} objects of bucket `{bucket}` could not be deleted, such as `{}`: {} ({})",
                answer.errors().len(),
                refused.key().unwrap_or_default(),
                refused.message().unwrap_or_default(),
                refused.code().unwrap_or_default()
            ),
            "a policy or an object lock may forbid it: have `s3:DeleteObjectVersion` allowed, then run this again",
        ));
    }
    Ok(count)
}

/// Empties and deletes a bucket. Exports are looked for once more, whatever was planned.
pub(super) async fn remove(
    aws: &Aws,
    bucket: &str,
    ours: &[&str],
    progress: &dyn Progress,
) -> Result<u64, StepError> {
    let buckets = aws.buckets();
    let mut deleted = 0;
    for attempt in 1..=ATTEMPTS {
        if buckets.head(bucket).await?.is_none() {
            return Ok(deleted);
        }
        let folders = buckets.folders(bucket, "", 1000).await?;
        if let Some(foreign) = folders
            .iter()
            .find(|folder| !ours.contains(&folder.as_str()))
        {
            return Err(StepError::failed(
                Blame::Usage,
                format!("bucket `{bucket}` holds what kiro-analytics has not put there: {foreign}"),
                "move or delete that, then run this again",
            ));
        }
        deleted += empty(aws, bucket, "", progress).await?;
        match buckets.client().delete_bucket().bucket(bucket).send().await {
            Ok(_) => return Ok(deleted),
            Err(error) => {
                let error = buckets.error("DeleteBucket", &format!("bucket `{bucket}`"), &error);
                if error.is_not_found() {
                    return Ok(deleted);
                }
                if !error.is_conflict() || attempt == ATTEMPTS {
                    return Err(error.into());
                }
            }
        }
    }
    Ok(deleted)
}

/// What may lie in a bucket that is ours, whichever of the two it is.
pub(super) fn folders_of_ours() -> Vec<&'static str> {
    OF_RESULTS.into_iter().chain(OF_CODE).collect()
}
