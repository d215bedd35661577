//! The function's zip: found on this machine, and stored in a bucket under the hash of its content.

use std::path::PathBuf;

use async_trait::async_trait;

use super::code_bucket::CodeBucket;
use super::deployed_code::DeployedCode;
use crate::aws::Buckets;
use crate::digest::{sha256_base64, short_hash};
use crate::driver::DeploymentPlan;
use crate::progress::Progress;
use crate::stack::Stack;
use crate::step::{
    Applied, Change, ChangeKind, Deployment, ErrorCategory, Planned, Step, StepError, StepPlan,
};

/// The change in a plan if the zip is not on this machine yet.
const ZIP_NEEDED: &str = "function code: needed at apply";

/// Uploads the zip for Lambda.
pub(crate) struct FunctionCode;

/// A zip on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Zip {
    pub(crate) path: PathBuf,
    pub(crate) bytes: Vec<u8>,
    pub(crate) key: String,
    /// In base64, the form of S3 and Lambda.
    pub(crate) sha256: String,
}

impl Zip {
    /// The zip for the deployment's processor, if it exists.
    pub(crate) fn find(deployment: &Deployment) -> Result<Option<Self>, StepError> {
        let architecture = deployment.settings().architecture.as_str();
        let Some(path) = Self::locate(architecture, &deployment.function_folders) else {
            return Ok(None);
        };
        let bytes = std::fs::read(&path).map_err(|error| {
            StepError::failed(
                ErrorCategory::Usage,
                format!("could not read `{}`: {error}", path.display()),
                "name another folder with --functions",
            )
        })?;
        let hash = short_hash(&bytes);
        Ok(Some(Self {
            path,
            sha256: sha256_base64(&bytes),
            bytes,
            key: format!("functions/normalize-report-{architecture}-{hash}.zip"),
        }))
    }

    fn missing(deployment: &Deployment) -> StepError {
        let architecture = deployment.settings().architecture.as_str();
        StepError::failed(
            ErrorCategory::Usage,
            Self::not_found_in(architecture, &deployment.function_folders),
            Self::missing_zip_hint(architecture, "--functions"),
        )
    }

    /// The zip for a processor in the first of these folders that has it.
    pub(crate) fn locate(architecture: &str, folders: &[PathBuf]) -> Option<PathBuf> {
        let name = Self::file_name(architecture);
        let mut candidates = folders.iter().map(|folder| folder.join(&name));
        candidates.find(|path| path.is_file())
    }

    pub(crate) fn file_name(architecture: &str) -> String {
        format!("normalize-report-{architecture}.zip")
    }

    pub(crate) fn not_found_in(architecture: &str, folders: &[PathBuf]) -> String {
        let folders: Vec<String> = folders
            .iter()
            .map(|folder| format!("`{}`", folder.display()))
            .collect();
        format!(
            "there is no `{}` in {}",
            Self::file_name(architecture),
            folders.join(", ")
        )
    }

    /// `option` names the folder on the command line: `--functions`.
    pub(crate) fn missing_zip_hint(architecture: &str, option: &str) -> String {
        format!(
            "unpack a release, or build it with `scripts/build-lambda --arch {architecture}`, and name its folder with {option}"
        )
    }
}

/// The error for an approved plan that needs a zip that is not on this machine.
pub fn missing_zip(deployment: &Deployment, plan: &DeploymentPlan) -> Option<StepError> {
    let mut changes = plan.steps.iter().flat_map(|step| &step.changes);
    changes
        .any(|change| change.what == ZIP_NEEDED)
        .then(|| Zip::missing(deployment))
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
            return without_zip(deployment).await;
        };
        let name = deployment.names.code_bucket(deployment.settings());
        let exists = exists(deployment, &name).await?;
        let mut changes = Vec::new();
        if creates_bucket(deployment) {
            let bucket = CodeBucket::new(deployment, &name);
            let missing = bucket.missing(exists).await?;
            changes.extend(bucket.changes(&missing));
        } else if !exists {
            return Err(missing_bucket(&name));
        }
        let stored = if exists {
            StoredZip::find(&deployment.aws.buckets().owned(), &name, &zip).await?
        } else {
            StoredZip::Missing
        };
        changes.extend(stored.change(&name, &zip));
        if let Some(deployed) = DeployedCode::find(deployment, &zip).await? {
            changes.extend(deployed.change(&zip));
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
        let name = deployment.names.code_bucket(deployment.settings());
        if creates_bucket(deployment) {
            let bucket = CodeBucket::new(deployment, &name);
            let exists = exists(deployment, &name).await?;
            for property in bucket.missing(exists).await? {
                progress.doing(&format!("configuring bucket {name}"));
                bucket.apply(&property).await?;
            }
        }
        let buckets = deployment.aws.buckets().owned();
        if StoredZip::find(&buckets, &name, &zip).await? != StoredZip::Same {
            progress.doing(&format!("uploading {}", zip.path.display()));
            buckets.put(&name, &zip.key, zip.bytes.clone()).await?;
        }
        if let Some(deployed) = DeployedCode::find(deployment, &zip).await?
            && deployed.change(&zip).is_some()
        {
            progress.doing("updating the function's code");
            deployed.replace(deployment, &name, &zip).await?;
        }
        Ok(Applied::default())
    }
}

