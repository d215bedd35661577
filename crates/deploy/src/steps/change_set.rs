//! Change sets: the changes that `CloudFormation` would make to a stack.

use aws_sdk_cloudformation::operation::describe_change_set::DescribeChangeSetOutput;
use aws_sdk_cloudformation::types::{
    Capability, ChangeSetStatus, ChangeSetType, DeploymentMode, ExecutionStatus,
};

use super::desired_stack::DesiredStack;
use super::stack_change::changes_of;
use crate::aws::{Aws, AwsError, Context, Optional};
use crate::stack::Stack;
use crate::step::{Change, ErrorCategory, StepError};

/// Maximum time for the computation of a change set.
const TIMEOUT: std::time::Duration = std::time::Duration::from_mins(5);

/// A change set of a stack. Its name is derived from the change and from the state of the stack.
///
/// The SDK's waiter is not used: it polls every 30 seconds at the earliest, and most change sets take five.
pub(super) struct ChangeSet<'a> {
    aws: &'a Aws,
    stack: &'a str,
    name: String,
    mode: Option<DeploymentMode>,
}

/// A change set that can be executed.
pub(super) struct PreparedChangeSet {
    /// Its ARN, or its name if the service does not return the ARN.
    id: String,
    pub(super) changes: Vec<Change>,
}

impl<'a> ChangeSet<'a> {
    pub(super) fn new(aws: &'a Aws, stack: &'a str, name: String) -> Self {
        Self {
            aws,
            stack,
            name,
            mode: None,
        }
    }

    /// Also reverts changes and deletions that were made outside `CloudFormation`.
    /// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/drift-aware-change-sets.html>
    pub(super) fn reverting_drift(mut self) -> Self {
        self.name.push_str("-drift");
        self.mode = Some(DeploymentMode::RevertDrift);
        self
    }

    fn resource(&self) -> String {
        format!("stack `{}`", self.stack)
    }

    /// Creates it, or reuses an existing one; none if there are no changes.
    pub(super) async fn prepare(
        &self,
        desired: &DesiredStack,
        existing: Option<&Stack>,
    ) -> Result<Option<PreparedChangeSet>, StepError> {
        if let Some(described) = self.described().await? {
            // A change set that reverts drift may be out of date.
            if is_executable(&described) && self.mode.is_none() {
                return self.prepared(described).await.map(Some);
            }
            self.delete().await?;
        }
        self.create(desired, existing).await?;
        let mut polling = self.aws.polling(TIMEOUT);
        loop {
            if let Some(described) = self.described().await? {
                let reason = described.status_reason().unwrap_or_default().to_owned();
                match described.status() {
                    Some(ChangeSetStatus::CreateComplete) => {
                        return self.prepared(described).await.map(Some);
                    }
                    Some(ChangeSetStatus::Failed) if changes_nothing(&reason) => {
                        self.delete().await?;
                        return Ok(None);
                    }
                    Some(ChangeSetStatus::Failed) => {
                        self.delete().await?;
                        return Err(StepError::failed(
                            ErrorCategory::Aws,
                            format!(
                                "CloudFormation rejects the change of stack `{}`: {reason}",
                                self.stack
                            ),
                            "correct the setting it names, then run the command again",
                        ));
                    }
                    _ => {}
                }
            }
            if !polling.again().await {
                return Err(StepError::failed(
                    ErrorCategory::Aws,
                    format!(
                        "CloudFormation has not computed the changes of stack `{}` in {} minutes",
                        self.stack,
                        TIMEOUT.as_secs() / 60
                    ),
                    "run the command again: it continues where it stopped",
                ));
            }
        }
    }

