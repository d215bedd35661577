//! Access for Amazon Quick Sight: an inline policy in its roles, and the AWS managed policy for Athena.

use async_trait::async_trait;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::data_layer::DataLayer;
use super::identity_layer::IdentityLayer;
use super::quicksight::skip_without_quicksight;
use crate::aws::{AwsError, Context, Optional};
use crate::progress::Progress;
use crate::service_roles::{ServiceRole, role_names, service_roles};
use crate::step::{
    Applied, Change, ChangeKind, Deployment, ErrorCategory, Planned, Step, StepError, StepPlan,
};

/// Placeholder for the results bucket if there is no stack.
pub(crate) const NO_BUCKET: &str = "RESULTS-BUCKET";

/// The AWS managed policy for Athena and the catalogue.
pub(crate) const ATHENA_POLICY: &str = "AWSQuicksightAthenaAccess";

/// Writes the policies.
pub(crate) struct QuickSightAccess;

/// The inline policy on the results bucket: read parts, read and write query results; and on the map of names: read it.
pub(crate) fn policy(
    deployment: &Deployment,
    results_bucket: &str,
    identity: Option<&IdentityLayer>,
) -> Value {
    let partition = &deployment.names.partition;
    let bucket = format!("arn:{partition}:s3:::{results_bucket}");
    let mut statements = vec![
        json!({
            "Sid": "FindResults", "Effect": "Allow",
            "Action": ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"],
            "Resource": bucket,
        }),
        json!({
            "Sid": "ReadParts", "Effect": "Allow",
            "Action": ["s3:GetObject"],
            "Resource": format!("{bucket}/normalized/*"),
        }),
        json!({
            "Sid": "KeepQueryResults", "Effect": "Allow",
            "Action": ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"],
            "Resource": format!("{bucket}/query-results/*"),
        }),
    ];
    if let Some(key) = &deployment.settings().results_kms_key {
        statements.push(json!({
            "Sid": "UseResultsKey", "Effect": "Allow",
            "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
            "Resource": key,
        }));
    }
    if let Some(layer) = identity {
        let map = format!("arn:{partition}:s3:::{}", layer.map_bucket);
        statements.extend([
            json!({
                "Sid": "FindNames", "Effect": "Allow",
                "Action": ["s3:GetBucketLocation", "s3:ListBucket"],
                "Resource": map,
            }),
            json!({
                "Sid": "ReadNames", "Effect": "Allow",
                "Action": ["s3:GetObject"],
                "Resource": format!("{map}/identity-map/*"),
            }),
            json!({
                "Sid": "UseNamesKey", "Effect": "Allow",
                "Action": ["kms:Decrypt"],
                "Resource": layer.map_key,
            }),
        ]);
    }
    json!({"Version": "2012-10-17", "Statement": statements})
}

/// The access of one role.
struct Access<'a> {
    deployment: &'a Deployment,
    role: ServiceRole,
    policy_name: String,
}

impl<'a> Access<'a> {
    /// One for each role that exists.
    async fn find_all(deployment: &'a Deployment) -> Result<Vec<Self>, AwsError> {
        let settings = deployment.settings();
        let roles = service_roles(deployment).await?.into_iter();
        Ok(roles
            .map(|role| Self {
                deployment,
                role,
                policy_name: deployment.names.quicksight_policy(settings),
            })
            .collect())
    }

    fn title(&self) -> String {
        format!("role `{}`", self.role.name)
    }

    async fn has_managed_policy(&self) -> Result<bool, AwsError> {
        let attached = self.role.attached_policies(&self.deployment.aws).await?;
        let mut attached = attached.iter();
        Ok(attached.any(|name| name.eq_ignore_ascii_case(ATHENA_POLICY)))
    }

    async fn attach_managed_policy(&self) -> Result<(), AwsError> {
        let aws = &self.deployment.aws;
        let partition = &self.deployment.names.partition;
        let arn = format!("arn:{partition}:iam::aws:policy/service-role/{ATHENA_POLICY}");
        let request = aws.clients().iam.attach_role_policy();
        let request = request.role_name(&self.role.name).policy_arn(arn);
        let sent = request.send().await;
        sent.context(aws, "iam:AttachRolePolicy", self.title())?;
        Ok(())
    }

