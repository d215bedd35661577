//! The function's zip, found on this machine and kept in a bucket under the hash of its content.

use std::path::PathBuf;

use async_trait::async_trait;
use aws_sdk_s3::types::{
    BucketLocationConstraint, CreateBucketConfiguration, PublicAccessBlockConfiguration,
};
use serde_json::json;

use crate::aws::AwsError;
use crate::digest::short_hash;
use crate::progress::Progress;
use crate::stack::Stack;
use crate::step::{
    Applied, Blame, Change, ChangeKind, Deployment, Planned, Step, StepError, StepPlan,
};
use crate::tags;

/// Puts the zip where Lambda can take it from.
pub(crate) struct FunctionCode;

/// A zip on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Zip {
    pub(crate) path: PathBuf,
    pub(crate) bytes: Vec<u8>,
    pub(crate) key: String,
}

impl Zip {
    /// The zip for the deployment's processor, none if there is none.
    pub(crate) fn find(deployment: &Deployment) -> Result<Option<Self>, StepError> {
        let architecture = &deployment.settings().architecture;
        let name = format!("normalize-report-{architecture}.zip");
        let candidates = deployment
            .function_folders
            .iter()
            .map(|folder| folder.join(&name));
        let Some(path) = candidates.into_iter().find(|path| path.is_file()) else {
            return Ok(None);
        };
        let bytes = std::fs::read(&path).map_err(|error| {
            StepError::failed(
                Blame::Usage,
                format!("could not read `{}`: {error}", path.display()),
                "name another folder with --functions",
            )
        })?;
        let hash = short_hash(&bytes);
        Ok(Some(Self {
            path,
            bytes,
            key: format!("functions/normalize-report-{architecture}-{hash}.zip"),
        }))
    }

    fn missing(deployment: &Deployment) -> StepError {
        let folders: Vec<String> = deployment
            .function_folders
            .iter()
            .map(|folder| format!("`{}`", folder.display()))
            .collect();
        let architecture = &deployment.settings().architecture;
        StepError::failed(
            Blame::Usage,
            format!(
                "there is no `normalize-report-{architecture}.zip` in {}",
                folders.join(", ")
            ),
            format!(
                "unpack a release, or build it with `scripts/build-lambda --arch {architecture}`, and name its folder with --functions"
            ),
        )
    }
}

#[async_trait]
impl Step for FunctionCode {
    fn name(&self) -> &'static str {
        "function_code"
    }

    fn title(&self) -> &'static str {
        "Function code"
    }

    async fn plan(
        &self,
        deployment: &Deployment,
        _earlier: &[StepPlan],
    ) -> Result<Planned, StepError> {
        let Some(zip) = Zip::find(deployment)? else {
            let stack = Stack::find(&deployment.aws, &deployment.names.data_stack()).await?;
            let architecture = &deployment.settings().architecture;
            let is_deployed = stack.is_some_and(|stack| {
                !stack.outputs.is_empty()
                    && stack.parameters.get("Architecture") == Some(architecture)
            });
            if is_deployed {
                return Ok(Planned::skipped(
                    "no zip on this machine: the deployed function stays as it is",
                ));
            }
            return Err(Zip::missing(deployment));
        };
        let bucket = deployment.settings().code_bucket(&deployment.names);
        let buckets = deployment.aws.buckets();
        let mut changes = Vec::new();
        let head = buckets.head(&bucket).await?;
        let has_object = match &head {
            Some(head) if head.region != deployment.aws.region() => {
                return Err(StepError::failed(
                    Blame::Usage,
                    format!(
                        "bucket `{bucket}` is in `{}`, and a function's code must be in its own Region `{}`",
                        head.region,
                        deployment.aws.region()
                    ),
                    "name another bucket with --set code_bucket=NAME, or none to have one made",
                ));
            }
            Some(_) => buckets.has_object(&bucket, &zip.key).await?,
            None => {
                let change = Change::new(ChangeKind::Create, format!("bucket `{bucket}`"));
                changes.push(
                    change.detail("for the function's code: not public, encrypted, TLS only"),
                );
                false
            }
        };
        if !has_object {
            let what = format!("`s3://{bucket}/{}`", zip.key);
            let change = Change::new(ChangeKind::Create, what);
            changes.push(change.detail(format!(
                "from `{}`, {} bytes",
                zip.path.display(),
                zip.bytes.len()
            )));
        }
        Ok(Planned::changes(changes))
    }

    async fn apply(
        &self,
        deployment: &Deployment,
        _plan: &StepPlan,
        progress: &dyn Progress,
    ) -> Result<Applied, StepError> {
        let zip = Zip::find(deployment)?.ok_or_else(|| Zip::missing(deployment))?;
        let bucket = deployment.settings().code_bucket(&deployment.names);
        let buckets = deployment.aws.buckets();
        if buckets.head(&bucket).await?.is_none() {
            progress.doing(&format!("making bucket {bucket}"));
            make_bucket(deployment, &bucket).await?;
        }
        if !buckets.has_object(&bucket, &zip.key).await? {
            progress.doing(&format!("uploading {}", zip.path.display()));
            buckets.put(&bucket, &zip.key, zip.bytes).await?;
        }
        Ok(Applied::default())
    }
}

async fn make_bucket(deployment: &Deployment, bucket: &str) -> Result<(), AwsError> {
    let aws = &deployment.aws;
    let buckets = aws.buckets();
    let client = buckets.client();
    let resource = format!("bucket `{bucket}`");
    let mut create = client.create_bucket().bucket(bucket);
    if aws.region() != "us-east-1" {
        let place = BucketLocationConstraint::from(aws.region());
        let configuration = CreateBucketConfiguration::builder().location_constraint(place);
        create = create.create_bucket_configuration(configuration.build());
    }
    let created = create.send().await;
    created.map_err(|error| buckets.error("CreateBucket", &resource, &error))?;
    let closed = PublicAccessBlockConfiguration::builder()
        .block_public_acls(true)
        .block_public_policy(true)
        .ignore_public_acls(true)
        .restrict_public_buckets(true)
        .build();
    let closing = client
        .put_public_access_block()
        .bucket(bucket)
        .public_access_block_configuration(closed);
    closing
        .send()
        .await
        .map_err(|error| buckets.error("PutPublicAccessBlock", &resource, &error))?;
    let arn = format!("arn:{}:s3:::{bucket}", aws.partition());
    let policy = json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Sid": "OnlyOverTls", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
            "Resource": [arn, format!("{arn}/*")],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }],
    });
    let protecting = client
        .put_bucket_policy()
        .bucket(bucket)
        .policy(policy.to_string());
    protecting
        .send()
        .await
        .map_err(|error| buckets.error("PutBucketPolicy", &resource, &error))?;
    buckets.set_tags(bucket, &tags::of(deployment)).await
}
