//! The resources of a stack, with their names in the template and in the account.

use aws_sdk_cloudformation::types;

use crate::aws::{Aws, AwsError, Context, Optional};
use crate::stack::name_of;

/// A resource of a stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StackResource {
    /// Its name in the template.
    pub logical_id: String,
    /// Its name in the account; empty if it was never created.
    pub physical_id: String,
    /// `AWS::S3::Bucket`
    pub kind: String,
    pub status: String,
}

impl StackResource {
    /// All resources of a stack; none if the stack does not exist.
    pub async fn of_stack(aws: &Aws, stack: &str) -> Result<Vec<Self>, AwsError> {
        let listed = aws
            .clients()
            .cloudformation
            .list_stack_resources()
            .stack_name(stack)
            .into_paginator()
            .items()
            .send()
            .collect::<Result<Vec<types::StackResourceSummary>, _>>()
            .await
            .context(
                aws,
                "cloudformation:ListStackResources",
                format!("stack `{}`", name_of(stack)),
            )
            .optional()?;
        let all = listed.unwrap_or_default().into_iter().map(|resource| Self {
            logical_id: resource.logical_resource_id.unwrap_or_default(),
            physical_id: resource.physical_resource_id.unwrap_or_default(),
            kind: resource.resource_type.unwrap_or_default(),
            status: resource
                .resource_status
                .map(|status| status.as_str().to_owned())
                .unwrap_or_default(),
        });
        Ok(all
            .filter(|resource| resource.status != "DELETE_COMPLETE")
            .collect())
    }
}
