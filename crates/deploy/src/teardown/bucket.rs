//! The buckets: finds those of the deployment, checks whether they can be removed, and deletes all versions in bulk.

use std::collections::BTreeSet;

use aws_sdk_s3::operation::list_object_versions::ListObjectVersionsOutput;
use aws_sdk_s3::types::{Delete, EncodingType, ObjectIdentifier};
use kiro_s3::decoded_key;

use super::object_key::{is_deployment_key, is_identity_key};
use super::plan::{Action, TeardownPlan};
use super::planner::Teardown;
use crate::aws::{Aws, AwsError, AwsErrorKind, Buckets, Context};
use crate::identity_remains::IdentityRemains;
use crate::progress::Progress;
use crate::reports_bucket::{is_report_key, reports_buckets};
use crate::results_buckets::results_buckets;
use crate::stack_resources::StackResource;
use crate::step::{ErrorCategory, StepError};
use crate::tags;

/// Attempts to empty a bucket: new objects, such as access logs, may arrive meanwhile.
const ATTEMPTS: usize = 4;
/// Maximum number of foreign objects that are named.
const MAX_NAMED: usize = 10;

pub(super) async fn plan(teardown: &Teardown<'_>, plan: &mut TeardownPlan) -> Result<(), AwsError> {
    for bucket in of_results(teardown, plan).await? {
        if !teardown.deletes_data {
            plan.retain(
                format!("bucket `{bucket}` with parts and query results"),
                format!("--delete-data deletes it; `deploy --set existing_results_bucket={bucket}` continues with it"),
            );
            continue;
        }
        match blocker(teardown, &bucket).await? {
            Some((what, hint)) => plan.block(what, hint),
            None => plan.remove(
                format!("bucket `{bucket}`"),
                vec!["with all parts and query results, in all versions".to_owned()],
                Action::Bucket(bucket),
            ),
        }
    }
    if let Some(bucket) = &teardown.settings.existing_results_bucket
        && !plan
            .removals
            .iter()
            .any(|removal| removal.action == Action::Bucket(bucket.clone()))
        && !plan
            .retained
            .iter()
            .any(|retained| retained.what.contains(bucket.as_str()))
    {
        plan.retain(
            format!("bucket `{bucket}` with parts and query results"),
            "it has no tag of this deployment: delete it manually if you no longer need it",
        );
    }
    names(teardown, plan).await?;
    reports(teardown, plan).await?;
    code(teardown, plan).await
}

/// Plans the buckets with reports: retained with the data, or removed with them.
async fn reports(teardown: &Teardown<'_>, plan: &mut TeardownPlan) -> Result<(), AwsError> {
    let stack = teardown.names.reports_stack();
    let resources = StackResource::of_stack(teardown.aws, &stack).await?;
    let of_stack = resources
        .into_iter()
        .filter(|resource| resource.logical_id == "ReportsBucket")
        .map(|resource| resource.physical_id)
        .filter(|bucket| !bucket.is_empty());
    let left = reports_buckets(teardown.aws, teardown.names).await?;
    let buckets: BTreeSet<String> = of_stack.chain(left.into_iter().flatten()).collect();
    for bucket in buckets {
        if !exists(teardown, plan, &bucket).await? {
            continue;
        }
        if !teardown.deletes_data {
            plan.retain(
                format!("bucket `{bucket}` with reports"),
                "--delete-data deletes it; reports in it still expire",
            );
            continue;
        }
        let foreign = ForeignObjects::find(teardown.aws, &bucket, is_report_key).await?;
        match foreign.sentence(&bucket) {
            Some(what) => plan.block(
                what,
                "move or delete these with all their versions, or run this with --keep-data",
            ),
            None => plan.remove(
                format!("bucket `{bucket}`"),
                vec!["with all reports, in all versions".to_owned()],
                Action::ReportsBucket(bucket),
            ),
        }
    }
    Ok(())
}

