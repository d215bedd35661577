//! The desired data stack, derived from the settings, and its differences from the existing one.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_cloudformation::types::{Parameter, Tag, TemplateStage};
use kiro_config::REMEMBERED;
use serde_json::{Value, json};

use super::function_code::Zip;
use super::function_kind::FunctionKind;
use super::template::DATA_TEMPLATE;
use crate::aws::{Aws, AwsErrorKind, Context};
use crate::digest::short_hash;
use crate::settings::stack_parameters;
use crate::stack::Stack;
use crate::step::{Change, ChangeKind, Deployment, ErrorCategory, StepError};
use crate::tags;

/// The desired stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DesiredStack {
    pub(crate) template: &'static str,
    pub(crate) parameters: BTreeMap<String, String>,
    pub(crate) tags: BTreeMap<String, String>,
}

impl DesiredStack {
    /// Derives the stack from the settings.
    pub(crate) async fn of(
        deployment: &Deployment,
        existing: Option<&Stack>,
    ) -> Result<Self, StepError> {
        let mut desired = Self::from_settings(deployment, existing)?;
        let owner = source_owner(deployment, existing).await;
        let parameters = &mut desired.parameters;
        parameters.insert("SourceOwner".to_owned(), owner);
        Ok(desired)
    }

    /// Like [`Self::of`], but makes no call: the owner of the export buckets is that of the existing stack.
    pub(crate) fn from_settings(
        deployment: &Deployment,
        existing: Option<&Stack>,
    ) -> Result<Self, StepError> {
        let parameters = stack_parameters(&deployment.resolved, &deployment.names);
        let mut parameters = parameters.map_err(|problem| {
            StepError::failed(
                ErrorCategory::Usage,
                problem,
                "shorten the setting it names",
            )
        })?;
        parameters.extend(code_parameters(
            deployment,
            FunctionKind::NormalizeReport,
            existing,
        )?);
        parameters.insert("ProductVersion".to_owned(), deployment.version.clone());
        // Parameters without a setting keep their values.
        if let Some(stack) = existing {
            for name in ["SourceOwner", "TagKey", "TagValue"] {
                if let Some(value) = stack.parameters.get(name) {
                    parameters.insert(name.to_owned(), value.clone());
                }
            }
        }
        let existing_tags = existing.map(|stack| stack.tags.clone()).unwrap_or_default();
        Ok(Self {
            template: DATA_TEMPLATE,
            parameters,
            tags: tags::merged(&existing_tags, deployment),
        })
    }

    /// A stack with a function, by the values of its other parameters. The tags of the existing stack stay.
    ///
    /// # Errors
    ///
    /// If the function's zip cannot be read.
    pub(super) fn with_function(
        deployment: &Deployment,
        existing: Option<&Stack>,
        template: &'static str,
        kind: FunctionKind,
        values: impl IntoIterator<Item = (&'static str, String)>,
    ) -> Result<Self, StepError> {
        let values = values
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value));
        let code = code_parameters(deployment, kind, existing)?;
        let existing_tags = existing.map(|stack| stack.tags.clone()).unwrap_or_default();
        Ok(Self {
            template,
            parameters: values.chain(code).collect(),
            tags: tags::merged(&existing_tags, deployment),
        })
    }

    /// The parameters as a file for `aws cloudformation --parameters`.
    pub(crate) fn parameter_list(&self) -> Value {
        let parameters = self.parameters.iter();
        parameters
            .map(|(name, value)| json!({"ParameterKey": name, "ParameterValue": value}))
            .collect()
    }

    /// The tags as a file for `aws cloudformation --tags`.
    pub(crate) fn tag_list(&self) -> Value {
        let tags = self.tags.iter();
        tags.map(|(key, value)| json!({"Key": key, "Value": value}))
            .collect()
    }

    pub(super) fn parameters(&self) -> Vec<Parameter> {
        let parameters = self.parameters.iter().map(|(name, value)| {
            Parameter::builder()
                .parameter_key(name)
                .parameter_value(value)
                .build()
        });
        parameters.collect()
    }

    pub(super) fn tags(&self) -> Vec<Tag> {
        let tags = self.tags.iter();
        tags.map(|(key, value)| Tag::builder().key(key).value(value).build())
            .collect()
    }

    /// Returns true if the stack already matches.
    pub(super) async fn matches(&self, aws: &Aws, stack: &Stack) -> Result<bool, StepError> {
        let has_parameters = self
            .parameters
            .iter()
            .all(|(name, value)| stack.parameters.get(name) == Some(value));
        if !has_parameters || self.tags != stack.tags {
            return Ok(false);
        }
        let template = aws
            .clients()
            .cloudformation
            .get_template()
            .stack_name(stack.address())
            .template_stage(TemplateStage::Original)
            .send()
            .await
            .context(
                aws,
                "cloudformation:GetTemplate",
                format!("stack `{}`", stack.name),
            )?;
        Ok(template.template_body().unwrap_or_default().trim() == self.template.trim())
    }

    /// Identifies the change and the state of the stack that it applies to.
    pub(super) fn change_set_name(&self, existing: Option<&Stack>) -> String {
        let state = existing.map_or("", |stack| stack.updated.as_str());
        let text = format!(
            "{}\n{:?}\n{:?}\n{state}",
            self.template, self.parameters, self.tags
        );
        format!("kiro-analytics-{}", short_hash(text))
    }

    /// The parameters whose values change, and the settings that change in the stored JSON.
    pub(super) fn changed_parameters(&self, stack: &Stack) -> Vec<Change> {
        let mut changes = Vec::new();
        for (name, value) in &self.parameters {
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
}

/// Bucket and key of a function's zip; those of the existing stack if there is no zip on this machine.
///
/// # Errors
///
/// If the zip cannot be read.
fn code_parameters(
    deployment: &Deployment,
    kind: FunctionKind,
    existing: Option<&Stack>,
) -> Result<[(String, String); 2], StepError> {
    let names = ["CodeBucket", "CodeKey"];
    Ok(match Zip::find(deployment, kind)? {
        Some(zip) => {
            let bucket = deployment.names.code_bucket(deployment.settings());
            let [bucket_name, key_name] = names.map(str::to_owned);
            [(bucket_name, bucket), (key_name, zip.key)]
        }
        None => names.map(|name| {
            let deployed = existing.and_then(|stack| stack.parameters.get(name));
            (name.to_owned(), deployed.cloned().unwrap_or_default())
        }),
    })
}

/// This account, if it owns all buckets with exports; empty if it does not. If that is unknown, the deployed value is kept.
async fn source_owner(deployment: &Deployment, existing: Option<&Stack>) -> String {
    let aws = &deployment.aws;
    let folders = deployment.settings().source_folders(aws.account());
    let buckets: BTreeSet<&str> = folders
        .iter()
        .map(|folder| folder.bucket.as_str())
        .collect();
    let deployed = || {
        let deployed = existing.and_then(|stack| stack.parameters.get("SourceOwner"));
        deployed.cloned().unwrap_or_default()
    };
    for bucket in buckets {
        let Ok(Some(head)) = aws.buckets().head(bucket).await else {
            return deployed();
        };
        let regional = aws.in_region(&head.region);
        match regional.buckets().owned().head(bucket).await {
            Ok(Some(_)) => {}
            Err(error) if error.kind == AwsErrorKind::ForeignOwner => return String::new(),
            Ok(None) | Err(_) => return deployed(),
        }
    }
    aws.account().to_owned()
}

fn quoted(text: &str) -> String {
    if text.is_empty() {
        "nothing".to_owned()
    } else {
        format!("`{text}`")
    }
}