    /// The inline policy of this deployment.
    async fn inline_policy(&self) -> Result<Option<Value>, AwsError> {
        let aws = &self.deployment.aws;
        let request = aws.clients().iam.get_role_policy();
        let request = request
            .role_name(&self.role.name)
            .policy_name(&self.policy_name);
        let sent = request.send().await;
        let found = sent.context(aws, "iam:GetRolePolicy", self.title());
        Ok(found.optional()?.map(|found| {
            let text = percent_decode_str(&found.policy_document).decode_utf8_lossy();
            serde_json::from_str(&text).unwrap_or_default()
        }))
    }

    async fn put_inline_policy(&self, document: &Value) -> Result<(), AwsError> {
        let aws = &self.deployment.aws;
        let request = aws.clients().iam.put_role_policy();
        let request = request
            .role_name(&self.role.name)
            .policy_name(&self.policy_name)
            .policy_document(document.to_string());
        let sent = request.send().await;
        sent.context(aws, "iam:PutRolePolicy", self.title())?;
        Ok(())
    }
}

#[async_trait]
impl Step for QuickSightAccess {
    fn name(&self) -> &'static str {
        "quicksight_access"
    }

    fn title(&self) -> &'static str {
        "Access for Quick Sight"
    }

    async fn check(&self, deployment: &Deployment) -> Result<(), StepError> {
        if !deployment.settings().quicksight || !service_roles(deployment).await?.is_empty() {
            return Ok(());
        }
        let names: Vec<String> = role_names(deployment.settings())
            .iter()
            .map(|name| format!("`{name}`"))
            .collect();
        Err(StepError::failed(
            ErrorCategory::Usage,
            format!(
                "there is no role {}, which Amazon Quick Sight (QuickSight) would read with",
                names.join(" or ")
            ),
            "sign up for Amazon Quick Sight and switch Amazon Athena on in Manage Quick Sight, Security & permissions, which creates its role; or name its role with --set quicksight_role=NAME, or deploy without a dashboard with --set quicksight=false",
        ))
    }

    async fn plan(
        &self,
        deployment: &Deployment,
        _earlier: &[StepPlan],
    ) -> Result<Planned, StepError> {
        if let Some(skipped) = skip_without_quicksight(deployment) {
            return Ok(skipped);
        }
        let layer = DataLayer::find(deployment).await?;
        let bucket = layer.map_or_else(|| NO_BUCKET.to_owned(), |layer| layer.results_bucket);
        let identity = IdentityLayer::planned(deployment).await?;
        let desired = policy(deployment, &bucket, identity.as_ref());
        let mut changes = Vec::new();
        for access in Access::find_all(deployment).await? {
            if !access.has_managed_policy().await? {
                let what = format!("policy `{ATHENA_POLICY}` in {}", access.title());
                changes.push(
                    Change::new(ChangeKind::Create, what)
                        .detail("AWS managed policy: query Athena and read the catalogue"),
                );
            }
            let found = access.inline_policy().await?;
            if found.as_ref() != Some(&desired) {
                let kind = if found.is_some() {
                    ChangeKind::Update
                } else {
                    ChangeKind::Create
                };
                let what = format!(
                    "inline policy `{}` in {}",
                    access.policy_name,
                    access.title()
                );
                let text = serde_json::to_string_pretty(&desired).unwrap_or_default();
                changes.push(text.lines().fold(Change::new(kind, what), Change::detail));
            }
        }
        Ok(Planned::changes(changes))
    }

    async fn apply(
        &self,
        deployment: &Deployment,
        _plan: &StepPlan,
        progress: &dyn Progress,
    ) -> Result<Applied, StepError> {
        let layer = DataLayer::require(deployment).await?;
        let identity = IdentityLayer::find(deployment).await?;
        let desired = policy(deployment, &layer.results_bucket, identity.as_ref());
        for access in Access::find_all(deployment).await? {
            if !access.has_managed_policy().await? {
                progress.doing(&format!("attaching {ATHENA_POLICY}"));
                access.attach_managed_policy().await?;
            }
            if access.inline_policy().await?.as_ref() != Some(&desired) {
                progress.doing(&format!("writing {}", access.policy_name));
                access.put_inline_policy(&desired).await?;
            }
        }
        Ok(Applied::default())
    }
}
