//! `kiro-analytics logs`: what failed, and on which export.

use std::io::{self, Write};

use chrono::TimeDelta;
use kiro_deploy::follow_up_log::{FollowUpLog, FollowedRun, SentAlerts};
use kiro_deploy::logs::{FailedRun, LogReport};
use kiro_deploy::names_log::{LogWarning, MapRun, NamesLog};
use kiro_deploy::reports_log::{ReportRun, ReportsLog};

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
    let since = now() - back;
    let report = LogReport::read(&session.aws, stack, since).await;
    let mut report = report.map_err(command_error)?;
    let added = report.add_others(&session.aws, &session.names, since);
    added.await.map_err(command_error)?;
    if args.output == Output::Json {
        output::print_json(&report)?;
    } else {
        let mut out = output::stdout();
        write_text(&mut out, &report, args.all)?;
        if let Some(names) = &report.names {
            writeln!(out)?;
            write_names(&mut out, names, args.all)?;
        }
        if let Some(follow_up) = &report.follow_up {
            writeln!(out)?;
            write_follow_up(&mut out, follow_up, args.all)?;
        }
        if let Some(reports) = &report.reports {
            writeln!(out)?;
            write_reports(&mut out, reports, args.all)?;
        }
        out.flush()?;
    }
    Ok(())
}

/// The log of the function that maps names, in the form of the normalizer's.
fn write_names(out: &mut impl Write, log: &NamesLog, all: bool) -> io::Result<()> {
    writeln!(
        out,
        "{} since {}: {}, {} failed, {}",
        log.log_group,
        log.since,
        counted(log.runs.len() as u64, "map"),
        count(log.failed_runs.len() as u64),
        counted(log.warnings.len() as u64, "warning"),
    )?;
    write_cut(out, log.is_cut)?;
    if let Some(run) = log.last_run() {
        writeln!(
            out,
            "last map {} ({}): {}",
            run.ended,
            ago(&run.ended, now()),
            figures(run)
        )?;
    }
    write_warnings(out, &log.warnings)?;
    write_failed_runs(out, &log.failed_runs)?;
    write_undelivered(out, log.undelivered, "the identity stack")?;
    if log.last_run_failed() {
        writeln!(
            out,
            "\nThe last run failed, and the map is that of an earlier one: `kiro-analytics refresh --only names` runs it again."
        )?;
    }
    if all {
        writeln!(out)?;
        for run in &log.runs {
            writeln!(out, "map {}: {}", run.ended, figures(run))?;
        }
    }
    Ok(())
}

/// The log of the function that imports datasets and sends alerts after the normalizer's runs, in the same form.
fn write_follow_up(out: &mut impl Write, log: &FollowUpLog, all: bool) -> io::Result<()> {
    writeln!(
        out,
        "{} since {}: {} followed, {}, {}",
        log.log_group,
        log.since,
        counted(log.runs.len() as u64, "run"),
        counted(log.failures.len() as u64, "failure"),
        counted(log.warnings.len() as u64, "warning"),
    )?;
    write_cut(out, log.is_cut)?;
    if let Some(run) = log.runs.last() {
        let ago = ago(&run.at, now());
        writeln!(out, "last followed {} ({ago}): {}", run.at, imports(run))?;
    }
    if let Some(sent) = log.sent_alerts.last() {
        let ago = ago(&sent.at, now());
        writeln!(out, "last alerts {} ({ago}): {}", sent.at, alerts(sent))?;
    }
    write_warnings(out, &log.warnings)?;
    write_failed_runs(out, &log.failures)?;
    write_undelivered(out, log.undelivered, "the follow-up stack")?;
    if all {
        writeln!(out)?;
        for run in &log.runs {
            writeln!(out, "followed {}: {}", run.at, imports(run))?;
        }
        for sent in &log.sent_alerts {
            writeln!(out, "alerts {}: {}", sent.at, alerts(sent))?;
        }
    }
    Ok(())
}

fn alerts(sent: &SentAlerts) -> String {
    format!("{} to the {}", counted(sent.alerts, "alert"), sent.channel)
}

fn imports(run: &FollowedRun) -> String {
    format!(
        "{} started, {} begun before, {} over the quota, {} failed",
        counted(run.started, "import"),
        count(run.already_imported),
        count(run.over_quota),
        count(run.failed)
    )
}

/// The log of the function that writes reports, in the same form.
fn write_reports(out: &mut impl Write, log: &ReportsLog, all: bool) -> io::Result<()> {
    writeln!(
        out,
        "{} since {}: {}, {} failed, {}",
        log.log_group,
        log.since,
        counted(log.runs.len() as u64, "run"),
        count(log.failed_runs.len() as u64),
        counted(log.warnings.len() as u64, "warning"),
    )?;
    write_cut(out, log.is_cut)?;
    if let Some(run) = log.last_run() {
        let ago = ago(&run.ended, now());
        writeln!(out, "last reports {} ({ago}): {}", run.ended, reports(run))?;
    }
    write_warnings(out, &log.warnings)?;
    write_failed_runs(out, &log.failed_runs)?;
    write_undelivered(out, log.undelivered, "the reports stack")?;
    if all {
        writeln!(out)?;
        for run in &log.runs {
            writeln!(out, "reports {}: {}", run.ended, reports(run))?;
        }
    }
    Ok(())
}

fn reports(run: &ReportRun) -> String {
    format!(
        "{} of {}, {} written, {} unchanged",
        counted(run.reports, "report"),
        run.period,
        counted(run.files_written, "file"),
        count(run.files_unchanged)
    )
}

fn write_warnings(out: &mut impl Write, warnings: &[LogWarning]) -> io::Result<()> {
    for warning in warnings {
        let at = &warning.at;
        writeln!(out, "\nwarning {at} ({})", ago(at, now()))?;
        writeln!(out, "  {}", warning.what)?;
    }
    Ok(())
}

fn figures(run: &MapRun) -> String {
    format!(
        "{} of {} named, {}, {} left",
        count(run.named),
        counted(run.users, "user"),
        counted(run.rows, "row"),
        count(run.left)
    )
}

fn write_cut(out: &mut impl Write, is_cut: bool) -> io::Result<()> {
    if is_cut {
        writeln!(
            out,
            "The log is longer than what was read: a smaller --since shows the newest."
        )?;
    }
    Ok(())
}

fn write_failed_runs(out: &mut impl Write, runs: &[FailedRun]) -> io::Result<()> {
    for run in runs {
        writeln!(out, "\nrun failed {} ({})", run.at, ago(&run.at, now()))?;
        writeln!(out, "  {}", run.what)?;
    }
    Ok(())
}

fn write_undelivered(out: &mut impl Write, events: u64, stack: &str) -> io::Result<()> {
    if events > 0 {
        writeln!(
            out,
            "\n{} could not be delivered to the function; the queue of {stack} says why.",
            counted(events, "event")
        )?;
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
    write_cut(out, report.is_cut)?;
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
    write_failed_runs(out, &report.failed_runs)?;
    write_undelivered(out, report.undelivered, "the stack")?;
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