    async fn create(
        &self,
        desired: &DesiredStack,
        existing: Option<&Stack>,
    ) -> Result<(), AwsError> {
        let kind = if existing.is_some() {
            ChangeSetType::Update
        } else {
            ChangeSetType::Create
        };
        self.aws
            .clients()
            .cloudformation
            .create_change_set()
            .stack_name(self.stack)
            .change_set_name(&self.name)
            .change_set_type(kind)
            .description("Created by kiro-analytics deploy.")
            .template_body(desired.template)
            .set_parameters(Some(desired.parameters()))
            .capabilities(Capability::CapabilityIam)
            .set_tags(Some(desired.tags()))
            .set_deployment_mode(self.mode.clone())
            .send()
            .await
            .context(self.aws, "cloudformation:CreateChangeSet", self.resource())?;
        Ok(())
    }

    /// Starts its execution.
    pub(super) async fn execute(&self, prepared: &PreparedChangeSet) -> Result<(), StepError> {
        let executed = self
            .aws
            .clients()
            .cloudformation
            .execute_change_set()
            .stack_name(self.stack)
            .change_set_name(&prepared.id)
            .send()
            .await
            .context(self.aws, "cloudformation:ExecuteChangeSet", self.resource());
        match executed {
            // Another change set was executed since this one was computed.
            Err(error) if error.is_conflict() => Err(super::stack_operation::concurrent_change(
                self.stack,
                "its change set is out of date",
            )),
            Err(error) => Err(error.into()),
            Ok(_) => Ok(()),
        }
    }

    pub(super) async fn delete(&self) -> Result<(), AwsError> {
        let deleted = self
            .aws
            .clients()
            .cloudformation
            .delete_change_set()
            .stack_name(self.stack)
            .change_set_name(&self.name)
            .send()
            .await
            .context(self.aws, "cloudformation:DeleteChangeSet", self.resource());
        deleted.optional().map(|_| ())
    }

    async fn described(&self) -> Result<Option<DescribeChangeSetOutput>, AwsError> {
        describe(self.aws, self.stack, &self.name, None).await
    }

    async fn prepared(
        &self,
        first: DescribeChangeSetOutput,
    ) -> Result<PreparedChangeSet, StepError> {
        let mut changes = first.changes.unwrap_or_default();
        let mut token = first.next_token;
        while let Some(next) = token.filter(|token| !token.is_empty()) {
            let page = describe(self.aws, self.stack, &self.name, Some(next.clone())).await?;
            let page = page.unwrap_or_else(|| DescribeChangeSetOutput::builder().build());
            changes.extend(page.changes.unwrap_or_default());
            token = page.next_token.filter(|token| *token != next);
        }
        Ok(PreparedChangeSet {
            id: first.change_set_id.unwrap_or_else(|| self.name.clone()),
            changes: changes_of(&changes),
        })
    }
}

impl PreparedChangeSet {
    /// The result of its execution: success or failure; none while it runs.
    pub(super) async fn was_executed(
        &self,
        aws: &Aws,
        stack: &str,
    ) -> Result<Option<bool>, AwsError> {
        let described = describe(aws, stack, &self.id, None).await?;
        let status = described.and_then(|described| described.execution_status);
        Ok(match status {
            Some(ExecutionStatus::ExecuteComplete) => Some(true),
            Some(ExecutionStatus::ExecuteFailed) => Some(false),
            _ => None,
        })
    }
}

async fn describe(
    aws: &Aws,
    stack: &str,
    change_set: &str,
    page: Option<String>,
) -> Result<Option<DescribeChangeSetOutput>, AwsError> {
    aws.clients()
        .cloudformation
        .describe_change_set()
        .stack_name(stack)
        .change_set_name(change_set)
        .include_property_values(true)
        .set_next_token(page)
        .send()
        .await
        .context(
            aws,
            "cloudformation:DescribeChangeSet",
            format!("stack `{stack}`"),
        )
        .optional()
}

/// Returns true if it is computed and not out of date.
fn is_executable(described: &DescribeChangeSetOutput) -> bool {
    let is_computed = described.status() == Some(&ChangeSetStatus::CreateComplete);
    let may_be_executed = matches!(
        described.execution_status(),
        None | Some(ExecutionStatus::Available)
    );
    is_computed && may_be_executed
}

fn changes_nothing(reason: &str) -> bool {
    reason.contains("didn't contain changes") || reason.contains("No updates are to be performed")
}
