//! The data stack: bucket, database, workgroup, function, schedule and alarms, by change set.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use async_trait::async_trait;
use serde_json::{Value, json};

use super::change_set::ChangeSet;
use super::function_code::Zip;
use super::template::{DATA_TEMPLATE, resources};
use crate::aws::{Aws, Fields, services};
use crate::digest::short_hash;
use crate::progress::Progress;
use crate::settings::REMEMBERED;
use crate::stack::{Stack, StackEvent, StackState, first_cause};
use crate::step::{
    Applied, Blame, Change, ChangeKind, Deployment, Planned, Step, StepError, StepPlan,
};
use crate::tags;

/// So long a stack may take.
const WITHIN: Duration = Duration::from_hours(1);

/// Makes and changes the data stack.
pub(crate) struct DataStack;

/// The stack as it shall be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Desired {
    pub(crate) template: &'static str,
    pub(crate) parameters: BTreeMap<String, String>,
    pub(crate) tags: BTreeMap<String, String>,
}

/// What the data stack has made, by its outputs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataLayer {
    pub results_bucket: String,
    pub database: String,
    pub workgroup: String,
    pub function: String,
    pub function_role: String,
}

impl DataLayer {
    /// None if there is no stack yet.
    pub async fn find(deployment: &Deployment) -> Result<Option<Self>, StepError> {
        let stack = Stack::find(&deployment.aws, &deployment.names.data_stack()).await?;
        Ok(stack.and_then(|stack| {
            let output = |name: &str| stack.output(name).to_owned();
            let layer = Self {
                results_bucket: output("ResultsBucketName"),
                database: output("DatabaseName"),
                workgroup: output("WorkgroupName"),
                function: output("NormalizerName"),
                function_role: output("NormalizerRoleArn"),
            };
            (!layer.results_bucket.is_empty()).then_some(layer)
        }))
    }

    /// For a step that cannot do without.
    pub(crate) async fn needed(deployment: &Deployment) -> Result<Self, StepError> {
        Self::find(deployment).await?.ok_or_else(|| {
            StepError::failed(
                Blame::Usage,
                format!("there is no stack `{}`", deployment.names.data_stack()),
                "run `kiro-analytics deploy` without --only and --from-step",
            )
        })
    }
}

/// The stack that these settings ask for.
pub(crate) fn desired(
    deployment: &Deployment,
    existing: Option<&Stack>,
) -> Result<Desired, StepError> {
    let parameters = deployment.resolved.parameters(&deployment.names);
    let mut parameters = parameters.map_err(|problem| {
        StepError::failed(Blame::Usage, problem, "shorten the setting it names")
    })?;
    let code = match Zip::find(deployment)? {
        Some(zip) => {
            let bucket = deployment.settings().code_bucket(&deployment.names);
            [("CodeBucket", bucket), ("CodeKey", zip.key)]
        }
        None => ["CodeBucket", "CodeKey"].map(|name| {
            let deployed = existing.and_then(|stack| stack.parameters.get(name));
            (name, deployed.cloned().unwrap_or_default())
        }),
    };
    for (name, value) in code {
        parameters.insert(name.to_owned(), value);
    }
    parameters.insert("ProductVersion".to_owned(), deployment.version.clone());
    // What the template has and no setting names stays what somebody made it.
    if let Some(stack) = existing {
        for name in ["TagKey", "TagValue"] {
            if let Some(value) = stack.parameters.get(name) {
                parameters.insert(name.to_owned(), value.clone());
            }
        }
    }
    let there = existing.map(|stack| stack.tags.clone()).unwrap_or_default();
    Ok(Desired {
        template: DATA_TEMPLATE,
        parameters,
        tags: tags::merged(&there, deployment),
    })
}

impl Desired {
    /// Whether the stack is like that already.
    async fn is_met_by(&self, aws: &Aws, stack: &Stack) -> Result<bool, StepError> {
        let has_parameters = self
            .parameters
            .iter()
            .all(|(name, value)| stack.parameters.get(name) == Some(value));
        if !has_parameters || self.tags != stack.tags {
            return Ok(false);
        }
        let call = aws
            .call(&services::CLOUDFORMATION, "GetTemplate")
            .on(format!("stack `{}`", stack.name))
            .body(json!({"StackName": stack.name, "TemplateStage": "Original"}));
        let template = call.send().await?;
        Ok(template.text("TemplateBody").trim() == self.template.trim())
    }

