//! The functions' zips: found on this machine, and stored in a bucket under the hash of their content.

use std::path::PathBuf;

use async_trait::async_trait;

use super::code_bucket::CodeBucket;
use super::deployed_code::DeployedCode;
use super::function_kind::FunctionKind;
use crate::aws::Buckets;
use crate::digest::{sha256_base64, short_hash};
use crate::driver::DeploymentPlan;
use crate::progress::Progress;
use crate::stack::Stack;
use crate::step::{
    Applied, Change, ChangeKind, Deployment, ErrorCategory, Planned, Step, StepError, StepPlan,
};

/// Uploads the zips for Lambda.
pub(crate) struct FunctionCode;

/// A zip on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Zip {
    pub(super) kind: FunctionKind,
    pub(crate) path: PathBuf,
    pub(crate) bytes: Vec<u8>,
    pub(crate) key: String,
    /// In base64, the form of S3 and Lambda.
    pub(crate) sha256: String,
}

impl Zip {
    /// The zip of a function for the deployment's processor, if it exists.
    pub(crate) fn find(
        deployment: &Deployment,
        kind: FunctionKind,
    ) -> Result<Option<Self>, StepError> {
        let architecture = deployment.settings().architecture.as_str();
        let Some(path) = Self::locate(kind, architecture, &deployment.function_folders) else {
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
            kind,
            path,
            sha256: sha256_base64(&bytes),
            bytes,
            key: format!("functions/{}-{architecture}-{hash}.zip", kind.name()),
        }))
    }

    fn missing(deployment: &Deployment, kind: FunctionKind) -> StepError {
        let architecture = deployment.settings().architecture.as_str();
        StepError::failed(
            ErrorCategory::Usage,
            Self::not_found_in(kind, architecture, &deployment.function_folders),
            Self::missing_zip_hint(architecture, "--functions"),
        )
    }

    /// The zip of a function for a processor in the first of these folders that has it.
    pub(crate) fn locate(
        kind: FunctionKind,
        architecture: &str,
        folders: &[PathBuf],
    ) -> Option<PathBuf> {
        let name = Self::file_name(kind, architecture);
        let mut candidates = folders.iter().map(|folder| folder.join(&name));
        candidates.find(|path| path.is_file())
    }

    pub(crate) fn file_name(kind: FunctionKind, architecture: &str) -> String {
        format!("{}-{architecture}.zip", kind.name())
    }

    pub(crate) fn not_found_in(
        kind: FunctionKind,
        architecture: &str,
        folders: &[PathBuf],
    ) -> String {
        let folders: Vec<String> = folders
            .iter()
            .map(|folder| format!("`{}`", folder.display()))
            .collect();
        format!(
            "there is no `{}` in {}",
            Self::file_name(kind, architecture),
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
    let changes = || plan.steps.iter().flat_map(|step| &step.changes);
    let mut kinds = FunctionKind::ALL.into_iter();
    let kind = kinds.find(|kind| changes().any(|change| change.what == kind.zip_needed()))?;
    Some(Zip::missing(deployment, kind))
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
        let (zips, without) = find_all(deployment)?;
        let mut changes = Vec::new();
        if !zips.is_empty() {
            changes = changes_of_zips(deployment, &zips).await?;
        }
        for kind in without {
            changes.extend(without_zip(deployment, kind).await?);
        }
        if changes.is_empty() && zips.is_empty() {
            return Ok(Planned::skipped(
                "no zip on this machine: the deployed function does not change",
            ));
        }
        Ok(Planned::changes(changes))
    }

    async fn apply(
        &self,
        deployment: &Deployment,
        _plan: &StepPlan,
        progress: &dyn Progress,
    ) -> Result<Applied, StepError> {
        let (zips, without) = find_all(deployment)?;
        for kind in without {
            if !is_deployed(deployment, kind).await? {
                return Err(Zip::missing(deployment, kind));
            }
        }
        if zips.is_empty() {
            return Ok(Applied::default());
        }
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
        for zip in &zips {
            if StoredZip::find(&buckets, &name, zip).await? != StoredZip::Same {
                progress.doing(&format!("uploading {}", zip.path.display()));
                buckets.put(&name, &zip.key, zip.bytes.clone()).await?;
            }
            if let Some(deployed) = DeployedCode::find(deployment, zip).await?
                && deployed.change(zip).is_some()
            {
                progress.doing("updating the function's code");
                deployed.replace(deployment, &name, zip).await?;
            }
        }
        Ok(Applied::default())
    }
}

/// The zips of the functions that the settings need, and the functions without one.
fn find_all(deployment: &Deployment) -> Result<(Vec<Zip>, Vec<FunctionKind>), StepError> {
    let (mut zips, mut without) = (Vec::new(), Vec::new());
    for kind in FunctionKind::needed(deployment.settings()) {
        match Zip::find(deployment, kind)? {
            Some(zip) => zips.push(zip),
            None => without.push(kind),
        }
    }
    Ok((zips, without))
}

async fn changes_of_zips(deployment: &Deployment, zips: &[Zip]) -> Result<Vec<Change>, StepError> {
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
    for zip in zips {
        let stored = if exists {
            StoredZip::find(&deployment.aws.buckets().owned(), &name, zip).await?
        } else {
            StoredZip::Missing
        };
        changes.extend(stored.change(&name, zip));
        if let Some(deployed) = DeployedCode::find(deployment, zip).await? {
            changes.extend(deployed.change(zip));
        }
    }
    Ok(changes)
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

/// The change without a zip: a deployed function does not change; without one, the plan names the zip as needed.
async fn without_zip(
    deployment: &Deployment,
    kind: FunctionKind,
) -> Result<Option<Change>, StepError> {
    if is_deployed(deployment, kind).await? {
        return Ok(None);
    }
    let architecture = deployment.settings().architecture.as_str();
    let change = Change::new(ChangeKind::Create, kind.zip_needed())
        .detail(Zip::not_found_in(
            kind,
            architecture,
            &deployment.function_folders,
        ))
        .detail(Zip::missing_zip_hint(architecture, "--functions"));
    Ok(Some(change))
}

/// Returns true if a function runs that was built for the configured processor.
async fn is_deployed(deployment: &Deployment, kind: FunctionKind) -> Result<bool, StepError> {
    let stack = Stack::find(&deployment.aws, &kind.stack(&deployment.names)).await?;
    let architecture = deployment.settings().architecture.as_str();
    Ok(stack.is_some_and(|stack| {
        let deployed = stack.parameters.get("Architecture").map(String::as_str);
        !stack.outputs.is_empty() && deployed == Some(architecture)
    }))
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
