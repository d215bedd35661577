//! `kiro-analytics status`: what is deployed, and whether it is well.

use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use kiro_deploy::status::{Status, StatusQuestion};

use crate::args::{Output, StatusArgs};
use crate::cloud::Session;
use crate::commands::normalize::now;
use crate::config::Config;
use crate::deployed;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::figures::{count, counted, duration, size};
use crate::interrupt::Interrupt;
use crate::moment::ago;
use crate::output;

/// Moves to the upper left corner and clears what is below.
const CLEAR: &str = "\x1b[H\x1b[2J";

pub(crate) async fn run(
    args: StatusArgs,
    config: &Config,
    interrupt: &Interrupt,
) -> Result<(), Failure> {
    if args.watch {
        interrupt.expect();
    }
    loop {
        // Signed in anew each time: a stack may change, and a session may have been renewed.
        let session = Session::open(&args.cloud, config).await?;
        let stack = deployed::needed(&session)?;
        let question = StatusQuestion {
            aws: &session.aws,
            names: &session.names,
            settings: &session.resolved.settings,
            stack,
            version: env!("CARGO_PKG_VERSION"),
            now: now(),
        };
        let status = Status::look(&question).await;
        show(&args, &status)?;
        if !args.watch {
            return verdict(&status);
        }
        tokio::select! {
            () = interrupt.came() => return Ok(()),
            () = tokio::time::sleep(Duration::from_secs(args.every)) => {}
        }
    }
}

fn show(args: &StatusArgs, status: &Status) -> Result<(), Failure> {
    let mut out = output::stdout();
    match (args.output, args.watch) {
        (Output::Json, false) => return output::print_json(status),
        (Output::Json, true) => {
            serde_json::to_writer(&mut out, status).map_err(io::Error::from)?;
            writeln!(out)?;
        }
        (Output::Text, watches) => {
            if watches && io::stdout().is_terminal() {
                write!(out, "{CLEAR}")?;
            }
            write_text(&mut out, status)?;
            if watches {
                writeln!(out, "\nevery {} s, Ctrl-C ends", args.every)?;
            }
        }
    }
    Ok(out.flush()?)
}

fn write_text(out: &mut impl Write, status: &Status) -> io::Result<()> {
    let mut line =
        |label: &str, text: &str| writeln!(out, "{}", format!("{label:<13}{text}").trim_end());
    let versions = status.stacks.first().map_or("", |stack| &stack.version);
    line(
        "deployment",
        &format!(
            "`{}` in {}, account {}",
            status.prefix, status.region, status.account
        ),
    )?;
    let version = if versions == status.version {
        format!("{versions}, deployed and here")
    } else {
        let deployed = if versions.is_empty() {
            "none"
        } else {
            versions
        };
        format!(
            "{deployed} deployed, {} here: `kiro-analytics deploy` brings it to this one",
            status.version
        )
    };
    line("version", &version)?;
    for stack in &status.stacks {
        let updated = ago(&stack.updated, now());
        line(
            "stack",
            format!("{}  {}  {updated}", stack.name, stack.status).trim_end(),
        )?;
    }
    if let Some(schedule) = &status.schedule {
        let state = schedule.state.to_lowercase();
        line(
            "schedule",
            &format!("{} {}, {state}", schedule.expression, schedule.time_zone),
        )?;
    }
    match &status.normalization {
        Some(run) => {
            line(
                "last run",
                &format!(
                    "{} ({}), {}: {} read, {} unchanged, {} failed",
                    ago(&run.ended, now()),
                    run.ended,
                    duration(Duration::from_millis(run.milliseconds)),
                    counted(run.files_processed, "export"),
                    count(run.files_skipped),
                    count(run.files_failed)
                ),
            )?;
            if run.files_remaining > 0 {
                line(
                    "",
                    &format!(
                        "{} left for the next run",
                        counted(run.files_remaining, "export")
                    ),
                )?;
            }
        }
        None => line("last run", "none in the log")?,
    }
    line("newest day", status.newest_day.as_deref().unwrap_or("none"))?;
    if let Some(parts) = &status.parts {
        let least = if parts.is_cut { "at least " } else { "" };
        let since = parts.first_export_day.as_deref();
        let since = since.map_or_else(String::new, |day| format!(", exports since {day}"));
        line(
            "parts",
            &format!(
                "{least}{}, {}{since}, in s3://{}/normalized/",
                counted(parts.parts, "part"),
                size(parts.bytes),
                parts.bucket
            ),
        )?;
    }
    let width = status
        .data_sets
        .iter()
        .map(|data_set| data_set.view.len())
        .max()
        .unwrap_or(0);
    for (index, data_set) in status.data_sets.iter().enumerate() {
        let label = if index == 0 { "data sets" } else { "" };
        let told = match &data_set.last {
            None => "never imported".to_owned(),
            Some(last) => {
                let rows = last
                    .rows
                    .map_or_else(String::new, |rows| format!(", {}", counted(rows, "row")));
                let when = last
                    .began
                    .and_then(moment)
                    .map_or_else(String::new, |at| format!(", {}", ago(&at, now())));
                format!("{}{rows}{when}", last.status.to_lowercase())
            }
        };
        line(label, &format!("{:<width$}  {told}", data_set.view))?;
    }
    if !status.alarms.is_empty() {
        let on: Vec<&str> = status
            .alarms
            .iter()
            .filter(|alarm| alarm.state == "ALARM")
            .map(|alarm| alarm.name.as_str())
            .collect();
        let told = if on.is_empty() {
            "none on".to_owned()
        } else {
            format!("on: {}", on.join(", "))
        };
        line("alarms", &format!("{told} (of {})", status.alarms.len()))?;
    }
    if let Some(dashboard) = &status.dashboard {
        line("dashboard", &dashboard.address)?;
        let version = dashboard.version.as_deref().unwrap_or("unknown");
        line(
            "",
            format!(
                "{}, version {version}, published {}",
                dashboard.name,
                ago(&dashboard.published, now())
            )
            .trim_end(),
        )?;
    }
    for (index, cost) in status.costs.iter().enumerate() {
        line(if index == 0 { "costs" } else { "" }, cost)?;
    }
    for (index, problem) in status.problems.iter().enumerate() {
        if index == 0 {
            line("", "")?;
        }
        line("problem", &problem.what)?;
        line("  to do", &problem.hint)?;
    }
    if status.problems.is_empty() {
        line("", "")?;
        line("all is well", "")?;
    }
    Ok(())
}

/// Seconds since 1970 as RFC 3339 has them.
#[expect(
    clippy::cast_possible_truncation,
    reason = "whole seconds are what is wanted, and times lie far within"
)]
fn moment(seconds: f64) -> Option<String> {
    let time = chrono::DateTime::from_timestamp(seconds as i64, 0)?;
    Some(time.to_rfc3339())
}

/// The screen has said everything; this is the code.
fn verdict(status: &Status) -> Result<(), Failure> {
    match status.blame() {
        None => Ok(()),
        Some(blame) => Err(Failure {
            exit: Exit::from(blame),
            errors: Vec::new(),
            hint: None,
        }),
    }
}
