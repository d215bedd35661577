//! What the function `send-reports` is told: an object beside the data, which holds the salt of pseudonyms and hashes, and the
//! recipients of mails. Whoever may read it may also read the parts, which have the addresses of users themselves.

use std::path::Path;

use kiro_config::Config;
use kiro_delivery::{ReportFormat, SCHEDULED_REPORTS_FILE, ScheduledMail, ScheduledReports};

use crate::aws::AwsError;
use crate::salt;
use crate::settings::report_language;
use crate::step::{Change, ChangeKind, Deployment, ErrorCategory, StepError};

/// The folder of the object in the results bucket.
pub(crate) const REPORT_SETTINGS_FOLDER: &str = "reports/";

/// The object of a deployment.
pub(crate) struct ReportSettings {
    /// The results bucket.
    pub(crate) bucket: String,
    /// As it is stored; `None` if there is no object.
    stored: Option<Vec<u8>>,
    desired: Vec<u8>,
}

impl ReportSettings {
    /// Compares the object with the settings.
    ///
    /// # Errors
    ///
    /// If the object or the file of the dashboard cannot be read, or if the salt can be guessed.
    pub(crate) async fn find(deployment: &Deployment, bucket: &str) -> Result<Self, StepError> {
        let buckets = deployment.aws.buckets().owned();
        let stored = buckets.content(bucket, &key()).await?;
        let earlier = stored
            .as_deref()
            .and_then(|content| ScheduledReports::from_json(content).ok());
        let earlier = earlier.and_then(|earlier| earlier.salt);
        let desired = scheduled_reports(deployment.settings(), earlier.as_deref())?;
        Ok(Self {
            bucket: bucket.to_owned(),
            stored,
            desired: desired.to_json(),
        })
    }

    /// The change that writes the object; none if it is the desired one.
    pub(crate) fn change(&self) -> Option<Change> {
        let what = format!("settings of reports in `s3://{}/{}`", self.bucket, key());
        match &self.stored {
            Some(stored) if *stored == self.desired => None,
            Some(_) => Some(Change::new(ChangeKind::Update, what)),
            None => Some(Change::new(ChangeKind::Create, what)),
        }
    }

    /// Writes the object, if it is not the desired one.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub(crate) async fn write(&self, deployment: &Deployment) -> Result<(), AwsError> {
        if self.stored.as_ref() == Some(&self.desired) {
            return Ok(());
        }
        let buckets = deployment.aws.buckets().owned();
        buckets
            .put(&self.bucket, &key(), self.desired.clone())
            .await
    }
}

/// The key of the object in the results bucket.
pub(crate) fn key() -> String {
    format!("{REPORT_SETTINGS_FOLDER}{SCHEDULED_REPORTS_FILE}")
}

/// The settings of the function. `earlier` is the salt that earlier reports were written with.
///
/// # Errors
///
/// If the file of the dashboard cannot be read, or if the salt can be guessed.
pub(crate) fn scheduled_reports(
    settings: &Config,
    earlier: Option<&str>,
) -> Result<ScheduledReports, StepError> {
    let needs_salt = settings.hash_emails || settings.reports_anonymize;
    let formats = settings.reports_formats.iter().map(|format| match format {
        kiro_config::ReportFormat::Html => ReportFormat::Html,
        kiro_config::ReportFormat::Csv => ReportFormat::Csv,
    });
    Ok(ScheduledReports {
        formats: formats.collect(),
        each_team: settings.reports_each_team,
        language: report_language(settings).code().to_owned(),
        is_anonymous: settings.reports_anonymize,
        hash_emails: settings.hash_emails,
        salt: if needs_salt {
            Some(salt::of_reports(settings, earlier)?)
        } else {
            None
        },
        dashboard: dashboard(&settings.dashboard)?,
        mail: settings.mails_reports().then(|| ScheduledMail {
            from: settings.mail_from.clone().unwrap_or_default(),
            to: settings.mail_to.clone(),
            teams: settings.mail_teams.clone(),
        }),
        views: settings.views.clone(),
    })
}

/// The text of a dashboard of one's own.
fn dashboard(file: &str) -> Result<Option<String>, StepError> {
    if file == "builtin" {
        return Ok(None);
    }
    let text = std::fs::read_to_string(Path::new(file));
    text.map(Some).map_err(|error| {
        StepError::failed(
            ErrorCategory::Usage,
            format!("could not read the dashboard `{file}`: {error}"),
            "name an existing file with --set dashboard=FILE, or leave it out with --set dashboard=",
        )
    })
}

#[cfg(test)]
mod tests {
    use kiro_config::Layers;
    use kiro_delivery::ReportFormat;

    use super::scheduled_reports;

    const SALT: &str = "0123456789abcdef0123456789abcdef";

    #[test]
    fn the_function_is_told_the_settings_and_a_salt_only_if_it_needs_one() {
        let mut settings = Layers::of_flags(Vec::new()).resolve(None).unwrap().settings;
        let plain = scheduled_reports(&settings, Some(SALT)).unwrap();
        assert_eq!(plain.formats, [ReportFormat::Html]);
        assert_eq!((plain.salt, plain.dashboard), (None, None));
        assert_eq!(plain.language, "en");
        settings.reports_anonymize = true;
        settings.reports_language = kiro_config::Language::Korean;
        let anonymous = scheduled_reports(&settings, Some(SALT)).unwrap();
        assert!(anonymous.is_anonymous);
        assert_eq!(anonymous.salt.as_deref(), Some(SALT));
        assert_eq!(anonymous.language, "ko");
    }

    #[test]
    fn a_dashboard_of_ones_own_is_passed_as_its_text() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mine.yaml");
        std::fs::write(&path, "title: mine\n").unwrap();
        let mut settings = Layers::of_flags(Vec::new()).resolve(None).unwrap().settings;
        settings.dashboard = path.display().to_string();
        let told = scheduled_reports(&settings, None).unwrap();
        assert_eq!(told.dashboard.as_deref(), Some("title: mine\n"));
        settings.dashboard = folder.path().join("none.yaml").display().to_string();
        assert!(scheduled_reports(&settings, None).is_err());
    }
}
