//! `kiro-analytics deploy`: shows the plan, asks, applies it.

use std::io::Write;

use kiro_deploy::driver::{self, DeploymentError, DeploymentPlan, DeploymentReport, Selection};
use kiro_deploy::step::{ChangeKind, Deployment, StepPlan};
use kiro_deploy::steps::missing_zip;
use serde::Serialize;

use crate::args::Output;
use crate::cloud::args::DeployArgs;
use crate::cloud::session::{Session, command_error};
use crate::cloud::step_progress::StepProgress;
use crate::command_error::{CommandError, note};
use crate::context::CommandContext;
use crate::exit::Exit;
use crate::output;
use crate::prompt::{Answer, ask};

/// Maximum number of details of a change in the text output; JSON has all.
const MAX_DETAILS: usize = 40;

#[derive(Serialize)]
struct DeployOutput<'a> {
    plan: &'a DeploymentPlan,
    #[serde(skip_serializing_if = "Option::is_none")]
    report: Option<&'a DeploymentReport>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dashboard: Option<String>,
}

pub(crate) async fn run(
    args: DeployArgs,
    context: &CommandContext<'_>,
) -> Result<(), CommandError> {
    let layers = &context.layers(&args.cloud)?;
    let mut session = Session::open(layers).await?;
    session.complete().await?;
    let mut deployment = session.deployment(args.functions.as_deref())?;
    deployment.take_over.clone_from(&args.take_over);
    let selection = Selection {
        from: args.from_step.clone(),
        only: args.only.clone(),
    };
    let progress = StepProgress::of_plan();
    let plan = driver::plan(&deployment, &selection, &progress).await;
    progress.clear();
    let plan = plan.map_err(command_error)?;
    if args.output == Output::Text {
        show(&plan)?;
    }
    if !plan.changes_anything() || args.dry_run {
        if args.dry_run {
            driver::discard_plan(&deployment, &plan)
                .await
                .map_err(command_error)?;
        }
        return end(&args, &deployment, &plan, None);
    }
    let agreed = match missing_zip(&deployment, &plan) {
        Some(missing) => Err(command_error(missing)),
        None => agree(&args, &plan),
    };
    if let Err(refusal) = agreed {
        driver::discard_plan(&deployment, &plan)
            .await
            .map_err(command_error)?;
        return Err(refusal);
    }
    let progress = StepProgress::of_work();
    let report = driver::apply(&deployment, &plan, &progress).await;
    progress.clear();
    let report = report.map_err(stopped)?;
    end(&args, &deployment, &plan, Some(&report))?;
    let problems = problems_of(&report);
    if problems.is_empty() {
        return Ok(());
    }
    Err(CommandError {
        exit: Exit::Data,
        errors: problems,
        hint: Some("everything else was deployed; fix or remove these exports, and the next run reads them".to_owned()),
    })
}

/// The problems of the data.
fn problems_of(report: &DeploymentReport) -> Vec<anyhow::Error> {
    let problems = report.problems();
    problems
        .map(|problem| anyhow::anyhow!("{problem}"))
        .collect()
}

/// Asks for agreement unless `--yes` gives it.
fn agree(args: &DeployArgs, plan: &DeploymentPlan) -> Result<(), CommandError> {
    let refused =
        |what: &str, hint: &str| Err(CommandError::usage(anyhow::anyhow!("{what}")).hint(hint));
    if !args.yes {
        match ask("Apply these changes?") {
            Answer::Yes => {}
            Answer::No => {
                return refused(
                    "nothing was changed",
                    "run the command again to see the plan again",
                );
            }
            Answer::NoTerminal => {
                return refused(
                    "not a terminal: nothing was changed",
                    "pass --yes to apply the plan above",
                );
            }
        }
    }
    if loses_edits(args, plan) && !args.overwrite {
        let answer = if args.yes {
            Answer::NoTerminal
        } else {
            ask("Some of these were changed in the console. Overwrite these changes?")
        };
        if answer != Answer::Yes {
            return refused(
                "some of these were changed in the console: nothing was overwritten",
                "leave these steps out to keep the changes (--only, --from-step), or pass --overwrite",
            );
        }
    }
    Ok(())
}

/// Returns true if the plan overwrites changes of others that `--take-over` does not name.
fn loses_edits(args: &DeployArgs, plan: &DeploymentPlan) -> bool {
    let named: Vec<String> = args
        .take_over
        .iter()
        .map(|name| format!("`{name}`"))
        .collect();
    let mut changes = plan.steps.iter().flat_map(|step| &step.changes);
    changes.any(|change| {
        change.kind == ChangeKind::Overwrite
            && !named.iter().any(|name| change.what.ends_with(name))
    })
}

