//! The status of a deployment: everything that was read, and the problems found in it.

use chrono::{DateTime, TimeDelta, Utc};
use kiro_config::Config;
use serde::Serialize;

use super::chain::{self, ChainInput, ChainStep};
use super::parts::{self, Parts};
use super::problem::{self, StatusProblem};
use super::quicksight::{self, DashboardStatus, DataSetStatus};
use super::reports::ReportsStatus;
use super::stacks::{self, AlarmStatus, ScheduleStatus, StackStatus};
use super::{costs, expected};
use crate::aws::{Aws, AwsError};
use crate::export_arrival::ExportArrival;
use crate::names::Names;
use crate::observed_stack::ObservedStack;
use crate::runs::{Log, Run, shown};
use crate::stack::Stack;
use crate::stack_resources::StackResource;
use crate::step::ErrorCategory;
use crate::steps::{IdentityLayer, MapObject};

/// Days of the log that are searched for the last run.
const LOG_DAYS: i64 = 8;

/// The status of a deployment.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Status {
    pub prefix: String,
    pub account: String,
    pub region: String,
    pub at: String,
    /// The version of this program.
    pub version: String,
    pub stacks: Vec<StackStatus>,
    /// The last run of the normalizer; none if it has not run within eight days.
    pub normalization: Option<Run>,
    /// The newest day with activity or of an export.
    pub newest_day: Option<String>,
    pub parts: Option<Parts>,
    /// The map of names; none without identity mapping, or before its first run.
    pub names: Option<MapObject>,
    pub schedule: Option<ScheduleStatus>,
    /// None without reports on a schedule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reports: Option<ReportsStatus>,
    pub alarms: Vec<AlarmStatus>,
    pub data_sets: Vec<DataSetStatus>,
    pub dashboard: Option<DashboardStatus>,
    /// From the exports to the dashboard.
    pub chain: Vec<ChainStep>,
    pub costs: Vec<String>,
    /// The problems that were found.
    pub problems: Vec<StatusProblem>,
}

/// The input of [`Status::observe`].
pub struct StatusRequest<'a> {
    pub aws: &'a Aws,
    pub names: &'a Names,
    pub settings: &'a Config,
    pub stack: &'a Stack,
    /// The version of this program.
    pub version: &'a str,
    pub now: DateTime<Utc>,
}

impl Status {
    /// Reads everything. A failed read becomes a problem and hides nothing else.
    pub async fn observe(request: &StatusRequest<'_>) -> Self {
        let StatusRequest {
            aws,
            names,
            settings,
            stack,
            now,
            ..
        } = request;
        let mut status = Self {
            prefix: names.prefix.clone(),
            account: names.account.clone(),
            region: names.region.clone(),
            at: shown(*now),
            version: request.version.to_owned(),
            ..Self::default()
        };
        let resources = StackResource::of_stack(aws, &stack.name).await;
        let resources = status.or_problem(resources).unwrap_or_default();
        let identity_stack = names.identity_stack();
        let follow_up_stack = names.follow_up_stack();
        let reports_stack = names.reports_stack();
        let group = stack.output("NormalizerLogGroupName");
        let since = *now - TimeDelta::days(LOG_DAYS);
        let stack_state = async {
            let observed = ObservedStack::read(aws, stack, &resources).await;
            let drift = stacks::drift(aws, stack, &resources, &observed).await;
            (observed, drift)
        };
        let ((observed, drift), identity, follow_up, reports, runs, parts, visible, arrival) = tokio::join!(
            stack_state,
            Stack::find(aws, &identity_stack),
            Stack::find(aws, &follow_up_stack),
            Stack::find(aws, &reports_stack),
            Log::runs(aws, group, since),
            parts::count(aws, stack.output("ResultsBucketName")),
            quicksight::observe(aws, names, settings),
            ExportArrival::find(aws, settings),
        );
        status.problems.extend(drift);
        status.stacks.push(StackStatus::of(stack));
        let identity = status.or_problem(identity).flatten();
        status.observe_identity(request, identity).await;
        let follow_up = status.or_problem(follow_up).flatten();
        status.observe_follow_up_stack(request, follow_up).await;
        let reports = status.or_problem(reports).flatten();
        status.observe_reports_stack(request, reports).await;
        let runs = status.or_problem(runs).unwrap_or_default();
        let reading = runs.iter().rfind(|run| run.files_processed > 0).cloned();
        status.normalization = runs.last().cloned();
        status.parts = status.or_problem(parts).flatten();
        let schedule = status.or_problem(observed.schedule).flatten();
        status.schedule = schedule.map(ScheduleStatus::of);
        let alarms = status.or_problem(observed.alarms).unwrap_or_default();
        status
            .alarms
            .splice(0..0, stacks::alarms(&alarms, &resources));
        let visible = status.or_problem(visible);
        let is_visible = visible.is_some();
        if let Some((data_sets, dashboard, problems)) = visible {
            status.data_sets = data_sets;
            status.dashboard = dashboard;
            status.problems.extend(problems);
        }
        let last_run = status.normalization.as_ref();
        let newest = last_run.and_then(|run| run.newest_day.clone());
        let parts = status.parts.as_ref();
        status.newest_day = newest.or_else(|| parts?.newest_export_day.clone());
        let input = ChainInput {
            arrival: &arrival,
            last_reading_run: reading.as_ref(),
        };
        status.chain = chain::chain(&status, &input);
        let hours = settings.missed_after_hours;
        let late = chain::problems(&status.chain, &input, hours, *now);
        status.problems.extend(late);
        status.costs = costs::hints(&status);
        status.add_problems(request.settings.quicksight && is_visible);
        if settings.quicksight && is_visible {
            let missing = expected::missing_data_sets(names, settings, &status);
            status.problems.extend(missing);
            let rules = expected::wrong_rules(names, settings, &status);
            status.problems.extend(rules);
        }
        status.problems.extend(expected::stale(request, &status));
        status.problems = problem::grouped(std::mem::take(&mut status.problems));
        status
    }

