//! Writes the reports of a period: reads the settings, copies the data, then one report after the other.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use kiro_dashboard::{Language, Spec};
use kiro_delivery::{
    Audience, Destination, Period, SCHEDULED_REPORTS_FILE, ScheduledReports, StoreStatus,
};
use kiro_ingest::ObjectStore;
use kiro_people::PeopleStore;
use kiro_query::EngineOptions;
use kiro_report_delivery::{
    Report, ReportTarget, WrittenReport, days_within, ends_before, open_engine,
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
        self.write(period, &settings, &options).await
    }

    async fn read_settings(&self) -> Result<ScheduledReports, InvocationError> {
        let read = self.settings.read(SCHEDULED_REPORTS_FILE).await;
        let stored = read.map_err(InvocationError::Copy)?;
        let stored = stored.ok_or_else(|| InvocationError::NoSettings {
            location: self.settings.location(SCHEDULED_REPORTS_FILE),
        })?;
        ScheduledReports::from_json(&stored.content).map_err(InvocationError::Settings)
    }

    /// Writes the report of everybody, then those of teams.
    async fn write(
        &self,
        period: PeriodDays,
        settings: &ScheduledReports,
        options: &EngineOptions,
    ) -> Result<ReportResponse, InvocationError> {
        let mut response = ReportResponse {
            period: period.period.to_string(),
            ..ReportResponse::default()
        };
        for target in targets(period, settings, options)? {
            let is_fleet = target.audience == Audience::Fleet;
            match self.write_one(period, settings, options, target).await? {
                Some(written) => count(&mut response, &written),
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
            "Reports written."
        );
        Ok(response)
    }

    /// Writes a report; `None` without activity in the period.
    async fn write_one(
        &self,
        period: PeriodDays,
        settings: &ScheduledReports,
        options: &EngineOptions,
        target: ReportTarget,
    ) -> Result<Option<WrittenReport>, InvocationError> {
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
        Ok(Some(report.write(self.reports.as_ref()).await?))
    }
}

/// Of whom reports are written, everybody first.
fn targets(
    period: PeriodDays,
    settings: &ScheduledReports,
    options: &EngineOptions,
) -> Result<Vec<ReportTarget>, InvocationError> {
    let mut targets = vec![ReportTarget::fleet()];
    if settings.each_team {
        let people = PeopleStore::open(&options.data).map_err(InvocationError::Teams)?;
        let teams = ReportTarget::teams(people.rows());
        if teams.is_empty() {
            tracing::warn!(period = %period.period, "Nobody is in a team.");
        }
        targets.extend(teams);
    }
    Ok(targets)
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
