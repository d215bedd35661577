//! What Amazon Quick Sight may read: a policy of ours in its service role, and AWS's own policy for Athena.

use async_trait::async_trait;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::data_layer::DataLayer;
use super::quicksight::unwanted;
use crate::aws::{AwsError, Fields, services};
use crate::progress::Progress;
use crate::step::{
    Applied, Blame, Change, ChangeKind, Deployment, Planned, Step, StepError, StepPlan,
};

/// Stands for the results bucket while there is no stack.
const NO_BUCKET: &str = "RESULTS-BUCKET";

/// Writes the policy.
pub(crate) struct QuickSightAccess;

/// What the service may do with our bucket: read parts, read and write query results, and nothing else.
pub(crate) fn policy(deployment: &Deployment, results_bucket: &str) -> Value {
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
    json!({"Version": "2012-10-17", "Statement": statements})
}

struct Role<'a> {
    deployment: &'a Deployment,
    name: &'a str,
    policy_name: String,
}

impl<'a> Role<'a> {
    fn new(deployment: &'a Deployment) -> Self {
        let settings = deployment.settings();
        Self {
            deployment,
            name: &settings.quicksight_role,
            policy_name: settings.quicksight_policy(&deployment.names),
        }
    }

    async fn call(&self, operation: &'static str, more: Value) -> Result<Value, AwsError> {
        let mut body = json!({"RoleName": self.name});
        if let (Some(body), Value::Object(more)) = (body.as_object_mut(), more) {
            body.extend(more);
        }
        self.deployment
            .aws
            .call(&services::IAM, operation)
            .on(format!("role `{}`", self.name))
            .body(body)
            .send()
            .await
    }

    fn managed_policy(&self) -> String {
        let partition = &self.deployment.names.partition;
        format!("arn:{partition}:iam::aws:policy/service-role/AWSQuicksightAthenaAccess")
    }

    async fn has_managed_policy(&self) -> Result<bool, AwsError> {
        let attached = self.call("ListAttachedRolePolicies", json!({})).await?;
        let wanted = self.managed_policy();
        let mut policies = attached.items("AttachedPolicies").iter();
        Ok(policies.any(|policy| policy.text("PolicyArn").eq_ignore_ascii_case(&wanted)))
    }

    /// The inline policy under our name.
    async fn inline_policy(&self) -> Result<Option<Value>, AwsError> {
        match self
            .call("GetRolePolicy", json!({"PolicyName": self.policy_name}))
            .await
        {
            Ok(found) => {
                let text = percent_decode_str(found.text("PolicyDocument")).decode_utf8_lossy();
                Ok(Some(serde_json::from_str(&text).unwrap_or_default()))
            }
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
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
        if !deployment.settings().quicksight {
            return Ok(());
        }
        let role = Role::new(deployment);
        match role.call("GetRole", json!({})).await {
            Ok(_) => Ok(()),
            Err(error) if error.is_not_found() => Err(StepError::failed(
                Blame::Usage,
                format!(
                    "there is no role `{}`, which Amazon Quick Sight (QuickSight) would read with",
                    role.name
                ),
                "sign up for Amazon Quick Sight, name its role with --set quicksight_role=NAME, or do without a dashboard with --set quicksight=false",
            )),
            Err(error) => Err(error.into()),
        }
    }

    async fn plan(
        &self,
        deployment: &Deployment,
        _earlier: &[StepPlan],
    ) -> Result<Planned, StepError> {
        if let Some(unwanted) = unwanted(deployment) {
            return Ok(unwanted);
        }
        let role = Role::new(deployment);
        let mut changes = Vec::new();
        if !role.has_managed_policy().await? {
            let what = format!("policy `AWSQuicksightAthenaAccess` in role `{}`", role.name);
            changes.push(
                Change::new(ChangeKind::Create, what)
                    .detail("AWS's own: to ask Athena and read the catalogue"),
            );
        }
        let layer = DataLayer::find(deployment).await?;
        let bucket = layer.map_or_else(|| NO_BUCKET.to_owned(), |layer| layer.results_bucket);
        let wanted = policy(deployment, &bucket);
        let found = role.inline_policy().await?;
        if found.as_ref() != Some(&wanted) {
            let kind = if found.is_some() {
                ChangeKind::Update
            } else {
                ChangeKind::Create
            };
            let what = format!(
                "inline policy `{}` in role `{}`",
                role.policy_name, role.name
            );
            let text = serde_json::to_string_pretty(&wanted).unwrap_or_default();
            changes.push(text.lines().fold(Change::new(kind, what), Change::detail));
        }
        Ok(Planned::changes(changes))
    }

    async fn apply(
        &self,
        deployment: &Deployment,
        _plan: &StepPlan,
        progress: &dyn Progress,
    ) -> Result<Applied, StepError> {
        let role = Role::new(deployment);
        let layer = DataLayer::needed(deployment).await?;
        if !role.has_managed_policy().await? {
            progress.doing("attaching AWSQuicksightAthenaAccess");
            let arn = role.managed_policy();
            role.call("AttachRolePolicy", json!({"PolicyArn": arn}))
                .await?;
        }
        let wanted = policy(deployment, &layer.results_bucket);
        if role.inline_policy().await?.as_ref() != Some(&wanted) {
            progress.doing(&format!("writing {}", role.policy_name));
            let body =
                json!({"PolicyName": role.policy_name, "PolicyDocument": wanted.to_string()});
            role.call("PutRolePolicy", body).await?;
        }
        Ok(Applied::default())
    }
}
