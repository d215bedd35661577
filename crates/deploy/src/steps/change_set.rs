//! Change sets: what `CloudFormation` would do, asked before it does it.

use serde_json::{Value, json};

use super::desired_stack::DesiredStack;
use crate::aws::{Aws, AwsError, Fields, JsonCall, services};
use crate::stack::Stack;
use crate::step::{Blame, Change, ChangeKind, StepError};

/// So long a change set may take to be computed.
const WITHIN: std::time::Duration = std::time::Duration::from_mins(5);

/// A change set of a stack, under a name that follows from what it does and to which state of the stack.
pub(super) struct ChangeSet<'a> {
    aws: &'a Aws,
    pub(super) stack: &'a str,
    pub(super) name: String,
}

impl<'a> ChangeSet<'a> {
    pub(super) fn new(aws: &'a Aws, stack: &'a str, name: String) -> Self {
        Self { aws, stack, name }
    }

    fn call(&self, operation: &'static str) -> JsonCall<'a> {
        self.aws
            .call(&services::CLOUDFORMATION, operation)
            .on(format!("stack `{}`", self.stack))
            .body(json!({"StackName": self.stack, "ChangeSetName": self.name}))
    }

    /// Has it computed, unless it is there already: its changes, none if there is nothing to change.
    pub(super) async fn prepare(
        &self,
        desired: &DesiredStack,
        existing: Option<&Stack>,
    ) -> Result<Option<Vec<Change>>, StepError> {
        if let Some(described) = self.described().await? {
            if described.text("Status") == "CREATE_COMPLETE" {
                return self.changes(&described).await.map(Some);
            }
            self.delete().await?;
        }
        let kind = if existing.is_some() {
            "UPDATE"
        } else {
            "CREATE"
        };
        let body = json!({
            "StackName": self.stack,
            "ChangeSetName": self.name,
            "ChangeSetType": kind,
            "Description": "Made by kiro-analytics deploy.",
            "TemplateBody": desired.template,
            "Parameters": desired.parameter_list(),
            "Capabilities": ["CAPABILITY_IAM"],
            "Tags": desired.tag_list(),
        });
        self.aws
            .call(&services::CLOUDFORMATION, "CreateChangeSet")
            .on(format!("stack `{}`", self.stack))
            .body(body)
            .send()
            .await?;
        let mut polling = self.aws.polling(WITHIN);
        loop {
            let described = self.described().await?.unwrap_or_default();
            let reason = described.text("StatusReason");
            match described.text("Status") {
                "CREATE_COMPLETE" => return self.changes(&described).await.map(Some),
                "FAILED" if changes_nothing(reason) => {
                    self.delete().await?;
                    return Ok(None);
                }
                "FAILED" => {
                    let what = format!(
                        "CloudFormation cannot change stack `{}` like that: {reason}",
                        self.stack
                    );
                    self.delete().await?;
                    return Err(StepError::failed(
                        Blame::Aws,
                        what,
                        "correct the setting it names, then run the command again",
                    ));
                }
                _ => {}
            }
            if !polling.again().await {
                return Err(StepError::failed(
                    Blame::Aws,
                    format!(
                        "CloudFormation has not computed the changes of stack `{}` in {} minutes",
                        self.stack,
                        WITHIN.as_secs() / 60
                    ),
                    "run the command again: it goes on where it stopped",
                ));
            }
        }
    }

    pub(super) async fn execute(&self) -> Result<(), AwsError> {
        self.call("ExecuteChangeSet").send().await.map(|_| ())
    }

    pub(super) async fn delete(&self) -> Result<(), AwsError> {
        match self.call("DeleteChangeSet").send().await {
            Err(error) if !error.is_not_found() => Err(error),
            _ => Ok(()),
        }
    }

    async fn described(&self) -> Result<Option<Value>, AwsError> {
        self.call("DescribeChangeSet").find().await
    }

    async fn changes(&self, first: &Value) -> Result<Vec<Change>, StepError> {
        let mut changes: Vec<Change> = first.items("Changes").iter().filter_map(change).collect();
        let mut token = first.text("NextToken").to_owned();
        while !token.is_empty() {
            let body =
                json!({"StackName": self.stack, "ChangeSetName": self.name, "NextToken": token});
            let page = self.call("DescribeChangeSet").body(body).send().await?;
            changes.extend(page.items("Changes").iter().filter_map(change));
            let next = page.text("NextToken");
            if next == token {
                break;
            }
            next.clone_into(&mut token);
        }
        Ok(condensed(changes))
    }
}

/// Resources of which nothing but tags changes, in one line: a tag of the stack is one of each resource.
fn condensed(changes: Vec<Change>) -> Vec<Change> {
    let (tags, mut others): (Vec<Change>, Vec<Change>) = changes
        .into_iter()
        .partition(|change| change.kind == ChangeKind::Update && change.details == ["Tags"]);
    if !tags.is_empty() {
        let names: Vec<&str> = tags
            .iter()
            .map(|change| change.what.split(' ').next().unwrap_or_default())
            .collect();
        let change = Change::new(
            ChangeKind::Update,
            format!("tags of {} resources", tags.len()),
        );
        others.push(change.detail(names.join(", ")));
    }
    others
}

fn changes_nothing(reason: &str) -> bool {
    reason.contains("didn't contain changes") || reason.contains("No updates are to be performed")
}

/// One change, with what it does to which property.
fn change(change: &Value) -> Option<Change> {
    let resource = change.field("ResourceChange");
    let replacement = resource.text("Replacement");
    let kind = match (resource.text("Action"), replacement) {
        ("Add" | "Import", _) => ChangeKind::Create,
        ("Remove", _) => ChangeKind::Delete,
        ("Modify", "True") => ChangeKind::Replace,
        ("Modify" | "Dynamic", _) => ChangeKind::Update,
        _ => return None,
    };
    let name = resource.text("LogicalResourceId");
    let type_name = resource.text("ResourceType");
    let mut told = Change::new(kind, format!("`{name}` ({type_name})"));
    if replacement == "Conditional" {
        told = told.detail("may be replaced: CloudFormation decides when it does it");
    }
    if resource.text("PolicyAction") == "Retain" {
        told = told.detail("it stays in the account");
    }
    for detail in resource.items("Details") {
        let target = detail.field("Target");
        let attribute = target.text("Attribute");
        let place = match (target.text("Path"), target.text("Name")) {
            ("", "") => attribute.to_owned(),
            ("", name) => name.to_owned(),
            (path, _) => path.trim_start_matches("/Properties/").replace('/', "."),
        };
        let (before, after) = (target.text("BeforeValue"), target.text("AfterValue"));
        let mut line = if before.is_empty() && after.is_empty() {
            place
        } else {
            format!("{place}: {} -> {}", short(before), short(after))
        };
        if !detail.text("CausingEntity").is_empty() && before.is_empty() && after.is_empty() {
            line = format!("{line}, because of {}", detail.text("CausingEntity"));
        }
        if target.text("RequiresRecreation") == "Always" {
            line.push_str(" (needs a replacement)");
        }
        if !told.details.contains(&line) {
            told.details.push(line);
        }
    }
    Some(told)
}

fn short(text: &str) -> String {
    if text.is_empty() {
        return "nothing".to_owned();
    }
    let start: String = text.chars().take(80).collect();
    if start.len() < text.len() {
        format!("`{start}…`")
    } else {
        format!("`{start}`")
    }
}
