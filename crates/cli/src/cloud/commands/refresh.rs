//! `kiro-analytics refresh`: new exports are read, and datasets imported, now.

use std::collections::BTreeMap;
use std::io::{self, Write};

use kiro_config::Config;
use kiro_deploy::ingestion::Imported;
use kiro_deploy::refresh::{ImportLine, RefreshOrder, Refreshed, refresh};
use kiro_deploy::steps::{NameMapping, NameRequest, Normalization};
use serde::Serialize;

use crate::args::Output;
use crate::cloud::args::{RefreshArgs, RefreshPart};
use crate::cloud::deployed;
use crate::cloud::session::{Session, command_error};
use crate::cloud::step_progress::StepProgress;
use crate::command_error::CommandError;
use crate::commands::normalize::now;
use crate::context::CommandContext;
use crate::exit::Exit;
use crate::format::{count, counted};
use crate::output;

#[derive(Debug, Serialize)]
struct Answer {
    normalization: Option<Normalized>,
    /// None without identity mapping.
    #[serde(skip_serializing_if = "Option::is_none")]
    names: Option<NameMapping>,
    imports: Vec<ImportLine>,
}

#[derive(Debug, Serialize)]
struct Normalized {
    exports_read: u64,
    exports_seen: u64,
    /// Exports that the function could not read.
    failures: Vec<String>,
}

impl From<&Normalization> for Normalized {
    fn from(run: &Normalization) -> Self {
        Self {
            exports_read: run.processed,
            exports_seen: run.seen,
            failures: run.problems.clone(),
        }
    }
}

pub(crate) async fn run(
    args: RefreshArgs,
    context: &CommandContext<'_>,
) -> Result<(), CommandError> {
    let layers = &context.layers(&args.cloud)?;
    let session = Session::open(layers).await?;
    deployed::needed(&session)?;
    let deployment = session.deployment(None)?;
    let output = args.output;
    let order = order(args, deployment.settings());
    let progress = StepProgress::of_work();
    let done = refresh(&deployment, &order, &progress).await;
    progress.clear();
    let done = done.map_err(command_error)?;
    let answer = Answer {
        normalization: done.normalized.as_ref().map(Normalized::from),
        names: done.mapped.clone(),
        imports: done.imported.iter().map(Imported::line).collect(),
    };
    if output == Output::Json {
        output::print_json(&answer)?;
    } else {
        let mut out = output::stdout();
        answer.write_text(&mut out, &order)?;
        out.flush()?;
    }
    verdict(&done, &answer)
}

/// What the arguments and the settings ask for.
fn order(args: RefreshArgs, settings: &Config) -> RefreshOrder {
    let is_part = |part| args.only.is_none_or(|only| only == part);
    let asks_for_names = args.only == Some(RefreshPart::Names)
        || args.accept_shrink
        || !args.forget.is_empty()
        || (settings.identity_mapping && is_part(RefreshPart::Names) && args.dataset.is_empty());
    RefreshOrder {
        normalizes: is_part(RefreshPart::Normalize) && args.dataset.is_empty(),
        imports: is_part(RefreshPart::Import) && settings.quicksight,
        names: asks_for_names.then_some(NameRequest {
            accept_shrink: args.accept_shrink,
            forget: args.forget,
        }),
        only: args.dataset,
        import_id: format!("refresh-{}", now().format("%Y%m%d%H%M%S")),
    }
}

impl Answer {
    fn write_text(&self, out: &mut impl Write, order: &RefreshOrder) -> io::Result<()> {
        if let Some(run) = &self.normalization {
            match (run.exports_read, run.failures.is_empty()) {
                (0, true) => writeln!(out, "exports  nothing new")?,
                (0, false) => writeln!(out, "exports  all that can be read has been")?,
                (read, _) => writeln!(out, "exports  {} read", counted(read, "new export"))?,
            }
        }
        if let Some(mapped) = &self.names {
            writeln!(out, "names    {}", mapped.summary())?;
            let asked = order.names.as_ref().map_or(0, |names| names.forget.len());
            if mapped.status == "noop" && asked > 0 {
                writeln!(
                    out,
                    "         whom --forget names will be shown by a mask from the first names on"
                )?;
            }
        }
        if order.imports && self.imports.is_empty() {
            writeln!(
                out,
                "imports  none: there is no dataset yet, `kiro-analytics deploy` makes them"
            )?;
        }
        let width = self.imports.iter().map(|line| line.view.len()).max();
        for line in &self.imports {
            let rows = line.rows.map(|rows| counted(rows, "row"));
            let dropped = line.dropped_rows.filter(|rows| *rows > 0);
            let dropped = dropped.map(|rows| format!("{} dropped", count(rows)));
            let seconds = line.seconds.map(|seconds| format!("{seconds:.0} s"));
            let figures: Vec<String> = [rows, dropped, seconds].into_iter().flatten().collect();
            let text = format!(
                "imports  {:<width$}  {:<9}  {}",
                line.view,
                line.status,
                figures.join(", "),
                width = width.unwrap_or(0)
            );
            writeln!(out, "{}", text.trim_end())?;
        }
        Ok(())
    }
}

/// Reports failures with their exit code.
fn verdict(done: &Refreshed, answer: &Answer) -> Result<(), CommandError> {
    let mut errors = Vec::new();
    let mut hint = None;
    let mut exit = Exit::Data;
    for problem in done.normalized.iter().flat_map(|run| &run.problems) {
        errors.push(anyhow::anyhow!("{problem}"));
        hint = Some(
            "all other exports were read; `kiro-analytics logs` says more about these".to_owned(),
        );
    }
    let mapped = done.mapped.as_ref();
    if let Some(problem) = mapped.and_then(NameMapping::unmatched_problem) {
        errors.push(anyhow::anyhow!("{problem}"));
        hint = Some("check its spelling, and run `refresh --only names --forget` again".to_owned());
    }
    for (why, failed) in failures(&answer.imports) {
        let ids: Vec<String> = failed
            .iter()
            .map(|line| format!("`{}`", line.data_set))
            .collect();
        errors.push(match ids.as_slice() {
            [id] => anyhow::anyhow!("dataset {id} was not imported: {why}"),
            ids => anyhow::anyhow!(
                "{} datasets were not imported: {why} ({})",
                ids.len(),
                ids.join(", ")
            ),
        });
        hint = failed.first().and_then(|line| line.hint.clone());
        exit = Exit::Aws;
    }
    if errors.is_empty() {
        return Ok(());
    }
    Err(CommandError { exit, errors, hint })
}

/// The imports that failed, by their reason: one cause often stops them all.
fn failures(imports: &[ImportLine]) -> BTreeMap<&str, Vec<&ImportLine>> {
    let mut failures: BTreeMap<&str, Vec<&ImportLine>> = BTreeMap::new();
    for line in imports.iter().filter(|line| line.hint.is_some()) {
        let why = line.error.as_deref().unwrap_or(&line.status);
        failures.entry(why).or_default().push(line);
    }
    failures
}