/// Plans the removal of the buckets with names of users. They are copies, so no option keeps them.
async fn names(teardown: &Teardown<'_>, plan: &mut TeardownPlan) -> Result<(), AwsError> {
    let remains = IdentityRemains::find(teardown.aws, teardown.names).await?;
    for bucket in remains.buckets {
        let foreign = ForeignObjects::find(teardown.aws, &bucket, is_identity_key).await?;
        if let Some(what) = foreign.sentence(&bucket) {
            let hint = "move or delete these with all their versions, then run this again";
            plan.block(what, hint);
            continue;
        }
        plan.remove(
            format!("bucket `{bucket}`"),
            vec!["the map of user ids to names, or its access logs, in all versions: copies from the directory".to_owned()],
            Action::NamesBucket(bucket),
        );
    }
    if remains.is_incomplete {
        plan.retain(
            "buckets that earlier stacks have left, if there are any",
            "they could not be searched, as `s3:ListAllMyBuckets` is denied",
        );
    }
    Ok(())
}

/// Returns true if the bucket exists in this account. A bucket with that name in another account is listed as retained.
async fn exists(
    teardown: &Teardown<'_>,
    plan: &mut TeardownPlan,
    bucket: &str,
) -> Result<bool, AwsError> {
    match owned(teardown).head(bucket).await {
        Err(error) if error.kind == AwsErrorKind::ForeignOwner => {
            plan.retain(format!("bucket `{bucket}`"), error.message);
            Ok(false)
        }
        head => Ok(head?.is_some()),
    }
}

fn owned<'a>(teardown: &Teardown<'a>) -> Buckets<'a> {
    teardown.aws.buckets().owned()
}

/// Plans the removal of the function's code: the deployment's own bucket, or a folder in a bucket of the user.
async fn code(teardown: &Teardown<'_>, plan: &mut TeardownPlan) -> Result<(), AwsError> {
    let bucket = teardown.names.code_bucket(teardown.settings);
    if !exists(teardown, plan, &bucket).await? {
        return Ok(());
    }
    let is_owned = is_tagged(teardown, &bucket).await?;
    if is_owned && teardown.settings.code_bucket.is_none() {
        match blocker(teardown, &bucket).await? {
            Some((what, _)) => plan.retain(format!("bucket `{bucket}`"), what),
            None => plan.remove(
                format!("bucket `{bucket}`"),
                vec!["with the function's code".to_owned()],
                Action::Bucket(bucket),
            ),
        }
        return Ok(());
    }
    let prefix = format!("state/{}/", teardown.names.prefix);
    let noted = owned(teardown).listing(&bucket, &prefix).max_keys(1);
    if !noted.page(None).await?.objects.is_empty() {
        plan.remove(
            format!("`s3://{bucket}/{prefix}`"),
            vec!["state of the deployment".to_owned()],
            Action::Objects {
                bucket: bucket.clone(),
                prefix,
            },
        );
    }
    plan.retain(
        format!("bucket `{bucket}` with the function's code in functions/"),
        "it is yours",
    );
    Ok(())
}

/// The results buckets of this deployment: that of the stack, and those that earlier stacks have left.
async fn of_results(
    teardown: &Teardown<'_>,
    plan: &mut TeardownPlan,
) -> Result<Vec<String>, AwsError> {
    let stack = teardown.names.data_stack();
    let resources = StackResource::of_stack(teardown.aws, &stack).await?;
    let mut named: Vec<String> = resources
        .into_iter()
        .filter(|resource| {
            resource.logical_id == "ResultsBucket" && !resource.physical_id.is_empty()
        })
        .map(|resource| resource.physical_id)
        .collect();
    let left = results_buckets(teardown.aws, teardown.names).await?;
    for bucket in left.into_iter().flatten() {
        if !named.contains(&bucket) {
            named.push(bucket);
        }
    }
    let mut found = Vec::new();
    for bucket in named {
        if exists(teardown, plan, &bucket).await? {
            found.push(bucket);
        }
    }
    if let Some(bucket) = teardown.settings.existing_results_bucket.clone()
        && !found.contains(&bucket)
        && exists(teardown, plan, &bucket).await?
        && is_tagged(teardown, &bucket).await?
    {
        found.push(bucket);
    }
    Ok(found)
}