    /// Short, and the same only for the same change to the same state.
    fn change_set_name(&self, existing: Option<&Stack>) -> String {
        let state = existing.map_or("", |stack| stack.updated.as_str());
        let text = format!(
            "{}\n{:?}\n{:?}\n{state}",
            self.template, self.parameters, self.tags
        );
        format!("kiro-analytics-{}", short_hash(text))
    }
}

#[async_trait]
impl Step for DataStack {
    fn name(&self) -> &'static str {
        "data_stack"
    }

    fn title(&self) -> &'static str {
        "Data stack"
    }

    async fn check(&self, deployment: &Deployment) -> Result<(), StepError> {
        let problems = deployment.names.problems();
        if let Some(problem) = problems.first() {
            return Err(StepError::failed(
                Blame::Usage,
                problem.clone(),
                "name a shorter prefix with --prefix",
            ));
        }
        find_exports(deployment).await
    }

    async fn plan(
        &self,
        deployment: &Deployment,
        _earlier: &[StepPlan],
    ) -> Result<Planned, StepError> {
        let name = deployment.names.data_stack();
        let aws = &deployment.aws;
        let stack = Stack::find(aws, &name).await?;
        let existing = stack
            .as_ref()
            .filter(|stack| matches!(stack.state(), StackState::Settled | StackState::Stuck));
        let desired = desired(deployment, existing)?;
        match &stack {
            None => Ok(Planned::changes(vec![creation(&name)])),
            Some(stack) => match stack.state() {
                StackState::Empty => Ok(Planned::changes(vec![creation(&name)])),
                StackState::Stillborn => {
                    let cause = explained(aws, &name, &stack.reason).await?;
                    let change = Change::new(ChangeKind::Replace, format!("stack `{name}`"))
                        .detail(format!("it is in state {}: {cause}", stack.status))
                        .detail("what is left of it is deleted, then it is made again; a bucket with results stays");
                    Ok(Planned::changes(vec![change, creation(&name)]))
                }
                StackState::Moving => Err(moving(stack)),
                StackState::Stuck => {
                    let cause = explained(aws, &name, &stack.reason).await?;
                    let change = Change::new(ChangeKind::Update, format!("stack `{name}`"))
                        .detail(format!("it is in state {}: {cause}", stack.status))
                        .detail("the undoing of its last update is continued, then it is updated");
                    Ok(Planned::changes(vec![change]))
                }
                StackState::Settled => {
                    if desired.is_met_by(aws, stack).await? {
                        return Ok(Planned::default());
                    }
                    let change_set =
                        ChangeSet::new(aws, &name, desired.change_set_name(Some(stack)));
                    let changes = change_set.prepare(&desired, Some(stack)).await?;
                    let mut told = changes.unwrap_or_default();
                    told.splice(0..0, said_anew(stack, &desired));
                    if told.is_empty() {
                        told.push(
                            Change::new(ChangeKind::Update, format!("stack `{name}`"))
                                .detail("its template or its tags"),
                        );
                    }
                    Ok(Planned::changes(told))
                }
            },
        }
    }

    async fn apply(
        &self,
        deployment: &Deployment,
        _plan: &StepPlan,
        progress: &dyn Progress,
    ) -> Result<Applied, StepError> {
        let name = deployment.names.data_stack();
        let aws = &deployment.aws;
        let mut stack = Stack::find(aws, &name).await?;
        match stack.as_ref().map(Stack::state) {
            Some(StackState::Stillborn) => {
                progress.doing(&format!("deleting what is left of stack {name}"));
                delete(aws, &name, progress).await?;
                stack = None;
            }
            Some(StackState::Stuck) => {
                progress.doing(&format!("continuing the undoing of stack {name}"));
                aws.call(&services::CLOUDFORMATION, "ContinueUpdateRollback")
                    .on(format!("stack `{name}`"))
                    .body(json!({"StackName": name}))
                    .send()
                    .await?;
                stack = Some(watch(aws, &name, progress).await?);
            }
            Some(StackState::Empty) => stack = None,
            Some(StackState::Settled | StackState::Moving) | None => {}
        }
        let desired = desired(deployment, stack.as_ref())?;
        let change_set = ChangeSet::new(aws, &name, desired.change_set_name(stack.as_ref()));
        if change_set
            .prepare(&desired, stack.as_ref())
            .await?
            .is_none()
        {
            return Ok(Applied::default());
        }
        change_set.execute().await?;
        watch(aws, &name, progress).await?;
        Ok(Applied::default())
    }

    async fn forget(&self, deployment: &Deployment) -> Result<(), StepError> {
        let name = deployment.names.data_stack();
        let stack = Stack::find(&deployment.aws, &name).await?;
        let Some(stack) = stack.filter(|stack| stack.state() == StackState::Settled) else {
            return Ok(());
        };
        let desired = desired(deployment, Some(&stack))?;
        let change_set = ChangeSet::new(
            &deployment.aws,
            &name,
            desired.change_set_name(Some(&stack)),
        );
        Ok(change_set.delete().await?)
    }
}

