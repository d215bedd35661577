//! One report: its files, computed before the first one is written.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use kiro_dashboard_sql::Span;
use kiro_delivery::mail::MailStatus;
use kiro_delivery::{
    Audience, Destination, Period, ReportFile, ReportFormat, ReportName, StoredFile, store,
};
use kiro_ingest::StoreError;
use kiro_web::{DashboardService, ReportError, ReportOptions, render_csv, render_html};
use serde::Serialize;

use crate::report_mailer::{ReportMailError, ReportMailer, ReportToMail};

/// A report whose days are known.
pub struct Report<'a> {
    /// The dashboard over the rows of its audience.
    pub service: Arc<DashboardService>,
    pub audience: Audience,
    pub period: Period,
    pub days: Span,
    pub formats: &'a [ReportFormat],
    /// Its days do not count: those of the report do.
    pub options: ReportOptions,
}

/// A report and its files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WrittenReport {
    /// `2026-W48`.
    pub period: String,
    pub from: NaiveDate,
    pub to: NaiveDate,
    /// Empty for everybody.
    pub teams: Vec<String>,
    pub folder: String,
    pub files: Vec<StoredFile>,
}

impl Report<'_> {
    /// What distinguishes it from all others below the same address.
    pub fn name(&self) -> ReportName {
        ReportName {
            period: self.period,
            audience: self.audience.clone(),
            is_anonymous: self.options.pseudonyms.is_some(),
            sheets: self.options.sheets.clone(),
            language: self.options.language.code().to_owned(),
        }
    }

    /// Computes the contents of all files. The same data and options give the same bytes, but for random pseudonyms.
    ///
    /// # Errors
    ///
    /// If a sheet is unknown, or a figure cannot be computed.
    pub async fn render(&self) -> Result<Vec<ReportFile>, ReportError> {
        let (name, options) = (self.name(), self.options());
        let mut files = Vec::new();
        if self.formats.contains(&ReportFormat::Html) {
            let html = render_html(&self.service, &options).await?;
            let path = format!("{}{}", name.folder(), name.html_file());
            files.push(ReportFile::html(path, html));
        }
        if self.formats.contains(&ReportFormat::Csv) {
            let folder = format!("{}{}", name.folder(), name.csv_folder());
            for table in render_csv(&self.service, &options).await? {
                let path = format!("{folder}{}", table.name);
                files.push(ReportFile::csv(path, table.content));
            }
        }
        Ok(files)
    }

    /// Writes the files that are new or have changed.
    ///
    /// # Errors
    ///
    /// If the destination cannot be read or written.
    pub async fn store(
        &self,
        files: &[ReportFile],
        destination: &dyn Destination,
    ) -> Result<WrittenReport, StoreError> {
        let mut stored = Vec::new();
        for file in files {
            stored.push(store(destination, file).await?);
        }
        Ok(WrittenReport {
            period: self.period.to_string(),
            from: self.days.from,
            to: self.days.to,
            teams: match &self.audience {
                Audience::Fleet => Vec::new(),
                Audience::Teams(teams) => teams.clone(),
            },
            folder: destination.location(&self.name().folder()),
            files: stored,
        })
    }

    /// Mails the HTML file that was written, if it is one of the files. `None` if nobody gets it.
    ///
    /// # Errors
    ///
    /// As [`ReportMailer::send`].
    pub async fn mail(
        &self,
        files: &[ReportFile],
        destination: &dyn Destination,
        mailer: &ReportMailer,
        now: DateTime<Utc>,
    ) -> Result<Option<MailStatus>, ReportMailError> {
        let name = self.name();
        let (folder, file) = (name.folder(), name.html_file());
        let path = format!("{folder}{file}");
        let Some(html) = files.iter().find(|file| file.name == path) else {
            return Ok(None);
        };
        let report = ReportToMail {
            destination,
            folder: &folder,
            identity: &file,
            name,
            days: self.days,
            html,
            service: &self.service,
            options: &self.options(),
        };
        mailer.send(&report, now).await
    }

    fn options(&self) -> ReportOptions {
        ReportOptions {
            days: Some(self.days),
            ..self.options.clone()
        }
    }
}