    /// The stack of names; a problem if it is wanted and missing.
    async fn observe_identity(&mut self, request: &StatusRequest<'_>, stack: Option<Stack>) {
        if let Some(stack) = stack {
            self.stacks.push(StackStatus::of(&stack));
            self.observe_names(request, &stack).await;
        } else if request.settings.identity_mapping {
            self.problems.push(StatusProblem::new(
                ErrorCategory::Usage,
                format!(
                    "identity mapping is on, and there is no stack `{}`",
                    request.names.identity_stack()
                ),
                "`kiro-analytics deploy` creates it",
            ));
        }
    }

    /// The stack of imports and alerts; a problem if it is wanted and missing.
    async fn observe_follow_up_stack(&mut self, request: &StatusRequest<'_>, stack: Option<Stack>) {
        if let Some(stack) = stack {
            self.stacks.push(StackStatus::of(&stack));
            self.observe_follow_up(request.aws, &stack).await;
        } else if request.settings.follows_runs() {
            let name = request.names.follow_up_stack();
            self.problems
                .push(missing_follow_up(&name, request.settings));
        }
    }

    /// The stack of reports; a problem if it is wanted and missing.
    async fn observe_reports_stack(&mut self, request: &StatusRequest<'_>, stack: Option<Stack>) {
        if let Some(stack) = stack {
            self.stacks.push(StackStatus::of(&stack));
            self.observe_reports(request.aws, &stack, request.now).await;
        } else if request.settings.writes_reports() {
            self.problems.push(StatusProblem::new(
                ErrorCategory::Usage,
                format!(
                    "there is no stack `{}`: no reports are written",
                    request.names.reports_stack()
                ),
                "`kiro-analytics deploy` creates it",
            ));
        }
    }

    /// Reads the drift and the alarms of the identity stack, and the map.
    async fn observe_names(&mut self, request: &StatusRequest<'_>, stack: &Stack) {
        let aws = request.aws;
        if !request.settings.identity_mapping {
            self.problems.push(StatusProblem::new(
                ErrorCategory::Usage,
                format!(
                    "identity mapping is off, and stack `{}` and its buckets still hold names",
                    stack.name
                ),
                "`kiro-analytics deploy` removes them",
            ));
        }
        let alarms = self.observe_stack(aws, stack).await.into_iter();
        self.alarms.extend(alarms.map(AlarmStatus::of_names));
        if let Some(layer) = IdentityLayer::of(stack) {
            let map = layer.map(aws).await;
            self.names = self.or_problem(map).flatten();
            let names = self.names.as_ref();
            let too_many = names.and_then(MapObject::problem_of_rules);
            if let Some(what) = too_many.filter(|_| request.settings.restricts_rows()) {
                let hint = "docs/people.md: Who may see what";
                let problem = StatusProblem::new(ErrorCategory::Data, what, hint);
                self.problems.push(problem);
            }
            if self.names.is_none() && request.settings.identity_mapping {
                self.problems.push(StatusProblem::new(
                    ErrorCategory::Data,
                    "there is no map of names yet",
                    "`kiro-analytics refresh` makes it",
                ));
            }
        }
    }

