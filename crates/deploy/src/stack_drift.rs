//! Drift: differences between a stack's resources and its template and parameters.
//!
//! Compares the properties that keep a deployment working, with one call per resource. A complete
//! comparison is `DetectStackDrift`, which takes minutes. A change set with `DeploymentMode=REVERT_DRIFT` corrects the drift.

use aws_sdk_cloudwatch::types::MetricAlarm;
use aws_sdk_s3::error::ProvideErrorMetadata;
use aws_sdk_s3::types::BucketVersioningStatus;
use aws_sdk_scheduler::operation::get_schedule::GetScheduleOutput;
use aws_sdk_scheduler::types::ScheduleState;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures::future::join_all;

use crate::aws::{Aws, AwsError, Context, Optional};
use crate::observed_stack::{ObservedStack, alarm_resources, physical_id};
use crate::stack::Stack;
use crate::stack_resources::StackResource;

/// Timeout of the function in the template, in seconds.
const FUNCTION_SECONDS: i32 = 900;

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Drift {
    /// One line per difference: "function `x` does not exist".
    pub(crate) differences: Vec<String>,
    /// What could not be read.
    pub(crate) errors: Vec<AwsError>,
}

impl Drift {
    /// Reads and compares the resources of a stack that is settled.
    pub(crate) async fn find(aws: &Aws, stack: &Stack, resources: &[StackResource]) -> Self {
        let observed = ObservedStack::read(aws, stack, resources).await;
        let mut drift = Self::compare(aws, stack, resources, &observed).await;
        let unread = [observed.schedule.err(), observed.alarms.err()];
        drift.errors.extend(unread.into_iter().flatten());
        drift
    }

    /// Compares the resources of a stack that is settled, with a schedule and alarms that have been read. Ignores errors of that
    /// read: the caller has them.
    pub(crate) async fn compare(
        aws: &Aws,
        stack: &Stack,
        resources: &[StackResource],
        observed: &ObservedStack,
    ) -> Self {
        let (functions, buckets) = tokio::join!(
            join_all(
                names_of(resources, "AWS::Lambda::Function")
                    .map(|name| { Box::pin(function(aws, stack, name)) })
            ),
            join_all(
                names_of(resources, "AWS::S3::Bucket").map(|name| Box::pin(bucket(aws, name)))
            ),
        );
        let mut drift = Self::default();
        for function in functions {
            drift.add(function);
        }
        if let Some(name) = physical_id(resources, "Schedule")
            && let Ok(found) = &observed.schedule
        {
            let differences = schedule(stack, name, found.as_ref());
            drift.differences.extend(differences);
        }
        for bucket in buckets {
            drift.add(bucket);
        }
        if let Ok(found) = &observed.alarms {
            drift.differences.extend(alarms(resources, found));
        }
        drift
    }

    fn add(&mut self, found: Differences) {
        match found {
            Ok(differences) => self.differences.extend(differences),
            Err(error) => self.errors.push(error),
        }
    }
}

type Differences = Result<Vec<String>, AwsError>;

/// The names in the account of all resources of a type that have been created.
fn names_of<'a>(
    resources: &'a [StackResource],
    kind: &'static str,
) -> impl Iterator<Item = &'a str> {
    let found = resources
        .iter()
        .filter(move |resource| resource.kind == kind);
    let names = found.map(|resource| resource.physical_id.as_str());
    names.filter(|name| !name.is_empty())
}

