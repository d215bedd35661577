//! A stack of `CloudFormation` as it stands: its state, parameters, outputs and tags.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::aws::{Aws, AwsError, Fields, services};

/// A deployed stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stack {
    pub name: String,
    pub id: String,
    /// `UPDATE_COMPLETE`
    pub status: String,
    pub reason: String,
    /// When it was last changed; empty if it never was.
    pub updated: String,
    pub parameters: BTreeMap<String, String>,
    pub outputs: BTreeMap<String, String>,
    pub tags: BTreeMap<String, String>,
}

/// What can be done with a stack in its state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StackState {
    /// Sound: it can be changed.
    Settled,
    /// Something is changing it.
    Moving,
    /// Nothing but a name: a change set was made and never carried out.
    Empty,
    /// It was never made: it must be deleted before it can be.
    Stillborn,
    /// An update was not undone: that must be ended first.
    Stuck,
}

impl Stack {
    /// The stack of that name, none if there is none.
    pub async fn find(aws: &Aws, name: &str) -> Result<Option<Self>, AwsError> {
        let call = aws
            .call(&services::CLOUDFORMATION, "DescribeStacks")
            .on(format!("stack `{name}`"))
            .body(json!({"StackName": name}));
        let answer = call.find().await?;
        let stack = answer
            .as_ref()
            .and_then(|answer| answer.items("Stacks").first());
        Ok(stack
            .map(Self::of)
            .filter(|stack| stack.status != "DELETE_COMPLETE"))
    }

    /// Begins to delete the stack of that name.
    pub(crate) async fn delete(aws: &Aws, name: &str) -> Result<(), AwsError> {
        let call = aws
            .call(&services::CLOUDFORMATION, "DeleteStack")
            .on(format!("stack `{name}`"))
            .body(json!({"StackName": name}));
        call.send().await?;
        Ok(())
    }

    fn of(value: &Value) -> Self {
        let pairs = |list: &str, key: &str, text: &str| {
            let items = value.items(list).iter();
            items
                .map(|item| (item.text(key).to_owned(), item.text(text).to_owned()))
                .collect()
        };
        Self {
            name: value.text("StackName").to_owned(),
            id: value.text("StackId").to_owned(),
            status: value.text("StackStatus").to_owned(),
            reason: value.text("StackStatusReason").to_owned(),
            updated: value.text("LastUpdatedTime").to_owned(),
            parameters: pairs("Parameters", "ParameterKey", "ParameterValue"),
            outputs: pairs("Outputs", "OutputKey", "OutputValue"),
            tags: pairs("Tags", "Key", "Value"),
        }
    }

    pub fn state(&self) -> StackState {
        match self.status.as_str() {
            "REVIEW_IN_PROGRESS" => StackState::Empty,
            "ROLLBACK_COMPLETE" | "ROLLBACK_FAILED" | "CREATE_FAILED" | "DELETE_FAILED" => {
                StackState::Stillborn
            }
            "UPDATE_ROLLBACK_FAILED" => StackState::Stuck,
            status if status.ends_with("_IN_PROGRESS") => StackState::Moving,
            _ => StackState::Settled,
        }
    }

    /// An output, empty if there is none.
    pub fn output(&self, name: &str) -> &str {
        self.outputs.get(name).map_or("", String::as_str)
    }

    /// Version of this program that made it.
    pub fn version(&self) -> &str {
        self.output("ProductVersion")
    }
}

/// One thing that happened to a resource of a stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StackEvent {
    pub id: String,
    pub resource: String,
    pub kind: String,
    pub status: String,
    pub reason: String,
}

impl StackEvent {
    /// The events of the newest attempt, oldest first.
    pub async fn of_last_attempt(aws: &Aws, stack: &str) -> Result<Vec<Self>, AwsError> {
        let call = aws
            .call(&services::CLOUDFORMATION, "DescribeStackEvents")
            .on(format!("stack `{stack}`"))
            .body(json!({"StackName": stack}));
        let answer = call.send().await?;
        let newest_first = answer.items("StackEvents").iter().map(|event| Self {
            id: event.text("EventId").to_owned(),
            resource: event.text("LogicalResourceId").to_owned(),
            kind: event.text("ResourceType").to_owned(),
            status: event.text("ResourceStatus").to_owned(),
            reason: event.text("ResourceStatusReason").to_owned(),
        });
        let mut events = Vec::new();
        for event in newest_first {
            let begins = event.is_of_stack()
                && matches!(
                    event.status.as_str(),
                    "CREATE_IN_PROGRESS"
                        | "UPDATE_IN_PROGRESS"
                        | "DELETE_IN_PROGRESS"
                        | "IMPORT_IN_PROGRESS"
                );
            events.push(event);
            if begins {
                break;
            }
        }
        events.reverse();
        Ok(events)
    }

    pub fn is_of_stack(&self) -> bool {
        self.kind == "AWS::CloudFormation::Stack"
    }

    pub fn is_failure(&self) -> bool {
        self.status.ends_with("_FAILED")
    }
}

/// What went wrong first: later failures are mostly its consequences.
pub fn first_cause(events: &[StackEvent]) -> Option<&StackEvent> {
    let failures = || events.iter().filter(|event| event.is_failure());
    let is_consequence = |event: &&StackEvent| event.reason.to_lowercase().contains("cancelled");
    failures()
        .filter(|event| !event.is_of_stack())
        .find(|event| !is_consequence(event))
        .or_else(|| failures().next())
}

#[cfg(test)]
mod tests {
    use super::{StackEvent, first_cause};

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
    fn the_first_cause_is_no_consequence() {
        let events = [
            event(
                "kiro-data",
                "AWS::CloudFormation::Stack",
                "CREATE_IN_PROGRESS",
                "",
            ),
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
                "AWS::CloudFormation::Stack",
                "ROLLBACK_FAILED",
                "the following resources failed",
            ),
        ];
        assert_eq!(first_cause(&events).unwrap().resource, "Normalizer");
        assert_eq!(first_cause(&events[..2]).unwrap().resource, "Workgroup");
        assert_eq!(first_cause(&events[..1]), None);
    }
}