/// Why a bucket must not be emptied, and a hint.
async fn blocker(
    teardown: &Teardown<'_>,
    bucket: &str,
) -> Result<Option<(String, String)>, AwsError> {
    if teardown.export_buckets().contains(bucket) {
        return Ok(Some((
            format!("bucket `{bucket}` contains exports of Kiro, which are never deleted"),
            "run this with --keep-data, and delete normalized/ and query-results/ in it manually"
                .to_owned(),
        )));
    }
    let foreign = ForeignObjects::find(teardown.aws, bucket, is_deployment_key).await?;
    Ok(foreign.sentence(bucket).map(|what| {
        let hint = "move or delete these with all their versions, or run this with --keep-data";
        (what, hint.to_owned())
    }))
}

async fn is_tagged(teardown: &Teardown<'_>, bucket: &str) -> Result<bool, AwsError> {
    let found = owned(teardown).tags(bucket).await?;
    Ok(found.get(tags::DEPLOYMENT) == Some(&teardown.names.prefix))
}

/// Adds the deployment's tag to a bucket that its stack retains. Keeps other tags.
pub(crate) async fn tag_with_deployment(
    aws: &Aws,
    prefix: &str,
    bucket: &str,
) -> Result<(), AwsError> {
    let buckets = aws.buckets().owned();
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

/// Objects, in any version, that the deployment did not write.
#[derive(Debug, Default)]
struct ForeignObjects {
    count: usize,
    /// Keys of the first ones.
    named: Vec<String>,
}

impl ForeignObjects {
    async fn find(aws: &Aws, bucket: &str, is_ours: IsOurs) -> Result<Self, AwsError> {
        let mut found = Self::default();
        let mut versions = Versions::new(aws, bucket, "");
        let mut last = String::new();
        while let Some(page) = versions.next().await? {
            for version in page {
                if is_ours(&version.key) || version.key == last {
                    continue;
                }
                found.count += 1;
                if found.named.len() < MAX_NAMED {
                    found.named.push(format!("`{}`", version.key));
                }
                last = version.key;
            }
        }
        Ok(found)
    }

    fn sentence(&self, bucket: &str) -> Option<String> {
        let Self { count, named } = self;
        let more = count.saturating_sub(named.len());
        let more = (more > 0).then(|| format!(" and {more} more"));
        (*count > 0).then(|| {
            format!(
                "bucket `{bucket}` contains objects that kiro-analytics did not write: {}{}",
                named.join(", "),
                more.unwrap_or_default()
            )
        })
    }
}

/// A version of an object, or a marker that it was deleted.
struct ObjectVersion {
    key: String,
    id: Option<String>,
}

/// All versions below a prefix, page by page.
struct Versions<'a> {
    aws: &'a Aws,
    bucket: &'a str,
    prefix: &'a str,
    /// Where the next page begins: key and version.
    next: Option<(Option<String>, Option<String>)>,
}

impl<'a> Versions<'a> {
    fn new(aws: &'a Aws, bucket: &'a str, prefix: &'a str) -> Self {
        Self {
            aws,
            bucket,
            prefix,
            next: Some((None, None)),
        }
    }

    /// The next page; none at the end, or if the bucket does not exist.
    async fn next(&mut self) -> Result<Option<Vec<ObjectVersion>>, AwsError> {
        let Some((key, version)) = self.next.take() else {
            return Ok(None);
        };
        let call = self.aws.clients().s3.list_object_versions();
        let page = call
            .bucket(self.bucket)
            .prefix(self.prefix)
            // XML cannot represent every key.
            .encoding_type(EncodingType::Url)
            .set_key_marker(key)
            .set_version_id_marker(version)
            .expected_bucket_owner(self.aws.account())
            .send()
            .await
            .context(
                self.aws,
                "s3:ListObjectVersions",
                format!("bucket `{}`", self.bucket),
            );
        let page = match page {
            Err(error) if error.is_not_found() => return Ok(None),
            page => page?,
        };
        if page.is_truncated() == Some(true) {
            let decode = |key: &str| decoded(&page, key);
            self.next = Some((
                page.next_key_marker().map(decode),
                page.next_version_id_marker().map(str::to_owned),
            ));
        }
        let versions = page.versions().iter();
        let versions = versions.map(|version| (version.key(), version.version_id()));
        let markers = page.delete_markers().iter();
        let markers = markers.map(|marker| (marker.key(), marker.version_id()));
        let all = versions.chain(markers).filter_map(|(key, id)| {
            Some(ObjectVersion {
                key: decoded(&page, key?),
                id: id.map(str::to_owned),
            })
        });
        Ok(Some(all.collect()))
    }
}