/// Never on a guess: where no exports are, none will be read.
async fn find_exports(deployment: &Deployment) -> Result<(), StepError> {
    let folders = deployment
        .settings()
        .source_folders(deployment.aws.account());
    let buckets: BTreeSet<&str> = folders.iter().map(|place| place.bucket.as_str()).collect();
    for bucket in buckets {
        let Some(head) = deployment.aws.buckets().head(bucket).await? else {
            return Err(StepError::failed(
                Blame::Usage,
                format!("there is no bucket `{bucket}`, which `exports` names"),
                "correct `exports`; `kiro-analytics init` lists your buckets",
            ));
        };
        let there = deployment.aws.in_region(&head.region);
        let mut probed = Vec::new();
        let mut is_found = false;
        for place in folders.iter().filter(|place| place.bucket == bucket) {
            if !there
                .buckets()
                .folders(bucket, &place.folder, 1)
                .await?
                .is_empty()
            {
                is_found = true;
                break;
            }
            probed.push(format!("`s3://{bucket}/{}`", place.folder));
        }
        if !is_found {
            return Err(StepError::failed(
                Blame::Usage,
                format!(
                    "there are no exports where `exports` says: nothing lies in {}",
                    probed.join(", ")
                ),
                "correct `exports` or `accounts` (`kiro-analytics init` looks for the prefix), or wait for Kiro's first report, which comes at about 02:00 UTC",
            ));
        }
    }
    Ok(())
}

/// The parameters that get other values; of the remembered settings those that do.
fn said_anew(stack: &Stack, desired: &Desired) -> Vec<Change> {
    let mut changes = Vec::new();
    for (name, value) in &desired.parameters {
        let before = stack.parameters.get(name).map_or("", String::as_str);
        if before == value {
            continue;
        }
        if name != REMEMBERED {
            let change = Change::new(ChangeKind::Update, format!("parameter `{name}`"));
            changes.push(change.detail(format!("{} -> {}", quoted(before), quoted(value))));
            continue;
        }
        let members = |text: &str| -> BTreeMap<String, Value> {
            serde_json::from_str(text).unwrap_or_default()
        };
        let (before, after) = (members(before), members(value));
        let keys: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        for key in keys {
            let text = |values: &BTreeMap<String, Value>| {
                let value = values.get(key).map(|value| match value {
                    Value::String(text) => text.clone(),
                    other => other.to_string(),
                });
                quoted(&value.unwrap_or_default())
            };
            let (was, is) = (text(&before), text(&after));
            if was != is {
                let change = Change::new(ChangeKind::Update, format!("setting `{key}`"));
                changes.push(change.detail(format!("{was} -> {is}")));
            }
        }
    }
    changes
}

fn quoted(text: &str) -> String {
    if text.is_empty() {
        "nothing".to_owned()
    } else {
        format!("`{text}`")
    }
}

fn creation(name: &str) -> Change {
    let mut change = Change::new(ChangeKind::Create, format!("stack `{name}`"));
    for (resource, kind, condition) in resources(DATA_TEMPLATE) {
        let when = condition.map_or_else(String::new, |condition| format!(", if {condition}"));
        change = change.detail(format!("{resource} ({kind}{when})"));
    }
    change
}