/// Reports completed steps, the problems of the data, and the failed step.
fn stopped(error: DeploymentError) -> CommandError {
    let problems = problems_of(&error.done);
    let hint = error.cause.hint();
    let context = format!("step {} ({}) failed", error.number, error.name);
    for step in &error.done.steps {
        note(format!("done: {} ({})", step.title, changes(step.changes)));
    }
    let mut found = command_error(error.cause).hint(hint);
    found.errors = found
        .errors
        .into_iter()
        .map(|cause| cause.context(context.clone()))
        .chain(problems)
        .collect();
    found
}

fn changes(count: usize) -> String {
    match count {
        1 => "1 change".to_owned(),
        count => format!("{count} changes"),
    }
}

/// Prints the plan.
fn show(plan: &DeploymentPlan) -> Result<(), CommandError> {
    let mut out = output::stdout();
    writeln!(
        out,
        "{} in account {}, {}, version {}",
        plan.prefix, plan.account, plan.region, plan.version
    )?;
    for line in plan.overview() {
        writeln!(out, "{line}")?;
    }
    for step in &plan.steps {
        writeln!(out, "{:>3}  {}: {}", step.number, step.title, summary(step))?;
        let changes = step
            .changes
            .iter()
            .zip(step.changes.iter().skip(1).map(Some).chain([None]));
        for (change, next) in changes {
            writeln!(out, "       {} {}", sign(change.kind), change.what)?;
            // Details that several changes share are printed once, after the last of them.
            if next.is_some_and(|next| next.kind == change.kind && next.details == change.details) {
                continue;
            }
            for detail in change.details.iter().take(MAX_DETAILS) {
                writeln!(out, "           {detail}")?;
            }
            let more = change.details.len().saturating_sub(MAX_DETAILS);
            if more > 0 {
                writeln!(out, "           and {more} more (--output json has all)")?;
            }
        }
    }
    Ok(out.flush()?)
}

fn summary(step: &StepPlan) -> String {
    match (&step.skipped, step.changes.len()) {
        (Some(why), _) => format!("nothing to do ({why})"),
        (None, 0) => "no changes".to_owned(),
        (None, count) => changes(count),
    }
}

fn sign(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::Create => "+ create   ",
        ChangeKind::Update => "~ update   ",
        ChangeKind::Replace => "! replace  ",
        ChangeKind::Overwrite => "! overwrite",
        ChangeKind::Delete => "- delete   ",
        ChangeKind::Run => "> run      ",
    }
}

fn end(
    args: &DeployArgs,
    deployment: &Deployment,
    plan: &DeploymentPlan,
    report: Option<&DeploymentReport>,
) -> Result<(), CommandError> {
    let is_about_dashboard = plan.steps.iter().any(|step| step.name == "dashboard");
    let is_there = is_about_dashboard && (report.is_some() || !plan.changes_anything());
    let dashboard = is_there
        .then(|| driver::dashboard_address(deployment))
        .flatten();
    if args.output == Output::Json {
        return output::print_json(&DeployOutput {
            plan,
            report,
            dashboard,
        });
    }
    let mut out = output::stdout();
    match report {
        None if args.dry_run && plan.changes_anything() => {
            writeln!(out, "Dry run: nothing was changed.")?;
        }
        None => writeln!(out, "Nothing to change.")?,
        Some(report) => {
            for step in &report.steps {
                for line in &step.applied.notes {
                    writeln!(out, "{}: {line}", step.title)?;
                }
            }
            writeln!(out, "Done.")?;
        }
    }
    if let Some(address) = dashboard {
        writeln!(out, "Dashboard: {address}")?;
    }
    if report.is_some() {
        let database = deployment.names.database(deployment.settings());
        writeln!(
            out,
            "Next: `kiro-analytics status` shows the deployment; in Athena, query database `{database}`."
        )?;
        if deployment.settings().alarm_email.is_some() {
            writeln!(
                out,
                "The address for alarms must confirm its subscription once: look for a mail from AWS."
            )?;
        }
    }
    Ok(out.flush()?)
}

#[cfg(test)]
mod tests {
    use kiro_deploy::driver::StepReport;
    use kiro_deploy::step::{Applied, ErrorCategory, StepError};

    use super::*;

    #[test]
    fn what_is_wrong_with_the_data_is_told_when_a_later_step_fails() {
        let report = DeploymentReport {
            steps: vec![StepReport {
                number: 3,
                name: "first_run",
                title: "First normalization",
                changes: 1,
                applied: Applied {
                    problems: vec!["`a.csv`: line 2: no".to_owned()],
                    ..Applied::default()
                },
            }],
        };
        let failure = stopped(DeploymentError {
            number: 5,
            name: "views",
            done: report,
            cause: StepError::failed(ErrorCategory::Aws, "a view was refused", "look"),
        });
        let told: Vec<String> = failure.errors.iter().map(ToString::to_string).collect();
        assert_eq!(told, ["step 5 (views) failed", "`a.csv`: line 2: no"]);
        assert_eq!(failure.exit, Exit::Aws);
    }
}