fn decoded(page: &ListObjectVersionsOutput, key: &str) -> String {
    if page.encoding_type() == Some(&EncodingType::Url) {
        decoded_key(key)
    } else {
        key.to_owned()
    }
}

/// Returns true for the key of an object that a deployment has written.
pub(crate) type IsOurs = fn(&str) -> bool;

/// Deletes the deployment's objects below a prefix, with all versions and markers, a thousand at a time. Returns the number of
/// deleted versions.
pub(crate) async fn empty(
    aws: &Aws,
    bucket: &str,
    prefix: &str,
    is_ours: IsOurs,
    progress: &dyn Progress,
) -> Result<u64, StepError> {
    let mut deleted = 0;
    let mut versions = Versions::new(aws, bucket, prefix);
    while let Some(page) = versions.next().await? {
        let ours = page.into_iter().filter(|version| is_ours(&version.key));
        let listed: Vec<ObjectIdentifier> = ours
            .filter_map(|version| {
                let identifier = ObjectIdentifier::builder().key(version.key);
                identifier.set_version_id(version.id).build().ok()
            })
            .collect();
        if !listed.is_empty() {
            deleted += delete(aws, bucket, listed).await?;
            progress.count(deleted, None, "objects deleted");
        }
    }
    Ok(deleted)
}

async fn delete(aws: &Aws, bucket: &str, listed: Vec<ObjectIdentifier>) -> Result<u64, StepError> {
    let count = listed.len() as u64;
    let order = Delete::builder().set_objects(Some(listed)).quiet(true);
    let Ok(order) = order.build() else {
        return Ok(0);
    };
    let call = aws.clients().s3.delete_objects();
    let answer = call
        .bucket(bucket)
        .expected_bucket_owner(aws.account())
        .delete(order)
        .send()
        .await
        .context(aws, "s3:DeleteObjects", format!("bucket `{bucket}`"))?;
    if let Some(refused) = answer.errors().first() {
        return Err(StepError::failed(
            ErrorCategory::Aws,
            format!(
                "{} objects of bucket `{bucket}` could not be deleted, such as `{}`: {} ({})",
                answer.errors().len(),
                refused.key().unwrap_or_default(),
                refused.message().unwrap_or_default(),
                refused.code().unwrap_or_default()
            ),
            "a policy or an object lock may prevent it: allow `s3:DeleteObjectVersion`, then run this again",
        ));
    }
    Ok(count)
}

/// Empties and deletes a bucket. Checks again for foreign objects, which may have arrived since the plan.
pub(crate) async fn remove(
    aws: &Aws,
    bucket: &str,
    is_ours: IsOurs,
    progress: &dyn Progress,
) -> Result<u64, StepError> {
    let mut deleted = 0;
    for attempt in 1..=ATTEMPTS {
        if aws.buckets().owned().head(bucket).await?.is_none() {
            return Ok(deleted);
        }
        let foreign = ForeignObjects::find(aws, bucket, is_ours).await?;
        if let Some(what) = foreign.sentence(bucket) {
            return Err(StepError::failed(
                ErrorCategory::Usage,
                what,
                "move or delete these with all their versions, then run this again",
            ));
        }
        deleted += empty(aws, bucket, "", is_ours, progress).await?;
        let call = aws.clients().s3.delete_bucket().bucket(bucket);
        let removed = call
            .expected_bucket_owner(aws.account())
            .send()
            .await
            .context(aws, "s3:DeleteBucket", format!("bucket `{bucket}`"));
        match removed {
            Ok(_) => return Ok(deleted),
            Err(error) if error.is_not_found() => return Ok(deleted),
            Err(error) if !error.is_conflict() || attempt == ATTEMPTS => return Err(error.into()),
            Err(_) => {}
        }
    }
    Ok(deleted)
}
