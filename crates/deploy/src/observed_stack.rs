//! The schedule and the alarms of a stack, read once for `status` and for the drift comparison.

use aws_sdk_cloudwatch::operation::describe_alarms::DescribeAlarmsOutput;
use aws_sdk_cloudwatch::types::MetricAlarm;
use aws_sdk_scheduler::operation::get_schedule::GetScheduleOutput;

use crate::aws::{Aws, AwsError, Context, Optional};
use crate::stack::Stack;
use crate::stack_resources::StackResource;

/// The results of both reads. One can fail without the other.
#[derive(Debug)]
pub(crate) struct ObservedStack {
    /// None if the stack has no schedule, or if it does not exist.
    pub(crate) schedule: Result<Option<GetScheduleOutput>, AwsError>,
    pub(crate) alarms: Result<Vec<MetricAlarm>, AwsError>,
}

impl ObservedStack {
    pub(crate) async fn read(aws: &Aws, stack: &Stack, resources: &[StackResource]) -> Self {
        let name = physical_id(resources, "Schedule");
        let name = name.unwrap_or_else(|| stack.output("ScheduleName"));
        let (schedule, alarms) = tokio::join!(schedule(aws, name), alarms(aws, resources));
        Self { schedule, alarms }
    }
}

/// The name of a resource in the account, by its name in the template; none if it was never created.
pub(crate) fn physical_id<'a>(resources: &'a [StackResource], logical_id: &str) -> Option<&'a str> {
    let found = resources
        .iter()
        .find(|resource| resource.logical_id == logical_id)?;
    Some(found.physical_id.as_str()).filter(|id| !id.is_empty())
}

/// The alarms among the resources of a stack that have been created.
pub(crate) fn alarm_resources(
    resources: &[StackResource],
) -> impl Iterator<Item = &StackResource> + Clone {
    resources.iter().filter(|resource| {
        resource.kind == "AWS::CloudWatch::Alarm" && !resource.physical_id.is_empty()
    })
}

async fn schedule(aws: &Aws, name: &str) -> Result<Option<GetScheduleOutput>, AwsError> {
    if name.is_empty() {
        return Ok(None);
    }
    let call = aws.clients().scheduler.get_schedule().name(name);
    let found = call.send().await;
    found
        .context(aws, "scheduler:GetSchedule", format!("schedule `{name}`"))
        .optional()
}

async fn alarms(aws: &Aws, resources: &[StackResource]) -> Result<Vec<MetricAlarm>, AwsError> {
    let names: Vec<String> = alarm_resources(resources)
        .map(|resource| resource.physical_id.clone())
        .collect();
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let call = aws.clients().cloudwatch.describe_alarms();
    let pages = call.set_alarm_names(Some(names)).into_paginator().send();
    let pages: Vec<DescribeAlarmsOutput> =
        pages
            .try_collect()
            .await
            .context(aws, "cloudwatch:DescribeAlarms", "the alarms")?;
    let alarms = pages
        .into_iter()
        .flat_map(|page| page.metric_alarms.unwrap_or_default());
    Ok(alarms.collect())
}
