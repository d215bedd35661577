//! Writes the reports of a period: reads the settings, copies the data, then one report after the other.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use kiro_dashboard::{Language, Spec};
use kiro_delivery::mail::{MailMode, MailStatus, Mailer, Recipients};
use kiro_delivery::{
    Audience, Destination, Period, SCHEDULED_REPORTS_FILE, ScheduledMail, ScheduledReports,
    StoreStatus,
};
use kiro_ingest::ObjectStore;
use kiro_people::PeopleStore;
use kiro_query::EngineOptions;
use kiro_report_delivery::{
    Report, ReportMailError, ReportMailer, ReportTarget, WrittenReport, days_within, ends_before,
    open_engine, team_key,
};
use kiro_web::{DashboardService, Pseudonyms, ReportOptions};
use serde_json::Value;
use tokio::sync::Mutex;

use crate::data_copy::{DataCopy, DataSource};
use crate::error::InvocationError;
use crate::event::ReportRequest;
use crate::response::ReportResponse;

/// The current time.
pub type Clock = fn() -> DateTime<Utc>;

/// Writes reports.
pub struct ReportSender {
    /// The folder of the parts.
    pub parts: Arc<dyn ObjectStore>,
    /// The folder of the map of names; `None` without names.
    pub names: Option<Arc<dyn ObjectStore>>,
    /// The folder of the settings.
    pub settings: Arc<dyn Destination>,
    /// Where reports are written.
    pub reports: Arc<dyn Destination>,
    /// The copy of parts and names. One invocation at a time uses it.
    pub copy: Mutex<DataCopy>,
    /// Takes the mails.
    pub mailer: Arc<dyn Mailer>,
    pub clock: Clock,
    /// The program's version, which reports show.
    pub version: String,
}

/// The period of an invocation.
#[derive(Clone, Copy)]
struct PeriodDays {
    period: Period,
    from: NaiveDate,
    to: NaiveDate,
}

/// What an invocation works with.
struct Run<'a> {
    period: PeriodDays,
    settings: &'a ScheduledReports,
    options: &'a EngineOptions,
    mailer: Option<&'a ReportMailer>,
}

/// What became of the mail of a report.
type Mailed = Result<Option<MailStatus>, ReportMailError>;

impl ReportSender {
    /// Handles an event. A second invocation with the same period writes only what has changed since.
    ///
    /// # Errors
    ///
    /// If the event, the settings or the data cannot be read, or if a report cannot be written. Earlier ones stay.
    pub async fn handle(&self, event: &Value) -> Result<ReportResponse, InvocationError> {
        let request = ReportRequest::parse(event).map_err(InvocationError::UnknownEvent)?;
        let period = request.period.resolve((self.clock)().date_naive());
        let period = period.map_err(InvocationError::Period)?;
        let (from, to) = period.days();
        let period = PeriodDays { period, from, to };
        let settings = self.read_settings().await?;
        let mailer = match &settings.mail {
            Some(mail) => Some(self.report_mailer(mail)?),
            None => None,
        };
        let mut copy = self.copy.lock().await;
        let source = DataSource {
            parts: self.parts.as_ref(),
            names: self.names.as_deref(),
        };
        let counts = copy.update(source).await.map_err(InvocationError::Copy)?;
        tracing::info!(
            objects = counts.objects,
            copied = counts.copied,
            bytes = counts.copied_bytes,
            removed = counts.removed,
            "Data copied."
        );
        let options = EngineOptions {
            data: copy.folder().to_owned(),
            render: settings.render_options(),
            since: None,
            until: None,
        };
        let run = Run {
            period,
            settings: &settings,
            options: &options,
            mailer: mailer.as_ref(),
        };
        self.write(&run).await
    }

    fn report_mailer(&self, mail: &ScheduledMail) -> Result<ReportMailer, InvocationError> {
        let recipients = |addresses: &[String]| {
            let parsed = Recipients::parse(addresses.iter().map(String::as_str));
            parsed.map_err(InvocationError::Recipients)
        };
        let mut teams = BTreeMap::new();
        for (team, addresses) in &mail.teams {
            let recipients = recipients(std::slice::from_ref(addresses))?;
            teams.insert(team_key(team), recipients);
        }
        let to = if mail.to.is_empty() {
            None
        } else {
            Some(recipients(&mail.to)?)
        };
        Ok(ReportMailer {
            mailer: Arc::clone(&self.mailer),
            from: mail.from.parse().map_err(InvocationError::Sender)?,
            to,
            teams,
            mode: MailMode::Once,
            is_linked: false,
        })
    }

    async fn read_settings(&self) -> Result<ScheduledReports, InvocationError> {
        let read = self.settings.read(SCHEDULED_REPORTS_FILE).await;
        let stored = read.map_err(InvocationError::Copy)?;
        let stored = stored.ok_or_else(|| InvocationError::NoSettings {
            location: self.settings.location(SCHEDULED_REPORTS_FILE),
        })?;
        ScheduledReports::from_json(&stored.content).map_err(InvocationError::Settings)
    }