async fn function(aws: &Aws, stack: &Stack, name: &str) -> Differences {
    let title = format!("function `{name}`");
    let found = aws
        .clients()
        .lambda
        .get_function_configuration()
        .function_name(name)
        .send()
        .await
        .context(aws, "lambda:GetFunctionConfiguration", title.clone())
        .optional()?;
    let Some(found) = found else {
        return Ok(vec![format!("{title} does not exist")]);
    };
    let mut differences = Vec::new();
    let memory = stack.parameters.get("MemoryMegabytes");
    let expected: Option<i32> = memory.and_then(|text| text.parse().ok());
    if let (Some(expected), Some(actual)) = (expected, found.memory_size())
        && expected != actual
    {
        differences.push(format!(
            "{title} has {actual} MB of memory, expected {expected}"
        ));
    }
    if let Some(seconds) = found.timeout()
        && seconds != FUNCTION_SECONDS
    {
        differences.push(format!(
            "{title} has a timeout of {seconds} seconds, expected {FUNCTION_SECONDS}"
        ));
    }
    let key = stack.parameters.get("CodeKey").map_or("", String::as_str);
    let code = found
        .code_sha256()
        .and_then(|text| STANDARD.decode(text).ok());
    if let (Some(expected), Some(actual)) = (hash_of_key(key), code)
        && !hex::encode(&actual).starts_with(expected)
    {
        differences.push(format!("{title} runs other code than `{key}`"));
    }
    Ok(differences)
}

/// The hash in the key of a zip that this program has uploaded: `functions/normalize-report-arm64-<16 hex>.zip`.
fn hash_of_key(key: &str) -> Option<&str> {
    let (_, hash) = key.strip_suffix(".zip")?.rsplit_once('-')?;
    let is_hash = hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hash.then_some(hash)
}

fn schedule(stack: &Stack, name: &str, found: Option<&GetScheduleOutput>) -> Vec<String> {
    let title = format!("schedule `{name}`");
    let Some(found) = found else {
        return vec![format!("{title} does not exist")];
    };
    let state = found.state().map_or("", ScheduleState::as_str);
    let compared = [
        ("ScheduleState", state),
        (
            "ScheduleExpression",
            found.schedule_expression().unwrap_or_default(),
        ),
        (
            "ScheduleTimeZone",
            found.schedule_expression_timezone().unwrap_or_default(),
        ),
    ];
    let differences = compared.into_iter().filter_map(|(parameter, actual)| {
        let expected = stack.parameters.get(parameter)?;
        (!actual.is_empty() && expected != actual)
            .then(|| format!("{title} has `{actual}`, expected `{expected}`"))
    });
    differences.collect()
}

fn alarms(resources: &[StackResource], found: &[MetricAlarm]) -> Vec<String> {
    let differences = alarm_resources(resources).filter_map(|resource| {
        let alarm = found
            .iter()
            .find(|alarm| alarm.alarm_name() == Some(&resource.physical_id));
        match alarm {
            None => Some(format!("alarm `{}` does not exist", resource.logical_id)),
            Some(alarm) if alarm.actions_enabled() == Some(false) => {
                Some(format!("alarm `{}` is switched off", resource.logical_id))
            }
            Some(_) => None,
        }
    });
    differences.collect()
}

async fn bucket(aws: &Aws, name: &str) -> Differences {
    let title = format!("bucket `{name}`");
    let buckets = aws.buckets().owned();
    let versioning = buckets
        .client()
        .get_bucket_versioning()
        .bucket(name)
        .set_expected_bucket_owner(buckets.owner())
        .send()
        .await;
    if let Err(error) = &versioning
        && error.code() == Some("NoSuchBucket")
    {
        return Ok(vec![format!("{title} does not exist")]);
    }
    let versioning = versioning.context(aws, "s3:GetBucketVersioning", title.clone())?;
    let policy = buckets.policy(name).await?;
    let is_closed = buckets.blocks_public_access(name).await?;
    let mut differences = Vec::new();
    if versioning.status() != Some(&BucketVersioningStatus::Enabled) {
        differences.push(format!("{title} has no versioning"));
    }
    if !policy.is_some_and(|policy| policy.contains("aws:SecureTransport")) {
        differences.push(format!("{title} has no policy that requires TLS"));
    }
    if !is_closed {
        differences.push(format!("{title} does not block public access"));
    }
    Ok(differences)
}

#[cfg(test)]
mod tests {
    use super::hash_of_key;

    #[test]
    fn a_foreign_key_has_no_hash() {
        assert_eq!(
            hash_of_key("functions/normalize-report-arm64-0123456789abcdef.zip"),
            Some("0123456789abcdef")
        );
        assert_eq!(hash_of_key("my/normalize-report.zip"), None);
    }
}
