//! Plans all steps, then applies what was agreed.

use serde::Serialize;

use crate::progress::Progress;
use crate::step::{Applied, Blame, ChangeKind, Deployment, Step, StepError, StepPlan};
use crate::steps;

/// Which steps.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// From this step on, by number or name.
    pub from: Option<String>,
    /// This step alone.
    pub only: Option<String>,
}

/// What a deployment would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeploymentPlan {
    pub prefix: String,
    pub account: String,
    pub region: String,
    pub version: String,
    pub steps: Vec<StepPlan>,
}

/// What a deployment has done.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct DeploymentReport {
    pub steps: Vec<StepReport>,
}

/// What a step has done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StepReport {
    pub number: usize,
    pub name: &'static str,
    pub title: &'static str,
    /// How many changes were made.
    pub changes: usize,
    #[serde(flatten)]
    pub applied: Applied,
}

/// A step that could not be done, and those before it that could.
#[derive(Debug, thiserror::Error)]
#[error("step {number} ({name}) failed")]
pub struct DeploymentError {
    pub number: usize,
    pub name: &'static str,
    pub done: DeploymentReport,
    #[source]
    pub cause: StepError,
}

impl DeploymentPlan {
    pub fn changes_anything(&self) -> bool {
        self.steps.iter().any(StepPlan::changes_anything)
    }

    /// How many changes of a kind there are.
    pub fn count(&self, kind: ChangeKind) -> usize {
        let changes = self.steps.iter().flat_map(|step| &step.changes);
        changes.filter(|change| change.kind == kind).count()
    }
}

impl DeploymentReport {
    /// What is wrong with the data.
    pub fn problems(&self) -> impl Iterator<Item = &String> {
        self.steps.iter().flat_map(|step| &step.applied.problems)
    }
}

/// Where people look at the dashboard; none if this deployment makes none.
pub fn dashboard_address(deployment: &Deployment) -> Option<String> {
    if !deployment.settings().quicksight {
        return None;
    }
    let id = deployment.names.dashboard_id(steps::DASHBOARD_ID);
    Some(crate::status::dashboard_address(&deployment.aws, &id))
}

/// The steps by number, name and title.
pub fn list() -> Vec<(usize, &'static str, &'static str)> {
    let steps = steps::all();
    let numbered = (1..).zip(steps.iter());
    numbered
        .map(|(number, step)| (number, step.name(), step.title()))
        .collect()
}

/// A step and its number, from 1.
type Numbered = (usize, Box<dyn Step>);

impl Selection {
    /// The chosen steps with their numbers.
    fn of(&self, all: Vec<Box<dyn Step>>) -> Result<Vec<Numbered>, StepError> {
        let known: Vec<String> = (1..)
            .zip(&all)
            .map(|(number, step)| format!("{number} {}", step.name()))
            .collect();
        let place = |wanted: &str| {
            let wanted = wanted.replace('-', "_");
            let found = (1..)
                .zip(&all)
                .find(|(number, step)| number.to_string() == wanted || step.name() == wanted);
            found.map(|(number, _)| number).ok_or_else(|| {
                StepError::failed(
                    Blame::Usage,
                    format!("there is no step `{wanted}`"),
                    format!("the steps are: {}", known.join(", ")),
                )
            })
        };
        let (from, to) = match (&self.only, &self.from) {
            (Some(only), _) => (place(only)?, place(only)?),
            (None, Some(from)) => (place(from)?, all.len()),
            (None, None) => (1, all.len()),
        };
        let numbered = (1..).zip(all);
        Ok(numbered
            .filter(|(number, _)| (from..=to).contains(number))
            .collect())
    }
}

/// What would be done. Nothing is changed, but that a change set may be computed; [`forget`] takes it back.
pub async fn plan(
    deployment: &Deployment,
    selection: &Selection,
    progress: &dyn Progress,
) -> Result<DeploymentPlan, StepError> {
    let chosen = selection.of(steps::all())?;
    let of = steps::all().len();
    steps::wait_until_settled(deployment, progress).await?;
    for (_, step) in &chosen {
        step.check(deployment).await?;
    }
    let mut plans: Vec<StepPlan> = Vec::with_capacity(chosen.len());
    for (number, step) in &chosen {
        progress.begin(*number, of, step.title());
        plans.push(plan_step(deployment, *number, step.as_ref(), &plans).await?);
    }
    Ok(DeploymentPlan {
        prefix: deployment.names.prefix.clone(),
        account: deployment.names.account.clone(),
        region: deployment.names.region.clone(),
        version: deployment.version.clone(),
        steps: plans,
    })
}

async fn plan_step(
    deployment: &Deployment,
    number: usize,
    step: &dyn Step,
    earlier: &[StepPlan],
) -> Result<StepPlan, StepError> {
    let planned = step.plan(deployment, earlier).await?;
    Ok(StepPlan {
        number,
        name: step.name(),
        title: step.title(),
        changes: planned.changes,
        skipped: planned.skipped,
    })
}

/// Does what was planned. Once a step has changed something, each later one is looked at again: what was planned for it
/// was planned before that.
pub async fn apply(
    deployment: &Deployment,
    agreed: &DeploymentPlan,
    progress: &dyn Progress,
) -> Result<DeploymentReport, DeploymentError> {
    let mut report = DeploymentReport::default();
    let mut applied_plans: Vec<StepPlan> = Vec::new();
    let all: Vec<Box<dyn Step>> = steps::all();
    let of = all.len();
    for plan in &agreed.steps {
        let Some(step) = all.iter().find(|step| step.name() == plan.name) else {
            continue;
        };
        let result = async {
            let mut plan = plan.clone();
            if !applied_plans.is_empty() {
                let now = plan_step(deployment, plan.number, step.as_ref(), &applied_plans).await?;
                refuse_surprises(&plan, &now)?;
                plan = now;
            }
            if !plan.changes_anything() {
                return Ok(None);
            }
            progress.begin(plan.number, of, plan.title);
            let applied = step.apply(deployment, &plan, progress).await?;
            Ok(Some((plan, applied)))
        };
        match result.await {
            Ok(None) => {}
            Ok(Some((done, applied))) => {
                report.steps.push(StepReport {
                    number: done.number,
                    name: done.name,
                    title: done.title,
                    changes: done.changes.len(),
                    applied,
                });
                applied_plans.push(done);
            }
            Err(cause) => {
                return Err(DeploymentError {
                    number: plan.number,
                    name: plan.name,
                    done: report,
                    cause,
                });
            }
        }
    }
    Ok(report)
}

/// Takes back what planning has left behind.
pub async fn forget(deployment: &Deployment, plan: &DeploymentPlan) -> Result<(), StepError> {
    for step in steps::all() {
        let is_planned = plan
            .steps
            .iter()
            .any(|plan| plan.name == step.name() && plan.changes_anything());
        if is_planned {
            step.forget(deployment).await?;
        }
    }
    Ok(())
}

/// Refuses losses that were not in the approved plan.
fn refuse_surprises(agreed: &StepPlan, now: &StepPlan) -> Result<(), StepError> {
    match agreed.unapproved_loss(&now.changes) {
        Some(change) => Err(StepError::failed(
            Blame::Usage,
            format!("{} would be lost, which was not shown before", change.what),
            "run the command again: it shows this, too",
        )),
        None => Ok(()),
    }
}