    /// Reads the drift and the alarms of the follow-up stack.
    async fn observe_follow_up(&mut self, aws: &Aws, stack: &Stack) {
        let alarms = self.observe_stack(aws, stack).await.into_iter();
        self.alarms.extend(alarms.map(AlarmStatus::of_follow_up));
    }

    /// Reads the drift and the alarms of the reports stack, and the reports.
    async fn observe_reports(&mut self, aws: &Aws, stack: &Stack, now: DateTime<Utc>) {
        let alarms = self.observe_stack(aws, stack).await.into_iter();
        self.alarms.extend(alarms.map(AlarmStatus::of_reports));
        let reports = ReportsStatus::observe(aws, stack, now).await;
        self.reports = self.or_problem(reports);
    }

    /// Adds the drift of a stack to the problems. Returns its alarms.
    async fn observe_stack(&mut self, aws: &Aws, stack: &Stack) -> Vec<AlarmStatus> {
        let resources = StackResource::of_stack(aws, stack.address()).await;
        let resources = self.or_problem(resources).unwrap_or_default();
        let observed = ObservedStack::read(aws, stack, &resources).await;
        let drift = stacks::drift(aws, stack, &resources, &observed).await;
        self.problems.extend(drift);
        let alarms = self.or_problem(observed.alarms).unwrap_or_default();
        stacks::alarms(&alarms, &resources)
    }

    /// Returns the value. An error becomes a problem.
    fn or_problem<T>(&mut self, found: Result<T, AwsError>) -> Option<T> {
        match found {
            Ok(found) => Some(found),
            Err(error) => {
                self.problems.push(StatusProblem::of(&error));
                None
            }
        }
    }

    /// The category of the most severe problem; none without problems.
    pub fn category(&self) -> Option<ErrorCategory> {
        let has = |category: ErrorCategory| {
            self.problems
                .iter()
                .any(|problem| problem.category == category)
        };
        [
            ErrorCategory::Aws,
            ErrorCategory::Usage,
            ErrorCategory::Data,
        ]
        .into_iter()
        .find(|category| has(*category))
    }

    /// Adds the problems of the observed values. `has_dashboard`: the settings ask for a dashboard, and it could be read.
    fn add_problems(&mut self, has_dashboard: bool) {
        let mut found = Vec::new();
        for stack in &self.stacks {
            found.extend(stack.problem());
        }
        match &self.normalization {
            None => found.push(StatusProblem::new(
                ErrorCategory::Data,
                format!("the normalizer has not run in the last {LOG_DAYS} days"),
                "`kiro-analytics refresh` runs it now; also check the schedule",
            )),
            Some(run) if run.files_failed > 0 => found.push(StatusProblem::new(
                ErrorCategory::Data,
                match run.files_failed {
                    1 => "an export could not be read".to_owned(),
                    failed => format!("{failed} exports could not be read"),
                },
                "`kiro-analytics logs` lists them with the reasons",
            )),
            Some(_) => {}
        }
        for alarm in self.alarms.iter().filter(|alarm| alarm.state == "ALARM") {
            found.push(StatusProblem::new(
                ErrorCategory::Data,
                format!("alarm {}: {}", alarm.name, alarm.meaning),
                alarm.hint(),
            ));
        }
        found.extend(DataSetStatus::problems(&self.data_sets));
        if let Some(dashboard) = &self.dashboard {
            found.extend(dashboard.problem());
        } else if has_dashboard {
            found.push(StatusProblem::new(
                ErrorCategory::Usage,
                "the dashboard is missing",
                "`kiro-analytics deploy` continues where it stopped",
            ));
        }
        self.problems.extend(found);
    }
}

/// What is missing without the follow-up stack.
fn missing_follow_up(stack: &str, settings: &Config) -> StatusProblem {
    let effect = match (settings.quicksight, settings.sends_alerts()) {
        (true, false) => "imports wait for `refresh_at`",
        (true, true) => "imports wait for `refresh_at`, and no alerts are sent",
        (false, _) => "no alerts are sent",
    };
    StatusProblem::new(
        ErrorCategory::Usage,
        format!("there is no stack `{stack}`: {effect}"),
        "`kiro-analytics deploy` creates it",
    )
}