fn moving(stack: &Stack) -> StepError {
    StepError::failed(
        Blame::Aws,
        format!("stack `{}` is being changed ({})", stack.name, stack.status),
        "wait until that has ended, then run the command again",
    )
}

/// Waits while something else changes the stack: a deployment that was interrupted, for example.
pub(crate) async fn wait_until_settled(
    deployment: &Deployment,
    progress: &dyn Progress,
) -> Result<(), StepError> {
    let name = deployment.names.data_stack();
    let stack = Stack::find(&deployment.aws, &name).await?;
    if stack.is_some_and(|stack| stack.state() == StackState::Moving) {
        progress.doing(&format!("waiting: stack {name} is being changed already"));
        // How it ends is the plan's matter.
        match watch(&deployment.aws, &name, progress).await {
            Ok(_) | Err(StepError::Failed { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

async fn delete(aws: &Aws, name: &str, progress: &dyn Progress) -> Result<(), StepError> {
    aws.call(&services::CLOUDFORMATION, "DeleteStack")
        .on(format!("stack `{name}`"))
        .body(json!({"StackName": name}))
        .send()
        .await?;
    let mut polling = aws.polling(WITHIN);
    while let Some(stack) = Stack::find(aws, name).await? {
        if stack.status == "DELETE_FAILED" {
            let cause = explained(aws, name, &stack.reason).await?;
            return Err(StepError::failed(
                Blame::Aws,
                format!("stack `{name}` could not be deleted: {cause}"),
                "remove what it names in the console, then run the command again",
            ));
        }
        progress.doing(&format!("stack {name}: {}", stack.status));
        if !polling.again().await {
            return Err(moving(&stack));
        }
    }
    Ok(())
}

/// Watches a stack until it has settled, telling what happens to its resources.
async fn watch(aws: &Aws, name: &str, progress: &dyn Progress) -> Result<Stack, StepError> {
    let all = resources(DATA_TEMPLATE).len() as u64;
    let mut polling = aws.polling(WITHIN);
    loop {
        let stack = Stack::find(aws, name).await?;
        let events = StackEvent::of_last_attempt(aws, name).await?;
        let done: BTreeSet<&str> = events
            .iter()
            .filter(|event| !event.is_of_stack() && event.status.ends_with("_COMPLETE"))
            .map(|event| event.resource.as_str())
            .collect();
        if let Some(last) = events.iter().rev().find(|event| !event.is_of_stack()) {
            progress.doing(&format!("{}: {}", last.resource, last.status));
        }
        progress.count(
            done.len() as u64,
            Some(all.max(done.len() as u64)),
            "resources",
        );
        let Some(stack) = stack else {
            let cause = told(&events, "it is gone");
            return Err(unmade(name, "DELETE_COMPLETE", &cause));
        };
        if stack.state() != StackState::Moving {
            let is_good = matches!(
                stack.status.as_str(),
                "CREATE_COMPLETE" | "UPDATE_COMPLETE" | "IMPORT_COMPLETE"
            );
            if is_good {
                return Ok(stack);
            }
            return Err(unmade(name, &stack.status, &told(&events, &stack.reason)));
        }
        if !polling.again().await {
            return Err(moving(&stack));
        }
    }
}

fn unmade(name: &str, status: &str, cause: &str) -> StepError {
    StepError::failed(
        Blame::Aws,
        format!("stack `{name}` could not be deployed ({status}): {cause}"),
        "remove the cause, then run the command again: it explains what is left and, after asking, cleans it",
    )
}

async fn explained(aws: &Aws, name: &str, otherwise: &str) -> Result<String, StepError> {
    let events = StackEvent::of_last_attempt(aws, name).await?;
    Ok(told(&events, otherwise))
}

fn told(events: &[StackEvent], otherwise: &str) -> String {
    match first_cause(events) {
        Some(event) => format!("`{}` ({}): {}", event.resource, event.kind, event.reason),
        None if otherwise.is_empty() => "CloudFormation gives no reason".to_owned(),
        None => otherwise.to_owned(),
    }
}
