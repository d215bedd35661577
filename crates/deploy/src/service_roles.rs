//! The roles that Amazon Quick Sight reads with.
//!
//! For Athena and S3 it uses `aws-quicksight-s3-consumers-role-v0`, and `aws-quicksight-service-role-v0` only where the first
//! is absent (Quick Sight user guide, "Authorizing connections to Amazon Athena"). No API reports
//! which role an account uses, so both get access if both exist. A role named in the settings replaces both.

use aws_sdk_iam::types::Role;
use kiro_config::Config;
use percent_encoding::percent_decode_str;

use crate::aws::{Aws, AwsError, Context, Optional};
use crate::step::Deployment;

/// The role for Athena and S3, in accounts that have it.
pub(crate) const CONSUMERS_ROLE: &str = "aws-quicksight-s3-consumers-role-v0";
/// The role for everything else, and the default of the setting `quicksight_role`.
pub(crate) const SERVICE_ROLE: &str = "aws-quicksight-service-role-v0";

/// A role that Quick Sight reads with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ServiceRole {
    pub(crate) name: String,
    /// With its path.
    pub(crate) arn: String,
    /// Who may assume it, as JSON; empty if IAM did not say.
    pub(crate) trust: String,
    pub(crate) has_boundary: bool,
}

/// The names of the roles that may exist, the one that Quick Sight prefers first.
pub(crate) fn role_names(settings: &Config) -> Vec<&str> {
    match settings.quicksight_role.as_str() {
        SERVICE_ROLE => vec![CONSUMERS_ROLE, SERVICE_ROLE],
        named => vec![named],
    }
}

/// The roles that exist, the one that Quick Sight prefers first.
///
/// # Errors
///
/// If a call fails.
pub(crate) async fn service_roles(deployment: &Deployment) -> Result<Vec<ServiceRole>, AwsError> {
    ServiceRole::find_all(&deployment.aws, deployment.settings()).await
}

impl ServiceRole {
    /// The roles that exist, the one that Quick Sight prefers first.
    ///
    /// # Errors
    ///
    /// If a call fails.
    pub(crate) async fn find_all(aws: &Aws, settings: &Config) -> Result<Vec<Self>, AwsError> {
        let mut roles = Vec::new();
        for name in role_names(settings) {
            let sent = aws.clients().iam.get_role().role_name(name).send().await;
            let found = sent.context(aws, "iam:GetRole", format!("role `{name}`"));
            let found = found.optional()?.and_then(|found| found.role);
            roles.extend(found.map(|role| Self::of(name, role)));
        }
        Ok(roles)
    }

    fn of(name: &str, role: Role) -> Self {
        let trust = role.assume_role_policy_document.unwrap_or_default();
        Self {
            name: name.to_owned(),
            arn: role.arn,
            trust: percent_decode_str(&trust).decode_utf8_lossy().into_owned(),
            has_boundary: role.permissions_boundary.is_some(),
        }
    }

    /// The names of the managed policies that are attached.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub(crate) async fn attached_policies(&self, aws: &Aws) -> Result<Vec<String>, AwsError> {
        let request = aws.clients().iam.list_attached_role_policies();
        let pages = request.role_name(&self.name).into_paginator().items();
        let found = pages.send().collect::<Result<Vec<_>, _>>().await;
        let action = "iam:ListAttachedRolePolicies";
        let found = found.context(aws, action, format!("role `{}`", self.name))?;
        let names = found.into_iter().filter_map(|policy| policy.policy_name);
        Ok(names.collect())
    }

    /// The names of the inline policies.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub(crate) async fn inline_policies(&self, aws: &Aws) -> Result<Vec<String>, AwsError> {
        let request = aws.clients().iam.list_role_policies();
        let pages = request.role_name(&self.name).into_paginator().items();
        let found = pages.send().collect::<Result<Vec<_>, _>>().await;
        let action = "iam:ListRolePolicies";
        found.context(aws, action, format!("role `{}`", self.name))
    }
}
