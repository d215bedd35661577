//! `kiro-analytics report --to`: reports below a folder or a bucket, under names that say for when and of whom.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;

use chrono::{Days, NaiveDate};
use kiro_config::Config;
use kiro_dashboard_sql::Span;
use kiro_delivery::{
    Audience, Destination, Period, ReportFile, ReportName, StoreStatus, StoredFile, store,
};
use kiro_ingest::StoreError;
use kiro_people::Visibility;
use kiro_web::{DashboardService, ReportOptions, render_csv, render_html};
use serde::Serialize;

use super::report::{
    RequestedDays, command_error, data_days, days_within, no_activity, open_service, report_options,
};
use super::report_mail::{Mailed, ReportMailer, ReportToMail};
use crate::args::{Output, ReportArgs, ReportFormat};
use crate::command_error::{CommandError, note};
use crate::format::{counted, size};
use crate::location::Location;
use crate::people_data::open_store;
use crate::progress::spinner;
use crate::{audience, output};

/// Days without activity at the end of a period that are usual: a weekend.
const USUAL_GAP: Days = Days::new(2);

/// The output for programs.
#[derive(Serialize)]
struct Answer {
    reports: Vec<WrittenReport>,
    /// Teams without activity in these days: they get no report.
    teams_without_activity: u64,
}

/// A report and its files.
#[derive(Serialize)]
struct WrittenReport {
    /// `2026-W48`.
    period: String,
    from: NaiveDate,
    to: NaiveDate,
    /// Empty for everybody.
    teams: Vec<String>,
    folder: String,
    files: Vec<StoredFile>,
    /// With `--mail`, if somebody gets it.
    #[serde(skip_serializing_if = "Option::is_none")]
    mailed: Option<Mailed>,
}

/// A report to write.
struct Target {
    audience: Audience,
    visibility: Visibility,
}

pub(super) async fn run(
    args: &ReportArgs,
    place: &Location,
    requested: RequestedDays,
    config: &Config,
) -> Result<(), CommandError> {
    check(args, config)?;
    let sender = ReportMailer::new(args, config).await?;
    let mut mail_failures = MailFailures::default();
    let destination = place.destination().await?;
    let targets = targets(args, config).await?;
    let is_alone = targets.len() == 1;
    let mut answer = Answer {
        reports: Vec::new(),
        teams_without_activity: 0,
    };
    for target in targets {
        let service = open_service(args, config, &target.visibility)?;
        let data = data_days(&service).await?;
        let days = data.and_then(|data| days_within(data, requested));
        let is_required = is_alone || target.audience == Audience::Fleet;
        match (days, data) {
            (Some(days), Some(data)) => {
                if target.audience == Audience::Fleet || is_alone {
                    remark_incomplete(requested, data);
                }
                let report = Report {
                    args,
                    options: report_options(args, config, Some(days))?,
                    service,
                    days,
                    period: requested.period.unwrap_or(Period::Days {
                        from: days.from,
                        to: days.to,
                    }),
                };
                let name = report.name(target.audience);
                let (mut written, html) = report.write(&destination, &name).await?;
                if let Some((sender, html)) = sender.as_ref().zip(html) {
                    let mailed = report.mail(sender, destination.as_ref(), name, &html).await;
                    written.mailed = mail_failures.collect(mailed);
                }
                if args.output == Output::Text {
                    print(&written)?;
                }
                answer.reports.push(written);
            }
            (None, Some(data)) if is_required => return Err(no_activity(data, requested)),
            (_, None) if is_required => {
                let error = anyhow::anyhow!("there is no activity in the data");
                return Err(CommandError::data(error)
                    .hint("read exports with `kiro-analytics normalize SOURCE DATA`"));
            }
            _ => answer.teams_without_activity += 1,
        }
    }
    if args.output == Output::Json {
        output::print_json(&answer)?;
    } else if answer.teams_without_activity > 0 {
        note(format_args!(
            "{} without activity in these days: no report",
            counted(answer.teams_without_activity, "team")
        ));
    }
    mail_failures.into_result()
}

/// The errors of mails: one that fails does not stop the other reports.
#[derive(Default)]
struct MailFailures(Option<CommandError>);

impl MailFailures {
    /// Keeps the error. The exit code and the advice are those of the first one.
    fn collect(&mut self, mailed: Result<Option<Mailed>, CommandError>) -> Option<Mailed> {
        match mailed {
            Ok(mailed) => mailed,
            Err(failure) => {
                match &mut self.0 {
                    Some(first) => first.errors.extend(failure.errors),
                    None => self.0 = Some(failure),
                }
                Some(Mailed::Failed)
            }
        }
    }

    fn into_result(self) -> Result<(), CommandError> {
        self.0.map_or(Ok(()), Err)
    }
}

/// Refuses what could not be written again with the same bytes, or would have a person in its name.
fn check(args: &ReportArgs, config: &Config) -> Result<(), CommandError> {
    if args.anonymize && config.hash_salt.is_none() {
        let error = anyhow::anyhow!(
            "--anonymize with --to needs a salt: without one, every run has other pseudonyms"
        );
        return Err(CommandError::usage(error).hint(
            "set KIRO_ANALYTICS_HASH_SALT, or `hash_salt` in kiro-analytics.toml: `openssl rand -hex 32` makes one",
        ));
    }
    if args.audience.viewer.is_some() {
        let error = anyhow::anyhow!("--to has no name for the report of one viewer");
        return Err(CommandError::usage(error).hint("name the file with --out"));
    }
    Ok(())
}

