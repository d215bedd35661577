//! `kiro-analytics report`: the dashboard as a file to mail, or as a folder of CSV files.

use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use chrono::NaiveDate;
use kiro_config::Config;
use kiro_dashboard::Language;
use kiro_dashboard_sql::Span;
use kiro_delivery::{Audience, FolderDestination, Period, ReportFile, ReportName};
use kiro_people::Visibility;
use kiro_report_delivery::{ReportMailer, ReportToMail};
use kiro_web::{
    DashboardService, Pseudonyms, ReportError, ReportOptions, ReportSummary, write_csv_folder,
    write_html,
};
use serde::Serialize;

use crate::args::{Output, ReportArgs, ReportFormat, ReportLanguage, Window};
use crate::command_error::{CommandError, note};
use crate::commands::normalize::now;
use crate::commands::report_delivery;
use crate::commands::report_mail::{Mailed, mailed, report_mailer};
use crate::context::CommandContext;
use crate::format::{counted, size};
use crate::progress::spinner;
use crate::{audience, dashboard_file, engine, folders, output};

/// The output for programs of a report with `--out`.
#[derive(Serialize)]
struct WrittenFile {
    #[serde(flatten)]
    summary: ReportSummary,
    /// With `--mail`, if somebody gets it.
    #[serde(skip_serializing_if = "Option::is_none")]
    mailed: Option<Mailed>,
}

/// The days that the command line asks for.
#[derive(Debug, Clone, Copy)]
pub(super) struct RequestedDays {
    pub(super) from: Option<NaiveDate>,
    pub(super) to: Option<NaiveDate>,
    /// The period that `--period` names.
    pub(super) period: Option<Period>,
}

pub(crate) async fn run(
    args: ReportArgs,
    context: &CommandContext<'_>,
) -> Result<(), CommandError> {
    let config = &context.config(&args.data)?;
    let requested = requested_days(&args)?;
    let place = args.place();
    match (&args.out, place) {
        (Some(_), Some(_)) => {
            let error = anyhow::anyhow!("expected --out or --to with a place, found both");
            Err(CommandError::usage(error).hint("leave one of them out"))
        }
        (None, Some(place)) => report_delivery::run(&args, place, requested, config).await,
        (Some(out), None) => write_one(out, &args, requested, config).await,
        (None, None) => {
            let error = anyhow::anyhow!("no place for the report is named");
            Err(CommandError::usage(error)
                .hint("name a file with --out, or a folder or bucket with --to"))
        }
    }
}

/// Writes the file or the folder that `--out` names.
async fn write_one(
    out: &Path,
    args: &ReportArgs,
    requested: RequestedDays,
    config: &Config,
) -> Result<(), CommandError> {
    let &[format] = args.format.as_slice() else {
        let error = anyhow::anyhow!("expected one --format with --out, found several");
        return Err(CommandError::usage(error).hint("name a folder or bucket with --to for both"));
    };
    check_place(out, format)?;
    let sender = report_mailer(args, config).await?;
    let visibility = audience::visibility(config, &args.audience).await?;
    let service = open_service(args, config, &visibility)?;
    let days = days(&service, requested).await?;
    let options = report_options(args, config, days)?;
    let working = spinner("computing the figures");
    let written = match format {
        ReportFormat::Html => write_html(out, &service, &options).await,
        ReportFormat::Csv => write_csv_folder(out, &service, &options).await,
    };
    working.finish_and_clear();
    let summary = written.map_err(command_error)?;
    let report = ReportAtPath {
        out,
        args,
        period: requested.period,
        service: &service,
        options: &options,
    };
    let (mailed, failure) = match sender {
        Some(sender) => match report.mail(&sender).await {
            Ok(mailed) => (mailed, None),
            Err(failure) => (Some(Mailed::Failed), Some(failure)),
        },
        None => (None, None),
    };
    let written = WrittenFile { summary, mailed };
    if args.output == Output::Json {
        output::print_json(&written)?;
    } else {
        let mut out = output::stdout();
        write_text(&mut out, &written, format)?;
        out.flush()?;
    }
    failure.map_or(Ok(()), Err)
}

/// A report that was written where `--out` says.
struct ReportAtPath<'a> {
    out: &'a Path,
    args: &'a ReportArgs,
    period: Option<Period>,
    service: &'a DashboardService,
    options: &'a ReportOptions,
}

