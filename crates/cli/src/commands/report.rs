//! `kiro-analytics report`: the dashboard as a file to mail, or as a folder of CSV files.

use std::io::{self, Write};
use std::path::Path;

use chrono::NaiveDate;
use kiro_dashboard::Language;
use kiro_dashboard_sql::Span;
use kiro_people::Visibility;
use kiro_web::{
    DashboardService, Pseudonyms, ReportError, ReportOptions, ReportSummary, write_csv_folder,
    write_html,
};

use crate::args::{Output, ReportArgs, ReportFormat, ReportLanguage, Window};
use crate::command_error::{CommandError, note};
use crate::context::CommandContext;
use crate::format::{counted, size};
use crate::progress::spinner;
use crate::{audience, dashboard_file, engine, folders, output};

pub(crate) async fn run(
    args: ReportArgs,
    context: &CommandContext<'_>,
) -> Result<(), CommandError> {
    let config = &context.config(&args.data)?;
    check_place(&args.out, args.format)?;
    if let (Some(from), Some(to)) = (args.from, args.to)
        && from > to
    {
        let error =
            anyhow::anyhow!("expected --from to be no later than --to, found {from} and {to}");
        return Err(CommandError::usage(error).hint("swap the two days"));
    }
    let visibility = audience::visibility(config, &args.audience).await?;
    let engine = match &visibility {
        Visibility::Everybody => engine::open(config, Window::ALL)?,
        Visibility::Persons(_) => audience::open_engine(config, &visibility)?,
    };
    let file = args.dashboard.as_deref();
    let spec = dashboard_file::load(file, engine.catalogue(), &config.views)?;
    let service = DashboardService::new(spec, engine);
    let options = ReportOptions {
        days: days(&service, args.from, args.to).await?,
        sheets: args.sheets,
        language: match args.language {
            ReportLanguage::En => Language::En,
            ReportLanguage::Zh => Language::Zh,
            ReportLanguage::Ko => Language::Ko,
        },
        pseudonyms: match (args.anonymize, config.hash_salt.clone()) {
            (false, _) => None,
            (true, Some(salt)) => Some(Pseudonyms::with_salt(salt)),
            (true, None) => Some(Pseudonyms::random().map_err(command_error)?),
        },
        version: env!("CARGO_PKG_VERSION").to_owned(),
        ..ReportOptions::default()
    };
    let working = spinner("computing the figures");
    let written = match args.format {
        ReportFormat::Html => write_html(&args.out, &service, &options).await,
        ReportFormat::Csv => write_csv_folder(&args.out, &service, &options).await,
    };
    working.finish_and_clear();
    let summary = written.map_err(command_error)?;
    if args.output == Output::Json {
        return output::print_json(&summary);
    }
    let mut out = output::stdout();
    write_text(&mut out, &summary, args.format)?;
    Ok(out.flush()?)
}

fn check_place(out: &Path, format: ReportFormat) -> Result<(), CommandError> {
    if format == ReportFormat::Html && out.is_dir() {
        let error = anyhow::anyhow!("expected a file, found the folder `{}`", out.display());
        let file = out.join("report.html");
        return Err(CommandError::usage(error).hint(format!("write --out {}", file.display())));
    }
    if format == ReportFormat::Csv && out.is_file() {
        let error = anyhow::anyhow!("expected a folder, found the file `{}`", out.display());
        return Err(CommandError::usage(error).hint("name a folder with --out"));
    }
    folders::check_parent(out)
}

/// The days of the report; one end that was left out is that of the data.
async fn days(
    service: &DashboardService,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
) -> Result<Option<Span>, CommandError> {
    let data = service.days().await;
    let Some(data) = data
        .map_err(|error| command_error(ReportError::Days(error.into())))?
        .days
    else {
        note("note: there is no activity in the data, so the report is empty");
        return Ok(None);
    };
    if from.is_none() && to.is_none() {
        return Ok(None);
    }
    let days = Span {
        from: from.unwrap_or(data.from),
        to: to.unwrap_or(data.to),
    };
    if days.from > data.to || days.to < data.from {
        let error = anyhow::anyhow!(
            "there is no activity in these days: that of the data is from {} to {}",
            data.from,
            data.to
        );
        return Err(CommandError::usage(error).hint("choose other days with --from and --to"));
    }
    Ok(Some(days))
}

fn write_text(
    out: &mut impl Write,
    summary: &ReportSummary,
    format: ReportFormat,
) -> io::Result<()> {
    let count = |value: usize, noun| counted(value as u64, noun);
    let holds = match format {
        ReportFormat::Html => count(summary.visuals, "visual"),
        ReportFormat::Csv => count(summary.figures, "file"),
    };
    write!(
        out,
        "{}, {holds}, {} in `{}`",
        count(summary.sheets, "sheet"),
        size(summary.bytes),
        summary.path.display()
    )?;
    match summary.days {
        Some(days) => writeln!(out, ": {} to {}", days.from, days.to),
        None => writeln!(out),
    }
}

/// Maps an error of the report to the exit code: the command or the data is at fault.
fn command_error(error: ReportError) -> CommandError {
    match error {
        ReportError::UnknownSheet { .. } => CommandError::usage(error)
            .hint("name one of these with --sheet, or leave it out for all"),
        ReportError::Write { .. } => {
            CommandError::usage(error).hint("name another place with --out")
        }
        ReportError::NoRandomness => CommandError::usage(error).hint("give one with --hash-salt"),
        ReportError::Figure { .. } | ReportError::Days(_) | ReportError::Names(_) => {
            CommandError::data(error)
                .hint("if a part is damaged, remove it and run `kiro-analytics normalize` again")
        }
        ReportError::Json(_) | ReportError::Csv(_) => CommandError::data(error),
    }
}
