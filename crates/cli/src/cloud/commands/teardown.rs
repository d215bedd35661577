//! `kiro-analytics teardown`: shows what is removed and retained, asks, removes it.

use std::io::{self, Write};

use kiro_deploy::teardown::{Removed, Teardown, TeardownError, TeardownPlan};
use serde::Serialize;

use crate::args::Output;
use crate::cloud::args::TeardownArgs;
use crate::cloud::prompt::ask_for;
use crate::cloud::session::{Session, command_error};
use crate::cloud::step_progress::StepProgress;
use crate::command_error::{CommandError, note};
use crate::context::CommandContext;
use crate::exit::Exit;
use crate::format::counted;
use crate::output;
use crate::prompt::is_interactive;

#[derive(Serialize)]
struct TeardownOutput<'a> {
    plan: &'a TeardownPlan,
    #[serde(skip_serializing_if = "Option::is_none")]
    removed: Option<&'a Removed>,
}

pub(crate) async fn run(
    args: TeardownArgs,
    context: &CommandContext<'_>,
) -> Result<(), CommandError> {
    let layers = &context.layers(&args.cloud)?;
    let session = Session::open(layers).await?;
    let teardown = Teardown {
        aws: &session.aws,
        names: &session.names,
        settings: &session.resolved.settings,
        stack: session.stack.as_ref(),
        deletes_data: args.delete_data && !args.keep_data,
    };
    let plan = teardown.plan().await;
    let plan = plan.map_err(|error| command_error(error.into()))?;
    if args.output == Output::Text {
        let mut out = output::stdout();
        write_plan(&mut out, &plan)?;
        out.flush()?;
    }
    if !plan.blockers.is_empty() {
        if args.output == Output::Json {
            print(&plan, None)?;
        }
        return Err(obstructed(&plan));
    }
    if args.dry_run || !plan.removes_anything() {
        if args.output == Output::Json {
            return print(&plan, None);
        }
        return Ok(());
    }
    agree(&args, &plan)?;
    let progress = StepProgress::of_work();
    let removed = plan.apply(&session.aws, &progress).await;
    progress.clear();
    let removed = removed.map_err(stopped)?;
    if args.output == Output::Json {
        return print(&plan, Some(&removed));
    }
    let mut out = output::stdout();
    write!(out, "Done: all {} removed", removed.removed.len())?;
    if removed.objects_deleted > 0 {
        write!(out, ", with {}", counted(removed.objects_deleted, "object"))?;
    }
    writeln!(out, ".")?;
    Ok(out.flush()?)
}

fn print(plan: &TeardownPlan, removed: Option<&Removed>) -> Result<(), CommandError> {
    output::print_json(&TeardownOutput { plan, removed })
}

fn write_plan(out: &mut impl Write, plan: &TeardownPlan) -> io::Result<()> {
    writeln!(
        out,
        "Deployment `{}` in {}, account {}",
        plan.prefix, plan.region, plan.account
    )?;
    if plan.removals.is_empty() {
        writeln!(out, "\nNothing to remove.")?;
    } else {
        writeln!(out, "\nRemoved, in this order:")?;
    }
    for removal in &plan.removals {
        writeln!(out, "  - {}", removal.what)?;
        for detail in &removal.details {
            writeln!(out, "      {detail}")?;
        }
    }
    if !plan.retained.is_empty() {
        writeln!(out, "\nRetained:")?;
    }
    for kept in &plan.retained {
        writeln!(out, "  = {}", kept.what)?;
        writeln!(out, "      {}", kept.why)?;
    }
    writeln!(out)
}

/// Asks to type the prefix, against running it by mistake.
fn agree(args: &TeardownArgs, plan: &TeardownPlan) -> Result<(), CommandError> {
    if args.yes {
        return Ok(());
    }
    if !is_interactive() {
        let error = anyhow::anyhow!("not a terminal: nothing was removed");
        return Err(CommandError::usage(error).hint(format!(
            "`kiro-analytics teardown --prefix {}{} --yes` applies the plan above",
            plan.prefix,
            if args.delete_data {
                " --delete-data"
            } else {
                ""
            }
        )));
    }
    let question = format!("Type `{}` to remove all of the above", plan.prefix);
    if ask_for(&question, "") == plan.prefix {
        return Ok(());
    }
    Err(CommandError::usage(anyhow::anyhow!(
        "not agreed: nothing was removed"
    )))
}

fn obstructed(plan: &TeardownPlan) -> CommandError {
    let errors = plan.blockers.iter();
    let hint = plan.blockers.first();
    CommandError {
        exit: Exit::Usage,
        errors: errors
            .map(|obstacle| anyhow::anyhow!("{}", obstacle.what))
            .collect(),
        hint: hint.map(|obstacle| format!("{}; nothing was removed", obstacle.hint)),
    }
}

/// Reports what was removed, what remains, and why.
fn stopped(error: TeardownError) -> CommandError {
    let TeardownError {
        what,
        done,
        remains,
        cause,
    } = error;
    note(format_args!(
        "{} of {} removed.",
        done.removed.len(),
        done.removed.len() + remains.len()
    ));
    for what in &remains {
        note(format_args!("remains: {what}"));
    }
    let failure = command_error(cause);
    let hint = failure.hint.clone();
    CommandError {
        errors: failure
            .errors
            .into_iter()
            .map(|cause| cause.context(format!("could not remove {what}")))
            .collect(),
        exit: failure.exit,
        hint: None,
    }
    .maybe_hint(hint)
}
