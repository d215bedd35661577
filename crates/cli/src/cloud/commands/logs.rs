//! `kiro-analytics logs`: what failed, and on which export.

use std::io::{self, Write};

use chrono::TimeDelta;
use kiro_deploy::logs::LogReport;

use crate::args::Output;
use crate::cloud::args::LogsArgs;
use crate::cloud::deployed;
use crate::cloud::relative_time::ago;
use crate::cloud::session::{Session, command_error};
use crate::command_error::CommandError;
use crate::commands::normalize::now;
use crate::context::CommandContext;
use crate::format::{count, counted};
use crate::output;

pub(crate) async fn run(args: LogsArgs, context: &CommandContext<'_>) -> Result<(), CommandError> {
    let layers = &context.layers(&args.cloud)?;
    let session = Session::open(layers).await?;
    let stack = deployed::needed(&session)?;
    let back = TimeDelta::from_std(args.since).unwrap_or(TimeDelta::days(7));
    let report = LogReport::read(&session.aws, stack, now() - back).await;
    let report = report.map_err(command_error)?;
    if args.output == Output::Json {
        output::print_json(&report)?;
    } else {
        let mut out = output::stdout();
        write_text(&mut out, &report, args.all)?;
        out.flush()?;
    }
    Ok(())
}

fn write_text(out: &mut impl Write, report: &LogReport, all: bool) -> io::Result<()> {
    let unread = report.unread().count() as u64;
    writeln!(
        out,
        "{} since {}: {}, {} failed, {} unread now",
        report.log_group,
        report.since,
        counted(report.runs.len() as u64, "run"),
        count(report.failed_runs.len() as u64),
        counted(unread, "export"),
    )?;
    if report.is_cut {
        writeln!(
            out,
            "The log is longer than what was read: a smaller --since shows the newest."
        )?;
    }
    for export in &report.exports {
        let state = if export.is_unread {
            "unread"
        } else {
            "since read, or gone"
        };
        let times = if export.times == 1 {
            "once".to_owned()
        } else {
            format!("{} times, first {}", count(export.times), export.first)
        };
        writeln!(out, "\n{state}: {}", export.export)?;
        writeln!(out, "  {}", export.error)?;
        writeln!(
            out,
            "  last {} ({}), {times}",
            export.last,
            ago(&export.last, now())
        )?;
    }
    for run in &report.failed_runs {
        writeln!(out, "\nrun failed {} ({})", run.at, ago(&run.at, now()))?;
        writeln!(out, "  {}", run.what)?;
    }
    if report.undelivered > 0 {
        writeln!(
            out,
            "\n{} could not be delivered to the function; the queue of the stack says why.",
            counted(report.undelivered, "event")
        )?;
    }
    if unread > 0 {
        writeln!(
            out,
            "\nWhat is unread is in no figure: fix or remove it in the bucket; the next run, or `kiro-analytics refresh`, reads it."
        )?;
    }
    if report.last_run_failed() {
        writeln!(
            out,
            "\nThe last run failed: `kiro-analytics preflight` checks what the function needs, `kiro-analytics refresh` runs it again."
        )?;
    }
    if all {
        writeln!(out)?;
        for run in &report.runs {
            writeln!(
                out,
                "run {}: {} read, {} unchanged, {} failed, {} left, {}, {} rejected",
                run.ended,
                count(run.files_processed),
                count(run.files_skipped),
                count(run.files_failed),
                count(run.files_remaining),
                counted(run.rows, "row"),
                count(run.rejected_rows),
            )?;
        }
    }
    Ok(())
}