impl ReportAtPath<'_> {
    /// Mails the file. Its receipt is in the folder beside it.
    async fn mail(&self, sender: &ReportMailer) -> Result<Option<Mailed>, CommandError> {
        let days = match self.options.days {
            Some(days) => Some(days),
            None => data_days(self.service).await?,
        };
        let Some(days) = days else {
            let error = anyhow::anyhow!("there is no activity to mail");
            return Err(CommandError::data(error)
                .hint("read exports with `kiro-analytics normalize SOURCE DATA`"));
        };
        let content = std::fs::read(self.out).map_err(|error| {
            let context = format!("could not read `{}`", self.out.display());
            CommandError::usage(anyhow::Error::new(error).context(context))
        })?;
        let name = self.name(days);
        let file_name = self.out.file_name().unwrap_or_default().to_string_lossy();
        let viewer = self.args.audience.viewer.as_deref().unwrap_or_default();
        let identity = format!(
            "{file_name}\n{}{}\n{viewer}",
            name.folder(),
            name.html_file()
        );
        let html = ReportFile::html(file_name.into_owned(), content);
        let report = ReportToMail {
            destination: &FolderDestination::new(self.out.parent().unwrap_or(Path::new(""))),
            folder: "",
            identity: &identity,
            name,
            days,
            html: &html,
            service: self.service,
            options: self.options,
        };
        mailed(sender.send(&report, now()).await, html.file_name())
    }

    fn name(&self, days: Span) -> ReportName {
        let teams = &self.args.audience.team;
        ReportName {
            period: self.period.unwrap_or(Period::Days {
                from: days.from,
                to: days.to,
            }),
            audience: if teams.is_empty() {
                Audience::Fleet
            } else {
                Audience::Teams(teams.clone())
            },
            is_anonymous: self.args.anonymize,
            sheets: self.args.sheets.clone(),
            language: self.options.language.code().to_owned(),
        }
    }
}

/// The dashboard over the rows of these people alone.
pub(super) fn open_service(
    args: &ReportArgs,
    config: &Config,
    visibility: &Visibility,
) -> Result<Arc<DashboardService>, CommandError> {
    let engine = match visibility {
        Visibility::Everybody => engine::open(config, Window::ALL)?,
        Visibility::Persons(_) => audience::open_engine(config, visibility)?,
    };
    let file = args.dashboard.as_deref();
    let spec = dashboard_file::load(file, engine.catalogue(), &config.views)?;
    Ok(DashboardService::new(spec, engine))
}

pub(super) fn report_options(
    args: &ReportArgs,
    config: &Config,
    days: Option<Span>,
) -> Result<ReportOptions, CommandError> {
    Ok(ReportOptions {
        days,
        sheets: args.sheets.clone(),
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
    })
}

/// Resolves the period by today's date, and checks the order of the days.
fn requested_days(args: &ReportArgs) -> Result<RequestedDays, CommandError> {
    let last_day = args.last_day();
    let requested = match args.period {
        Some(choice) => {
            if last_day.is_some() {
                let error = anyhow::anyhow!("expected --period or a last day, found both");
                return Err(CommandError::usage(error).hint("leave one of them out"));
            }
            let today = now().date_naive();
            let period = choice.resolve(today).map_err(CommandError::usage)?;
            let (from, to) = period.days();
            RequestedDays {
                from: Some(from),
                to: Some(to),
                period: Some(period),
            }
        }
        None => RequestedDays {
            from: args.from,
            to: last_day,
            period: None,
        },
    };
    if let (Some(from), Some(to)) = (requested.from, requested.to)
        && from > to
    {
        let error =
            anyhow::anyhow!("expected --from to be no later than --until, found {from} and {to}");
        return Err(CommandError::usage(error).hint("swap the two days"));
    }
    Ok(requested)
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
    requested: RequestedDays,
) -> Result<Option<Span>, CommandError> {
    let Some(data) = data_days(service).await? else {
        note("note: there is no activity in the data, so the report is empty");
        return Ok(None);
    };
    if requested.from.is_none() && requested.to.is_none() {
        return Ok(None);
    }
    match days_within(data, requested) {
        Some(days) => Ok(Some(days)),
        None => Err(no_activity(data, requested)),
    }
}

/// The first and the last day with activity.
pub(super) async fn data_days(service: &DashboardService) -> Result<Option<Span>, CommandError> {
    let data = service.days().await;
    let data = data.map_err(|error| command_error(ReportError::Days(error.into())))?;
    Ok(data.days)
}

/// The requested days; `None` if the data have no activity in them.
pub(super) fn days_within(data: Span, requested: RequestedDays) -> Option<Span> {
    kiro_report_delivery::days_within(data, requested.from, requested.to)
}

/// A period that the data do not have is a matter of the data; days that were typed are one of the command.
pub(super) fn no_activity(data: Span, requested: RequestedDays) -> CommandError {
    let (from, to) = (data.from, data.to);
    match requested.period {
        Some(period) => CommandError::data(anyhow::anyhow!(
            "there is no activity in {period}: that of the data is from {from} to {to}"
        ))
        .hint("read newer exports with `kiro-analytics normalize`, or name another period"),
        None => CommandError::usage(anyhow::anyhow!(
            "there is no activity in these days: that of the data is from {from} to {to}"
        ))
        .hint("choose other days with --from and --until"),
    }
}

fn write_text(out: &mut impl Write, written: &WrittenFile, format: ReportFormat) -> io::Result<()> {
    let summary = &written.summary;
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
    if let Some(days) = summary.days {
        write!(out, ": {} to {}", days.from, days.to)?;
    }
    writeln!(out, "{}", written.mailed.map_or("", Mailed::remark))
}

/// Maps an error of the report to the exit code: the command or the data is at fault.
pub(super) fn command_error(error: ReportError) -> CommandError {
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
