//! The plan of a deployment, and how it is made and discarded.

use serde::Serialize;

use super::selection::Selection;
use crate::progress::Progress;
use crate::step::{ChangeKind, Deployment, Step, StepError, StepPlan};
use crate::steps;

/// Steps that change resources shared with other deployments and dashboards.
const SHARED_STEPS: [&str; 2] = ["lake_formation", "quicksight_access"];

/// The plan of a deployment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeploymentPlan {
    pub prefix: String,
    pub account: String,
    pub region: String,
    pub version: String,
    pub steps: Vec<StepPlan>,
}

impl DeploymentPlan {
    pub fn changes_anything(&self) -> bool {
        self.steps.iter().any(StepPlan::changes_anything)
    }

    /// Totals, then the changes that are destructive or affect other deployments.
    pub fn overview(&self) -> Vec<String> {
        let kinds = [
            (ChangeKind::Create, "to create"),
            (ChangeKind::Update, "to update"),
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

    /// The number of changes of a kind.
    pub fn count(&self, kind: ChangeKind) -> usize {
        let changes = self.steps.iter().flat_map(|step| &step.changes);
        changes.filter(|change| change.kind == kind).count()
    }
}

/// Plans the selected steps. Changes nothing, except that it may create a change set; [`discard_plan`] deletes it.
///
/// # Errors
///
/// If the selection names no step, a precondition is not met, or a step cannot be planned.
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
                // The cause is reported, not a failure to clean up.
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

pub(super) async fn plan_step(
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

/// Removes what planning created, for a plan that is not applied.
pub async fn discard_plan(deployment: &Deployment, plan: &DeploymentPlan) -> Result<(), StepError> {
    discard(deployment, &plan.steps).await
}

/// Removes what the planning of these steps created.
async fn discard(deployment: &Deployment, plans: &[StepPlan]) -> Result<(), StepError> {
    for step in steps::all() {
        let is_planned = plans
            .iter()
            .any(|plan| plan.name == step.name() && plan.changes_anything());
        if is_planned {
            step.discard_plan(deployment).await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::DeploymentPlan;
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
    fn a_plan_begins_with_its_totals_and_access_changes() {
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
                "Total: 2 to create, 1 to delete",
                "Deleted: table `b`",
                "Shared with others: policy `p` of role `r`",
            ]
        );
    }
}
