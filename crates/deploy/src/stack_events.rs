//! The events of a stack: what happened to its resources, and whether an operation on it has ended.
//!
//! The list of events only grows. A stale response lacks the newest events but never contains a wrong state, so the end of an
//! operation is read here and not from the status of the stack.

use aws_sdk_cloudformation::types;

use crate::aws::{Aws, AwsError, Context};
use crate::stack::name_of;

/// An event of a resource of a stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StackEvent {
    pub id: String,
    pub resource: String,
    pub kind: String,
    pub status: String,
    pub reason: String,
}

impl StackEvent {
    /// The events of the newest operation, oldest first.
    pub async fn of_last_attempt(aws: &Aws, stack: &str) -> Result<Vec<Self>, AwsError> {
        Self::after(aws, stack, None).await
    }

    /// The events of the newest operation after the event with this id, oldest first.
    pub async fn after(aws: &Aws, stack: &str, id: Option<&str>) -> Result<Vec<Self>, AwsError> {
        let mut pages = aws
            .clients()
            .cloudformation
            .describe_stack_events()
            .stack_name(stack)
            .into_paginator()
            .send();
        let mut events = Vec::new();
        'pages: while let Some(page) = pages.next().await {
            let page = page.context(
                aws,
                "cloudformation:DescribeStackEvents",
                format!("stack `{}`", name_of(stack)),
            )?;
            for event in page.stack_events() {
                let event = Self::of(event);
                if id.is_some_and(|id| id == event.id) {
                    break 'pages;
                }
                let begins = event.begins_operation();
                events.push(event);
                if begins {
                    break 'pages;
                }
            }
        }
        events.reverse();
        Ok(events)
    }

    /// The id of the newest event; none if the stack does not exist.
    pub async fn newest(aws: &Aws, stack: &str) -> Result<Option<String>, AwsError> {
        let page = aws
            .clients()
            .cloudformation
            .describe_stack_events()
            .stack_name(stack)
            .send()
            .await
            .context(
                aws,
                "cloudformation:DescribeStackEvents",
                format!("stack `{}`", name_of(stack)),
            );
        match page {
            Ok(page) => Ok(page.stack_events().first().map(|event| Self::of(event).id)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn of(event: &types::StackEvent) -> Self {
        let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
        Self {
            id: text(event.event_id()),
            resource: text(event.logical_resource_id()),
            kind: text(event.resource_type()),
            status: text(event.resource_status().map(types::ResourceStatus::as_str)),
            reason: text(event.resource_status_reason()),
        }
    }

    pub fn is_of_stack(&self) -> bool {
        self.kind == "AWS::CloudFormation::Stack"
    }

    pub fn is_failure(&self) -> bool {
        self.status.ends_with("_FAILED")
    }

    fn begins_operation(&self) -> bool {
        self.is_of_stack()
            && matches!(
                self.status.as_str(),
                "CREATE_IN_PROGRESS"
                    | "UPDATE_IN_PROGRESS"
                    | "DELETE_IN_PROGRESS"
                    | "IMPORT_IN_PROGRESS"
            )
    }
}

/// The final status of the newest operation; none while it runs.
pub(crate) fn final_status(events: &[StackEvent]) -> Option<&str> {
    let last = events.iter().rev().find(|event| event.is_of_stack())?;
    (!last.status.ends_with("_IN_PROGRESS")).then_some(last.status.as_str())
}

/// The first failure: later ones are mostly its consequences.
pub fn first_cause(events: &[StackEvent]) -> Option<&StackEvent> {
    let failures = || events.iter().filter(|event| event.is_failure());
    let is_consequence = |event: &&StackEvent| event.reason.to_lowercase().contains("cancelled");
    failures()
        .filter(|event| !event.is_of_stack())
        .find(|event| !is_consequence(event))
        .or_else(|| failures().next())
}

/// The first failure as text, or `otherwise`.
pub(crate) fn failure_text(events: &[StackEvent], otherwise: &str) -> String {
    match first_cause(events) {
        Some(event) => format!("`{}` ({}): {}", event.resource, event.kind, event.reason),
        None if otherwise.is_empty() => "CloudFormation gives no reason".to_owned(),
        None => otherwise.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{StackEvent, final_status, first_cause};

    const STACK: &str = "AWS::CloudFormation::Stack";

    fn event(resource: &str, kind: &str, status: &str, reason: &str) -> StackEvent {
        StackEvent {
            id: String::new(),
            resource: resource.to_owned(),
            kind: kind.to_owned(),
            status: status.to_owned(),
            reason: reason.to_owned(),
        }
    }

    #[test]
    fn the_first_cause_is_not_a_consequence() {
        let events = [
            event("kiro-data", STACK, "CREATE_IN_PROGRESS", ""),
            event(
                "Workgroup",
                "AWS::Athena::WorkGroup",
                "CREATE_FAILED",
                "Resource creation cancelled",
            ),
            event(
                "Normalizer",
                "AWS::Lambda::Function",
                "CREATE_FAILED",
                "no such zip",
            ),
            event(
                "kiro-data",
                STACK,
                "ROLLBACK_FAILED",
                "the following resources failed",
            ),
        ];
        assert_eq!(first_cause(&events).unwrap().resource, "Normalizer");
        assert_eq!(first_cause(&events[..2]).unwrap().resource, "Workgroup");
        assert_eq!(first_cause(&events[..1]), None);
    }

    #[test]
    fn an_operation_ends_with_an_event_of_the_stack() {
        let ended = |statuses: &[(&str, &str)]| {
            let events: Vec<StackEvent> = statuses
                .iter()
                .map(|(kind, status)| event("x", kind, status, ""))
                .collect();
            final_status(&events).map(str::to_owned)
        };
        let function = "AWS::Lambda::Function";
        assert_eq!(ended(&[]), None);
        assert_eq!(ended(&[(function, "CREATE_COMPLETE")]), None);
        assert_eq!(
            ended(&[
                (STACK, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"),
                (function, "DELETE_COMPLETE")
            ]),
            None
        );
        assert_eq!(
            ended(&[(STACK, "UPDATE_IN_PROGRESS"), (STACK, "UPDATE_COMPLETE")]).as_deref(),
            Some("UPDATE_COMPLETE")
        );
    }
}