    /// Writes the report of everybody, then those of teams. A mail that fails does not stop the other reports.
    async fn write(&self, run: &Run<'_>) -> Result<ReportResponse, InvocationError> {
        let mut response = ReportResponse {
            period: run.period.period.to_string(),
            ..ReportResponse::default()
        };
        let mut mail_failure = None;
        for target in run.targets()? {
            let is_fleet = target.audience == Audience::Fleet;
            match self.write_one(run, target).await? {
                Some((written, mailed)) => {
                    count(&mut response, &written);
                    match mailed {
                        Ok(Some(MailStatus::Sent)) => response.mailed += 1,
                        Ok(Some(MailStatus::SentBefore)) => response.mailed_before += 1,
                        Ok(Some(MailStatus::InWork) | None) => {}
                        Err(error) => mail_failure = mail_failure.or(Some(error)),
                    }
                }
                None if is_fleet => {
                    tracing::warn!(period = response.period, "No activity in the period.");
                    break;
                }
                None => response.teams_without_activity += 1,
            }
        }
        tracing::info!(
            period = response.period,
            reports = response.reports,
            files_written = response.files_written,
            files_unchanged = response.files_unchanged,
            teams_without_activity = response.teams_without_activity,
            mailed = response.mailed,
            "Reports written."
        );
        match mail_failure {
            Some(error) => Err(InvocationError::Mail(error)),
            None => Ok(response),
        }
    }

    /// Writes a report and mails it; `None` without activity in the period.
    async fn write_one(
        &self,
        run: &Run<'_>,
        target: ReportTarget,
    ) -> Result<Option<(WrittenReport, Mailed)>, InvocationError> {
        let Run {
            period,
            settings,
            options,
            mailer,
        } = run;
        let service = open_service(settings, options, &target)?;
        let data = service.days().await?.days;
        let days = data.and_then(|data| days_within(data, Some(period.from), Some(period.to)));
        let (Some(data), Some(days)) = (data, days) else {
            return Ok(None);
        };
        if target.audience == Audience::Fleet && ends_before(data, period.to) {
            tracing::warn!(
                period = %period.period,
                newest_day = %data.to,
                "The data end before the period. A later run replaces the report."
            );
        }
        let pseudonyms = settings.salt.clone().filter(|_| settings.is_anonymous);
        let report = Report {
            service,
            audience: target.audience,
            period: period.period,
            days,
            formats: &settings.formats,
            options: ReportOptions {
                language: Language::from_tag(&settings.language).unwrap_or_default(),
                pseudonyms: pseudonyms.map(Pseudonyms::with_salt),
                version: self.version.clone(),
                ..ReportOptions::default()
            },
        };
        let files = report.render().await.map_err(InvocationError::Report)?;
        let destination = self.reports.as_ref();
        let written = report.store(&files, destination).await;
        let written = written.map_err(InvocationError::Store)?;
        let mailed = match mailer {
            Some(mailer) => {
                report
                    .mail(&files, destination, mailer, (self.clock)())
                    .await
            }
            None => Ok(None),
        };
        Ok(Some((written, mailed)))
    }
}

impl Run<'_> {
    /// Of whom reports are written, everybody first.
    fn targets(&self) -> Result<Vec<ReportTarget>, InvocationError> {
        let mut targets = vec![ReportTarget::fleet()];
        if self.settings.each_team {
            let people = PeopleStore::open(&self.options.data).map_err(InvocationError::Teams)?;
            let teams = ReportTarget::teams(people.rows());
            if teams.is_empty() {
                tracing::warn!(period = %self.period.period, "Nobody is in a team.");
            }
            targets.extend(teams);
        }
        Ok(targets)
    }
}

/// The dashboard over the rows of a target.
fn open_service(
    settings: &ScheduledReports,
    options: &EngineOptions,
    target: &ReportTarget,
) -> Result<Arc<DashboardService>, InvocationError> {
    let engine = open_engine(options.clone(), &target.visibility);
    let engine = engine.map_err(InvocationError::Engine)?;
    let (catalogue, views) = (engine.catalogue(), &settings.views);
    let spec = match &settings.dashboard {
        Some(text) => Spec::load(text, "dashboard", catalogue, views),
        None => Spec::builtin(catalogue, views),
    };
    let spec = spec.map_err(InvocationError::Dashboard)?;
    Ok(DashboardService::new(spec, engine))
}

fn count(response: &mut ReportResponse, written: &WrittenReport) {
    let is_written = |status: StoreStatus| status == StoreStatus::Written;
    let files = written.files.iter();
    let new = files.filter(|file| is_written(file.status)).count();
    response.reports += 1;
    response.files_written += new;
    response.files_unchanged += written.files.len() - new;
}
