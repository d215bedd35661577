//! What should be there by settings and stack, and is not.

use chrono::NaiveDate;
use kiro_curate::Catalogue;
use kiro_dashboard::Spec;
use kiro_dashboard::quicksight::datasets;

use super::{Status, StatusProblem, StatusQuestion};
use crate::aws::{Aws, AwsError, Context, Optional};
use crate::names::Names;
use crate::settings::DeploymentSettings;
use crate::stack::Stack;
use crate::stack_resources::StackResource;
use crate::step::Blame;
use crate::steps::assets_of;

const MAKE_AGAIN: &str = "`kiro-analytics deploy` makes it again";

/// A problem if the function of the stack does not exist.
pub(super) async fn function(aws: &Aws, stack: &Stack) -> Result<Option<StatusProblem>, AwsError> {
    let name = stack.output("NormalizerName");
    if name.is_empty() {
        return Ok(None);
    }
    let call = aws.clients().lambda.get_function_configuration();
    let found = call
        .function_name(name)
        .send()
        .await
        .context(
            aws,
            "lambda:GetFunctionConfiguration",
            format!("function `{name}`"),
        )
        .optional()?;
    Ok(found.is_none().then(|| {
        StatusProblem::new(
            Blame::Aws,
            format!("function `{name}` does not exist"),
            MAKE_AGAIN,
        )
    }))
}

/// Schedule, alarms and data sets that are missing or switched off. `sees_quicksight`: data sets could be listed.
pub(super) fn missing(
    question: &StatusQuestion<'_>,
    status: &Status,
    resources: &[StackResource],
    sees_quicksight: bool,
) -> Vec<StatusProblem> {
    let mut problems = schedule(question, status);
    problems.extend(alarms(status, resources));
    if question.settings.quicksight && sees_quicksight {
        problems.extend(data_sets(question.names, question.settings, status));
    }
    problems
}

fn schedule(question: &StatusQuestion<'_>, status: &Status) -> Vec<StatusProblem> {
    let name = question.stack.output("ScheduleName");
    if name.is_empty() || !question.settings.scheduled {
        return Vec::new();
    }
    // A schedule that could not be asked for is a problem already.
    let is_told = |problem: &StatusProblem| problem.what.contains(":GetSchedule`");
    let problem = match &status.schedule {
        None if status.problems.iter().any(is_told) => return Vec::new(),
        None => StatusProblem::new(
            Blame::Aws,
            format!("schedule `{name}` does not exist: nothing is read"),
            MAKE_AGAIN,
        ),
        Some(schedule) if schedule.state == "DISABLED" => StatusProblem::new(
            Blame::Usage,
            format!("schedule `{name}` is switched off: nothing is read"),
            "switch it on in the console (EventBridge, Schedules), or say `scheduled = false` in the settings",
        ),
        Some(_) => return Vec::new(),
    };
    vec![problem]
}

fn alarms(status: &Status, resources: &[StackResource]) -> Vec<StatusProblem> {
    let is_told = |problem: &StatusProblem| problem.what.contains(":DescribeAlarms`");
    if status.problems.iter().any(is_told) {
        return Vec::new();
    }
    let declared = resources.iter().filter(|resource| {
        resource.kind == "AWS::CloudWatch::Alarm" && !resource.physical_id.is_empty()
    });
    let gone = declared.filter(|resource| {
        let mut found = status.alarms.iter();
        !found.any(|alarm| alarm.name == resource.logical_id)
    });
    gone.map(|resource| {
        StatusProblem::new(
            Blame::Aws,
            format!("alarm {} does not exist", resource.logical_id),
            MAKE_AGAIN,
        )
    })
    .collect()
}

/// The data sets of the built-in dashboard. Which ones a dashboard of somebody's own needs, only its file says.
fn data_sets(names: &Names, settings: &DeploymentSettings, status: &Status) -> Vec<StatusProblem> {
    let is_there = |id: &String| {
        status.data_sets.iter().any(|data_set| data_set.id == *id)
            || status
                .problems
                .iter()
                .any(|problem| problem.what.contains(&format!("`{id}`")))
    };
    let missing = needed(names, settings)
        .into_iter()
        .filter(|id| !is_there(id));
    missing
        .map(|id| StatusProblem::new(Blame::Aws, format!("missing: data set `{id}`"), MAKE_AGAIN))
        .collect()
}

fn needed(names: &Names, settings: &DeploymentSettings) -> Vec<String> {
    if settings.dashboard != "builtin" {
        return Vec::new();
    }
    let Ok(catalogue) = Catalogue::render(&settings.render_options(names)) else {
        return Vec::new();
    };
    let Ok(spec) = Spec::builtin(&catalogue, &settings.views) else {
        return Vec::new();
    };
    let assets = assets_of(names, settings);
    let found = datasets(&spec, &catalogue, &assets, settings.language()).unwrap_or_default();
    found.into_iter().map(|data_set| data_set.id).collect()
}

/// A problem if the newest day is older than the settings allow: the alarm for that comes a day later.
pub(super) fn stale(question: &StatusQuestion<'_>, status: &Status) -> Option<StatusProblem> {
    let newest = status.newest_day.as_deref()?;
    let date: NaiveDate = newest.parse().ok()?;
    let days = (question.now.date_naive() - date).num_days();
    let allowed = question.settings.stale_after_days;
    (u64::try_from(days).is_ok_and(|days| days > allowed)).then(|| {
        StatusProblem::new(
            Blame::Data,
            format!("the newest day is {newest}, {days} days ago: more than the {allowed} of `stale_after_days`"),
            "`kiro-analytics preflight` looks whether exports still come, `kiro-analytics logs` whether they can be read",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::{Status, alarms};
    use crate::stack_resources::StackResource;
    use crate::status::AlarmStatus;

    #[test]
    fn an_alarm_of_the_stack_that_does_not_exist_is_a_problem() {
        let resource = |logical_id: &str| StackResource {
            logical_id: logical_id.to_owned(),
            physical_id: format!("kiro-{logical_id}"),
            kind: "AWS::CloudWatch::Alarm".to_owned(),
            status: "CREATE_COMPLETE".to_owned(),
        };
        let status = Status {
            alarms: vec![AlarmStatus {
                name: "FailedAlarm".to_owned(),
                state: "OK".to_owned(),
                meaning: String::new(),
            }],
            ..Status::default()
        };
        let problems = alarms(&status, &[resource("FailedAlarm"), resource("NotRunAlarm")]);
        let told: Vec<&str> = problems
            .iter()
            .map(|problem| problem.what.as_str())
            .collect();
        assert_eq!(told, ["alarm NotRunAlarm does not exist"]);
    }
}
