//! Stacks of `CloudFormation`: reads their state, parameters, outputs and tags, and starts their deletion.

use std::collections::BTreeMap;

use aws_sdk_cloudformation::types;
use aws_smithy_types::date_time::Format;

use crate::aws::{Aws, AwsError, Context, Optional};

/// A deployed stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stack {
    pub name: String,
    pub id: String,
    /// `UPDATE_COMPLETE`
    pub status: String,
    pub reason: String,
    /// Time of the last update; empty if it was never updated.
    pub updated: String,
    /// True if termination protection is on: it cannot be deleted.
    pub is_protected: bool,
    pub parameters: BTreeMap<String, String>,
    pub outputs: BTreeMap<String, String>,
    pub tags: BTreeMap<String, String>,
}

/// The state of a stack, by the possible next operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StackState {
    /// It can be updated.
    Settled,
    /// An operation is running.
    InProgress,
    /// Only a name: a change set was created and never executed.
    Empty,
    /// Its creation or deletion failed: it must be deleted before it can be created again.
    CreationFailed,
    /// The rollback of an update failed: it must be continued first.
    RollbackFailed,
}

impl Stack {
    /// The stack with this name or id, if it exists.
    pub async fn find(aws: &Aws, stack: &str) -> Result<Option<Self>, AwsError> {
        let described = aws
            .clients()
            .cloudformation
            .describe_stacks()
            .stack_name(stack)
            .send()
            .await
            .context(
                aws,
                "cloudformation:DescribeStacks",
                format!("stack `{}`", name_of(stack)),
            )
            .optional()?;
        let found = described.and_then(|described| described.stacks().first().map(Self::of));
        Ok(found.filter(|stack| stack.status != "DELETE_COMPLETE"))
    }

    /// Starts the deletion of the stack with this name or id.
    pub(crate) async fn delete(aws: &Aws, stack: &str) -> Result<(), AwsError> {
        aws.clients()
            .cloudformation
            .delete_stack()
            .stack_name(stack)
            .send()
            .await
            .context(
                aws,
                "cloudformation:DeleteStack",
                format!("stack `{}`", name_of(stack)),
            )?;
        Ok(())
    }

    fn of(stack: &types::Stack) -> Self {
        let pair = |name: Option<&str>, text: Option<&str>| {
            (
                name.unwrap_or_default().to_owned(),
                text.unwrap_or_default().to_owned(),
            )
        };
        let updated = stack.last_updated_time();
        let updated = updated.and_then(|time| time.fmt(Format::DateTime).ok());
        Self {
            name: stack.stack_name().unwrap_or_default().to_owned(),
            id: stack.stack_id().unwrap_or_default().to_owned(),
            status: stack
                .stack_status()
                .map_or("", types::StackStatus::as_str)
                .to_owned(),
            reason: stack.stack_status_reason().unwrap_or_default().to_owned(),
            updated: updated.unwrap_or_default(),
            is_protected: stack.enable_termination_protection().unwrap_or_default(),
            parameters: stack
                .parameters()
                .iter()
                .map(|one| pair(one.parameter_key(), one.parameter_value()))
                .collect(),
            outputs: stack
                .outputs()
                .iter()
                .map(|one| pair(one.output_key(), one.output_value()))
                .collect(),
            tags: stack
                .tags()
                .iter()
                .map(|tag| pair(tag.key(), tag.value()))
                .collect(),
        }
    }

    pub fn state(&self) -> StackState {
        match self.status.as_str() {
            "REVIEW_IN_PROGRESS" => StackState::Empty,
            "ROLLBACK_COMPLETE" | "ROLLBACK_FAILED" | "CREATE_FAILED" | "DELETE_FAILED" => {
                StackState::CreationFailed
            }
            "UPDATE_ROLLBACK_FAILED" => StackState::RollbackFailed,
            status if status.ends_with("_IN_PROGRESS") => StackState::InProgress,
            _ => StackState::Settled,
        }
    }

    /// The id, which identifies it in calls: a later stack with the same name has another id. The name if there is no id.
    pub fn address(&self) -> &str {
        if self.id.is_empty() {
            &self.name
        } else {
            &self.id
        }
    }

    /// An output; empty if it does not exist.
    pub fn output(&self, name: &str) -> &str {
        self.outputs.get(name).map_or("", String::as_str)
    }

    /// The version of this program that created it.
    pub fn version(&self) -> &str {
        self.output("ProductVersion")
    }
}

/// The name in a name or an id: `arn:aws:cloudformation:eu-central-1:123456789012:stack/NAME/…`.
pub(crate) fn name_of(stack: &str) -> &str {
    match stack.split_once(":stack/") {
        Some((_, rest)) => rest.split('/').next().unwrap_or(rest),
        None => stack,
    }
}
