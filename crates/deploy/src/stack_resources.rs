//! What a stack holds, by its names in the template and in the account.

use serde_json::json;

use crate::aws::{Aws, AwsError, Fields, services};

/// Something that a stack holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StackResource {
    /// Its name in the template.
    pub logical_id: String,
    /// Its name in the account; empty if it was never made.
    pub physical_id: String,
    /// `AWS::S3::Bucket`
    pub kind: String,
    pub status: String,
}

impl StackResource {
    /// All of a stack; none if there is no such stack.
    pub async fn of_stack(aws: &Aws, stack: &str) -> Result<Vec<Self>, AwsError> {
        let call = aws
            .call(&services::CLOUDFORMATION, "ListStackResources")
            .on(format!("stack `{stack}`"))
            .body(json!({"StackName": stack}));
        let found = match call.pages("StackResourceSummaries", "NextToken").await {
            Err(error) if error.is_not_found() => return Ok(Vec::new()),
            found => found?,
        };
        let all = found.iter().map(|resource| Self {
            logical_id: resource.text("LogicalResourceId").to_owned(),
            physical_id: resource.text("PhysicalResourceId").to_owned(),
            kind: resource.text("ResourceType").to_owned(),
            status: resource.text("ResourceStatus").to_owned(),
        });
        Ok(all
            .filter(|resource| resource.status != "DELETE_COMPLETE")
            .collect())
    }
}