/// The reports to write, that of everybody first.
async fn targets(args: &ReportArgs, config: &Config) -> Result<Vec<Target>, CommandError> {
    if !args.each_team {
        let audience = if args.audience.team.is_empty() {
            Audience::Fleet
        } else {
            Audience::Teams(args.audience.team.clone())
        };
        return Ok(vec![Target {
            audience,
            visibility: audience::visibility(config, &args.audience).await?,
        }]);
    }
    let store = open_store(config)?;
    // Names of teams that differ in case alone are one team.
    let teams: BTreeMap<String, String> = store
        .rows()
        .iter()
        .filter_map(|row| row.team.clone())
        .map(|team| (team.trim().to_lowercase(), team))
        .filter(|(folded, _)| !folded.is_empty())
        .collect();
    if teams.is_empty() {
        let error = anyhow::anyhow!("nobody is in a team");
        return Err(CommandError::usage(error).hint(
            "`kiro-analytics people sync` or `people import` reads teams; without --each-team the report has everybody",
        ));
    }
    let mut targets = vec![Target {
        audience: Audience::Fleet,
        visibility: Visibility::Everybody,
    }];
    for team in teams.into_values() {
        let names = vec![team];
        if let Some(visibility) = Visibility::of_teams(&names, store.rows()) {
            targets.push(Target {
                audience: Audience::Teams(names),
                visibility,
            });
        }
    }
    Ok(targets)
}

/// Says that the data end before the period.
fn remark_incomplete(requested: RequestedDays, data: Span) {
    let Some((period, to)) = requested.period.zip(requested.to) else {
        return;
    };
    if data
        .to
        .checked_add_days(USUAL_GAP)
        .is_some_and(|day| day < to)
    {
        note(format_args!(
            "note: the newest day of the data is {}, but {period} ends on {to}: a later run replaces the report",
            data.to
        ));
    }
}

/// A report whose days are known.
struct Report<'a> {
    args: &'a ReportArgs,
    options: ReportOptions,
    service: Arc<DashboardService>,
    days: Span,
    period: Period,
}

impl Report<'_> {
    fn name(&self, audience: Audience) -> ReportName {
        ReportName {
            period: self.period,
            audience,
            is_anonymous: self.args.anonymize,
            sheets: self.args.sheets.clone(),
            language: self.options.language.code().to_owned(),
        }
    }

    /// Writes the files, and returns the HTML file if it is one of them.
    async fn write(
        &self,
        destination: &Arc<dyn Destination>,
        name: &ReportName,
    ) -> Result<(WrittenReport, Option<ReportFile>), CommandError> {
        let working = spinner("computing the figures");
        let files = self.files(name).await;
        working.finish_and_clear();
        let mut stored = Vec::new();
        let mut html = None;
        for file in files? {
            let written = store(destination.as_ref(), &file).await;
            stored.push(written.map_err(store_error)?);
            if file.name == html_path(name) {
                html = Some(file);
            }
        }
        let written = WrittenReport {
            period: self.period.to_string(),
            from: self.days.from,
            to: self.days.to,
            teams: match &name.audience {
                Audience::Fleet => Vec::new(),
                Audience::Teams(teams) => teams.clone(),
            },
            folder: destination.location(&name.folder()),
            files: stored,
            mailed: None,
        };
        Ok((written, html))
    }

    /// Mails the HTML file that was written.
    async fn mail(
        &self,
        sender: &ReportMailer,
        destination: &dyn Destination,
        name: ReportName,
        html: &ReportFile,
    ) -> Result<Option<Mailed>, CommandError> {
        let report = ReportToMail {
            destination,
            folder: &name.folder(),
            identity: &name.html_file(),
            name,
            days: self.days,
            html,
            service: &self.service,
            options: &self.options,
        };
        sender.send(&report).await
    }

    /// The contents of all files. Computed before the first one is written.
    async fn files(&self, name: &ReportName) -> Result<Vec<ReportFile>, CommandError> {
        let mut files = Vec::new();
        if self.args.format.contains(&ReportFormat::Html) {
            let html = render_html(&self.service, &self.options).await;
            files.push(ReportFile::html(
                html_path(name),
                html.map_err(command_error)?,
            ));
        }
        if self.args.format.contains(&ReportFormat::Csv) {
            let tables = render_csv(&self.service, &self.options).await;
            let folder = format!("{}{}", name.folder(), name.csv_folder());
            for table in tables.map_err(command_error)? {
                let path = format!("{folder}{}", table.name);
                files.push(ReportFile::csv(path, table.content));
            }
        }
        Ok(files)
    }
}

/// The path of the HTML file below the address.
fn html_path(name: &ReportName) -> String {
    format!("{}{}", name.folder(), name.html_file())
}

fn print(report: &WrittenReport) -> Result<(), CommandError> {
    let written = report
        .files
        .iter()
        .filter(|file| file.status == StoreStatus::Written);
    let (count, bytes) = written.fold((0, 0), |(count, bytes), file| {
        (count + 1, bytes + file.bytes)
    });
    let mut out = output::stdout();
    write!(out, "{}: ", report.folder)?;
    if count > 0 {
        write!(out, "{} written, {}", counted(count, "file"), size(bytes))?;
    }
    let unchanged = report.files.len() as u64 - count;
    match (count, unchanged) {
        (0, unchanged) => write!(out, "{} unchanged", counted(unchanged, "file"))?,
        (_, 0) => {}
        (_, unchanged) => write!(out, ", {unchanged} unchanged")?,
    }
    writeln!(out, "{}", report.mailed.map_or("", Mailed::remark))?;
    Ok(out.flush()?)
}

/// Maps an error of the destination to the exit code: AWS or the command is at fault.
pub(super) fn store_error(error: StoreError) -> CommandError {
    let hint = error.hint();
    if error.is_remote() {
        CommandError::aws(error).maybe_hint(hint)
    } else {
        CommandError::usage(error).maybe_hint(Some(hint.unwrap_or("name another place with --to")))
    }
}
