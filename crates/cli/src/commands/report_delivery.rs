//! `kiro-analytics report --to`: reports below a folder or a bucket, under names that say for when and of whom.

use std::io::Write;
use std::sync::Arc;

use kiro_config::Config;
use kiro_dashboard_sql::Span;
use kiro_delivery::{Audience, Destination, Period, ReportFile, ReportFormat, StoreStatus};
use kiro_ingest::StoreError;
use kiro_report_delivery::{Report, ReportTarget, WrittenReport, ends_before};
use serde::Serialize;

use super::report::{
    RequestedDays, command_error, data_days, days_within, no_activity, open_service, report_options,
};
use super::report_mail::{Mailed, mailed, report_mailer};
use crate::args::{Output, ReportArgs};
use crate::command_error::{CommandError, note};
use crate::commands::normalize::now;
use crate::format::{counted, size};
use crate::location::Location;
use crate::people_data::open_store;
use crate::progress::spinner;
use crate::{audience, output};

/// The output for programs.
#[derive(Serialize)]
struct Answer {
    reports: Vec<DeliveredReport>,
    /// Teams without activity in these days: they get no report.
    teams_without_activity: u64,
}

/// A report that was written, and its mail.
#[derive(Serialize)]
struct DeliveredReport {
    #[serde(flatten)]
    written: WrittenReport,
    /// With `--mail`, if somebody gets it.
    #[serde(skip_serializing_if = "Option::is_none")]
    mailed: Option<Mailed>,
}

pub(super) async fn run(
    args: &ReportArgs,
    place: &Location,
    requested: RequestedDays,
    config: &Config,
) -> Result<(), CommandError> {
    check(args, config)?;
    let mailer = report_mailer(args, config).await?;
    let mut mail_failures = MailFailures::default();
    let destination = place.destination().await?;
    let targets = targets(args, config).await?;
    let is_alone = targets.len() == 1;
    let formats: Vec<ReportFormat> = args.format.iter().copied().map(Into::into).collect();
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
                    service,
                    audience: target.audience,
                    period: requested.period.unwrap_or(Period::Days {
                        from: days.from,
                        to: days.to,
                    }),
                    days,
                    formats: &formats,
                    options: report_options(args, config, Some(days))?,
                };
                let (written, files) = write(&report, &destination).await?;
                let mut delivered = DeliveredReport {
                    written,
                    mailed: None,
                };
                if let Some(mailer) = &mailer {
                    let sent = report
                        .mail(&files, destination.as_ref(), mailer, now())
                        .await;
                    let outcome = mailed(sent, &report.name().html_file());
                    delivered.mailed = mail_failures.collect(outcome);
                }
                if args.output == Output::Text {
                    print(&delivered)?;
                }
                answer.reports.push(delivered);
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
async fn targets(args: &ReportArgs, config: &Config) -> Result<Vec<ReportTarget>, CommandError> {
    if !args.each_team {
        let audience = if args.audience.team.is_empty() {
            Audience::Fleet
        } else {
            Audience::Teams(args.audience.team.clone())
        };
        return Ok(vec![ReportTarget {
            audience,
            visibility: audience::visibility(config, &args.audience).await?,
        }]);
    }
    let store = open_store(config)?;
    let teams = ReportTarget::teams(store.rows());
    if teams.is_empty() {
        let error = anyhow::anyhow!("nobody is in a team");
        return Err(CommandError::usage(error).hint(
            "`kiro-analytics people sync` or `people import` reads teams; without --each-team the report has everybody",
        ));
    }
    Ok(std::iter::once(ReportTarget::fleet())
        .chain(teams)
        .collect())
}

/// Says that the data end before the period.
fn remark_incomplete(requested: RequestedDays, data: Span) {
    let Some((period, to)) = requested.period.zip(requested.to) else {
        return;
    };
    if ends_before(data, to) {
        note(format_args!(
            "note: the newest day of the data is {}, but {period} ends on {to}: a later run replaces the report",
            data.to
        ));
    }
}

/// Computes and writes a report. Returns its files, too.
async fn write(
    report: &Report<'_>,
    destination: &Arc<dyn Destination>,
) -> Result<(WrittenReport, Vec<ReportFile>), CommandError> {
    let working = spinner("computing the figures");
    let files = report.render().await;
    working.finish_and_clear();
    let files = files.map_err(command_error)?;
    let stored = report.store(&files, destination.as_ref()).await;
    Ok((stored.map_err(store_error)?, files))
}

fn print(delivered: &DeliveredReport) -> Result<(), CommandError> {
    let report = &delivered.written;
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
    writeln!(out, "{}", delivered.mailed.map_or("", Mailed::remark))?;
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
