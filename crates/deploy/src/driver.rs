//! Plans all steps, then applies what was agreed.

use serde::Serialize;

use crate::progress::Progress;
use crate::step::{Applied, Blame, ChangeKind, Deployment, Step, StepError, StepPlan};
use crate::steps;

/// Steps that change what other deployments and other dashboards use, too.
const SHARED_STEPS: [&str; 2] = ["lake_formation", "quicksight_access"];

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

    /// Totals first, then what touches more than this deployment or loses something.
    pub fn overview(&self) -> Vec<String> {
        let kinds = [
            (ChangeKind::Create, "to make"),
            (ChangeKind::Update, "to change"),
            (ChangeKind::Run, "to run"),
            (ChangeKind::Replace, "to replace"),
            (ChangeKind::Overwrite, "to overwrite"),
            (ChangeKind::Delete, "to delete"),
        ];
        let totals: Vec<String> = kinds
            .into_iter()
            .map(|(kind, verb)| (self.count(kind), verb))
            .filter(|(count, _)| *count > 0)
            .map(|(count, verb)| format!("{count} {verb}"))
            .collect();
        if totals.is_empty() {
            return vec!["Total: no changes".to_owned()];
        }
        let mut lines = vec![format!("Total: {}", totals.join(", "))];
        for step in &self.steps {
            let is_shared = SHARED_STEPS.contains(&step.name);
            for change in &step.changes {
                let attention = match change.kind {
                    ChangeKind::Replace => "Replaced",
                    ChangeKind::Overwrite => "Overwritten",
                    ChangeKind::Delete => "Deleted",
                    _ if is_shared => "Shared with others",
                    _ => continue,
                };
                lines.push(format!("{attention}: {}", change.what));
            }
        }
        lines
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
        match plan_step(deployment, *number, step.as_ref(), &plans).await {
            Ok(plan) => plans.push(plan),
            Err(error) => {
                // The cause matters more than what is left behind.
                discard(deployment, &plans).await.ok();
                return Err(error);
            }
        }
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
            let agreed = plan;
            let mut plan = agreed.clone();
            if !applied_plans.is_empty() {
                let now = plan_step(deployment, plan.number, step.as_ref(), &applied_plans).await?;
                refuse_surprises(&plan, &now)?;
                plan = now;
            }
            let left_out = left_out(agreed, &plan);
            if !plan.changes_anything() {
                return Ok((!left_out.is_empty()).then(|| {
                    let notes = left_out;
                    (
                        plan,
                        Applied {
                            notes,
                            ..Applied::default()
                        },
                    )
                }));
            }
            progress.begin(plan.number, of, plan.title);
            let mut applied = step.apply(deployment, &plan, progress).await?;
            applied.notes.extend(left_out);
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
    discard(deployment, &plan.steps).await
}

/// Takes back what the planning of these steps has left behind.
async fn discard(deployment: &Deployment, plans: &[StepPlan]) -> Result<(), StepError> {
    for step in steps::all() {
        let is_planned = plans
            .iter()
            .any(|plan| plan.name == step.name() && plan.changes_anything());
        if is_planned {
            step.forget(deployment).await?;
        }
    }
    Ok(())
}

/// What was agreed and is not done, in words: a step that has nothing to do any more, and what is no longer run.
fn left_out(agreed: &StepPlan, now: &StepPlan) -> Vec<String> {
    let has_run = now
        .changes
        .iter()
        .any(|change| change.kind == ChangeKind::Run);
    let missing = agreed
        .changes
        .iter()
        .filter(|change| !now.changes_anything() || (change.kind == ChangeKind::Run && !has_run));
    let why = now.skipped.as_deref();
    let why = why.unwrap_or("when its turn came, there was nothing left to do");
    missing
        .map(|change| format!("in the plan and not done: {} ({why})", change.what))
        .collect()
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

#[cfg(test)]
mod tests {
    use super::{DeploymentPlan, left_out};
    use crate::step::{Change, ChangeKind, StepPlan};

    fn step(name: &'static str, changes: Vec<Change>) -> StepPlan {
        StepPlan {
            number: 3,
            name,
            title: "A step",
            changes,
            skipped: None,
        }
    }

    #[test]
    fn what_was_agreed_and_is_not_done_is_told() {
        let run = Change::new(ChangeKind::Run, "the normalizer");
        let table = Change::new(ChangeKind::Create, "table `a`");
        let agreed = step("first_run", vec![run.clone(), table.clone()]);
        let told = left_out(&agreed, &step("first_run", Vec::new()));
        assert_eq!(told.len(), 2);
        assert!(told[0].starts_with("in the plan and not done: the normalizer"));
        assert_eq!(left_out(&agreed, &step("first_run", vec![table])).len(), 1);
        assert!(left_out(&agreed, &step("first_run", vec![run])).is_empty());
    }

    #[test]
    fn a_plan_begins_with_its_totals_and_what_touches_others() {
        let plan = DeploymentPlan {
            prefix: "kiro-analytics".to_owned(),
            account: "123456789012".to_owned(),
            region: "eu-central-1".to_owned(),
            version: "0.1.0".to_owned(),
            steps: vec![
                step(
                    "tables",
                    vec![
                        Change::new(ChangeKind::Create, "table `a`"),
                        Change::new(ChangeKind::Delete, "table `b`"),
                    ],
                ),
                step(
                    "quicksight_access",
                    vec![Change::new(ChangeKind::Create, "policy `p` of role `r`")],
                ),
            ],
        };
        assert_eq!(
            plan.overview(),
            [
                "Total: 2 to make, 1 to delete",
                "Deleted: table `b`",
                "Shared with others: policy `p` of role `r`",
            ]
        );
    }
}
