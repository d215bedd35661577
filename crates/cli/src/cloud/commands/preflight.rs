//! `kiro-analytics preflight`: checks what a deployment needs, before anything is created.

use std::fmt;
use std::io::{self, Write};
use std::path::PathBuf;

use anstyle::{AnsiColor, Style};
use kiro_config::{Layers, Remembered};
use kiro_deploy::aws::{Aws, AwsError};
use kiro_deploy::export_prefix::find_prefix;
use kiro_deploy::preflight::{PreflightInput, PreflightReport, Verdict};
use kiro_deploy::validation::{Validation, validate_definition};
use kiro_deploy::{Names, Stack};
use serde::Serialize;

use crate::args::Output;
use crate::cancellation::CancellationToken;
use crate::cloud::args::PreflightArgs;
use crate::cloud::session::{Session, command_error, function_folders, problems, sign_in};
use crate::cloud::step_progress::StepProgress;
use crate::command_error::CommandError;
use crate::commands::normalize::now;
use crate::context::CommandContext;
use crate::exit::Exit;
use crate::format::counted;
use crate::output;
use crate::progress::spinner;

pub(crate) async fn run(
    args: PreflightArgs,
    context: &CommandContext<'_>,
) -> Result<(), CommandError> {
    let layers = &context.layers(&args.cloud)?;
    let cancellation = context.cancellation;
    if args.definition {
        return validate(&args, layers, cancellation).await;
    }
    let address = layers.address().map_err(problems)?;
    let waiting = spinner("checking");
    let aws = sign_in(&address).await;
    let stack = stack(&aws, &address.prefix).await;
    let remembered = match &stack {
        Ok(Some(stack)) => Some(Remembered::of(&stack.parameters)),
        Ok(None) | Err(_) => None,
    };
    let (mut resolved, wrong) = layers.merge(remembered.as_ref());
    if let Ok(aws) = &aws {
        // Where it fails, the check of the exports says why.
        find_prefix(aws, &mut resolved).await.ok();
    }
    let named = resolved.settings.functions.clone();
    let subject = PreflightInput {
        aws,
        prefix: address.prefix,
        stack,
        resolved: Ok(resolved),
        problems: wrong,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        function_folders: named.map_or_else(function_folders, |folder| vec![PathBuf::from(folder)]),
        now: now(),
    };
    let report = subject.check().await;
    waiting.finish_and_clear();
    if args.output == Output::Json {
        output::print_json(&report)?;
    } else {
        let mut out = anstream::stdout().lock();
        write_text(&mut out, &report).and_then(|()| out.flush())?;
    }
    match report.category() {
        None => Ok(()),
        // Every check has said what to do.
        Some(category) => Err(CommandError {
            exit: Exit::from(category),
            errors: Vec::new(),
            hint: None,
        }),
    }
}

/// The result of Quick Sight's validation, as JSON.
#[derive(Debug, Serialize)]
struct DefinitionReport {
    accepted: bool,
    errors: Vec<String>,
}

/// Has Quick Sight validate the definition.
async fn validate(
    args: &PreflightArgs,
    layers: &Layers<'_>,
    cancellation: &CancellationToken,
) -> Result<(), CommandError> {
    let session = Session::open(layers).await?;
    let deployment = session.deployment(None)?;
    // From here on a signal ends the wait, and the analysis is deleted before the command ends.
    cancellation.expect();
    let progress = StepProgress::of_work();
    let validation = validate_definition(&deployment, &progress, cancellation.cancelled()).await;
    progress.clear();
    let errors = match validation.map_err(command_error)? {
        Validation::Accepted => Vec::new(),
        Validation::Refused(errors) => errors,
        Validation::Interrupted => {
            return Err(
                CommandError::interrupted().hint("the analysis for the validation is deleted")
            );
        }
    };
    if args.output == Output::Json {
        output::print_json(&DefinitionReport {
            accepted: errors.is_empty(),
            errors: errors.clone(),
        })?;
    } else if errors.is_empty() {
        let mut out = output::stdout();
        writeln!(
            out,
            "Quick Sight accepts the dashboard's definition. The analysis for the validation is deleted."
        )?;
        out.flush()?;
    }
    if errors.is_empty() {
        return Ok(());
    }
    Err(CommandError {
        exit: Exit::Aws,
        errors: errors
            .into_iter()
            .map(|error| anyhow::anyhow!("Quick Sight refuses the definition: {error}"))
            .collect(),
        hint: Some(
            "change these visuals of the dashboard (docs/dashboard.md); for the built-in dashboard, send us this text and the output of `kiro-analytics synth`".to_owned(),
        ),
    })
}

async fn stack(aws: &Result<Aws, AwsError>, prefix: &str) -> Result<Option<Stack>, AwsError> {
    match aws {
        Ok(aws) => Stack::find(aws, &Names::new(prefix, aws).data_stack()).await,
        Err(_) => Ok(None),
    }
}

struct Mark(Verdict);

impl fmt::Display for Mark {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (word, colour) = match self.0 {
            Verdict::Pass => ("pass", AnsiColor::Green),
            Verdict::Skip => ("skip", AnsiColor::Cyan),
            Verdict::Warn => ("warn", AnsiColor::Yellow),
            Verdict::Fail => ("FAIL", AnsiColor::Red),
        };
        let style = Style::new().bold().fg_color(Some(colour.into()));
        write!(
            formatter,
            "{}{word}{}",
            style.render(),
            style.render_reset()
        )
    }
}

fn write_text(out: &mut impl Write, report: &PreflightReport) -> io::Result<()> {
    let width = report.checks.iter().map(|check| check.title.len()).max();
    let width = width.unwrap_or(0);
    let indent = " ".repeat(width + 12);
    let folded = |line: &str| line.trim_end().replace('\n', &format!("\n{indent}"));
    for check in &report.checks {
        let mut lines = check.finding.found.iter();
        let first = lines.next().map_or("", String::as_str);
        writeln!(
            out,
            "{:>2}  {}  {:<width$}  {first}",
            check.number,
            Mark(check.finding.verdict),
            check.title,
            first = folded(first)
        )?;
        for line in lines {
            writeln!(out, "{indent}{}", folded(line))?;
        }
        for advice in &check.finding.advice {
            writeln!(out, "{indent}-> {}", folded(advice))?;
        }
    }
    let told = [
        (report.passed, "passed"),
        (report.warnings, "to look at"),
        (report.failed, "failed"),
        (report.skipped, "not looked at"),
    ];
    let told: Vec<String> = told
        .iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, what)| format!("{number} {what}"))
        .collect();
    let next = if report.failed > 0 {
        "Put right what failed, then run this again."
    } else {
        "`kiro-analytics deploy --dry-run` shows what would be made."
    };
    writeln!(
        out,
        "\n{}: {}. {next}",
        counted(report.checks.len() as u64, "check"),
        told.join(", ")
    )
}