/// The state of the zip in the bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum StoredZip {
    Missing,
    /// An object with that key and other content, or without a SHA-256.
    Other,
    Same,
}

impl StoredZip {
    /// Compares the checksum, because an object with the right key can have any content.
    async fn find(buckets: &Buckets<'_>, bucket: &str, zip: &Zip) -> Result<Self, StepError> {
        let head = buckets.head_object(bucket, &zip.key).await?;
        Ok(match head {
            None => Self::Missing,
            Some(head) if head.sha256.as_ref() == Some(&zip.sha256) => Self::Same,
            Some(_) => Self::Other,
        })
    }

    fn change(self, bucket: &str, zip: &Zip) -> Option<Change> {
        let what = format!("`s3://{bucket}/{}`", zip.key);
        let source = format!("from `{}`, {} bytes", zip.path.display(), zip.bytes.len());
        match self {
            Self::Same => None,
            Self::Missing => Some(Change::new(ChangeKind::Create, what).detail(source)),
            Self::Other => Some(
                Change::new(ChangeKind::Update, what)
                    .detail("the SHA-256 of the stored object differs from that of the zip on this machine")
                    .detail(source),
            ),
        }
    }
}

/// The plan without a zip: a deployed function does not change; without one, the plan names the zip as needed.
async fn without_zip(deployment: &Deployment) -> Result<Planned, StepError> {
    let stack = Stack::find(&deployment.aws, &deployment.names.data_stack()).await?;
    let architecture = deployment.settings().architecture.as_str();
    let is_deployed = stack.is_some_and(|stack| {
        let deployed = stack.parameters.get("Architecture").map(String::as_str);
        !stack.outputs.is_empty() && deployed == Some(architecture)
    });
    if is_deployed {
        return Ok(Planned::skipped(
            "no zip on this machine: the deployed function does not change",
        ));
    }
    let change = Change::new(ChangeKind::Create, ZIP_NEEDED)
        .detail(Zip::not_found_in(
            architecture,
            &deployment.function_folders,
        ))
        .detail(Zip::missing_zip_hint(architecture, "--functions"));
    Ok(Planned::changes(vec![change]))
}

/// Returns true if the deployment creates the bucket, because the settings name none.
fn creates_bucket(deployment: &Deployment) -> bool {
    deployment.settings().code_bucket.is_none()
}

/// Returns true if the bucket exists in this account. Fails if it belongs to another account or is in another Region.
async fn exists(deployment: &Deployment, bucket: &str) -> Result<bool, StepError> {
    let region = deployment.aws.region();
    match deployment.aws.buckets().owned().head(bucket).await? {
        Some(head) if head.region != region => Err(StepError::failed(
            ErrorCategory::Usage,
            format!(
                "bucket `{bucket}` is in `{}`, and a function's code must be in its own Region `{region}`",
                head.region
            ),
            "name another bucket with --set code_bucket=NAME, or leave `code_bucket` out to have one created",
        )),
        head => Ok(head.is_some()),
    }
}

fn missing_bucket(bucket: &str) -> StepError {
    StepError::failed(
        ErrorCategory::Usage,
        format!("there is no bucket `{bucket}`, which `code_bucket` names"),
        "create it, name another bucket with --set code_bucket=NAME, or leave `code_bucket` out to have one created",
    )
}
