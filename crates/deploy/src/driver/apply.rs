//! Applies an approved plan, step by step.

use super::plan::{DeploymentPlan, plan_step};
use super::report::{DeploymentError, DeploymentReport, StepReport};
use crate::progress::Progress;
use crate::step::{Applied, ChangeKind, Deployment, ErrorCategory, Step, StepError, StepPlan};
use crate::steps;

/// Applies an approved plan. After a step has changed something, each later step is planned again, because its approved plan is
/// from before that change.
///
/// # Errors
///
/// The failed step, with the results of the steps before it.
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
                check_new_destructive_changes(&plan, &now)?;
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

/// Notes about approved changes that are not made: the step has no changes any more, or no longer runs an operation.
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
    let why = why.unwrap_or("nothing was left to do");
    missing
        .map(|change| format!("planned but not done: {} ({why})", change.what))
        .collect()
}

/// Rejects destructive changes that were not in the approved plan.
fn check_new_destructive_changes(agreed: &StepPlan, now: &StepPlan) -> Result<(), StepError> {
    match agreed.unapproved_destructive_change(&now.changes) {
        Some(change) => Err(StepError::failed(
            ErrorCategory::Usage,
            format!(
                "{} would be lost, which was not in the approved plan",
                change.what
            ),
            "run the command again to see it in the plan",
        )),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::left_out;
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
    fn approved_changes_that_were_not_applied_are_reported() {
        let run = Change::new(ChangeKind::Run, "the normalizer");
        let table = Change::new(ChangeKind::Create, "table `a`");
        let agreed = step("first_run", vec![run.clone(), table.clone()]);
        let reported = left_out(&agreed, &step("first_run", Vec::new()));
        assert_eq!(reported.len(), 2);
        assert!(reported[0].starts_with("planned but not done: the normalizer"));
        assert_eq!(left_out(&agreed, &step("first_run", vec![table])).len(), 1);
        assert!(left_out(&agreed, &step("first_run", vec![run])).is_empty());
    }
}
