//! The settings of the reports that a function writes on a schedule: `deploy` writes them, the function reads them.

use std::collections::BTreeMap;

use kiro_catalog::{Emails, RenderOptions, Settings};
use serde::{Deserialize, Serialize};

/// The file of the settings in their folder.
pub const SCHEDULED_REPORTS_FILE: &str = "settings.json";

/// What a report is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReportFormat {
    /// One page.
    Html,
    /// A folder of tables.
    Csv,
}

/// The settings. No `Debug`: they hold a salt and addresses.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct ScheduledReports {
    pub formats: Vec<ReportFormat>,
    /// Also a report for each team.
    pub each_team: bool,
    /// The code of the language: `en`.
    pub language: String,
    /// People are replaced by pseudonyms. Needs `salt`.
    pub is_anonymous: bool,
    /// The views hash e-mail addresses. Needs `salt`.
    pub hash_emails: bool,
    /// Makes pseudonyms and hashes that cannot be guessed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub salt: Option<String>,
    /// The dashboard as YAML; the built-in one if none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dashboard: Option<String>,
    /// `None`: reports are not mailed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mail: Option<ScheduledMail>,
    /// Plans, prices and thresholds.
    pub views: Settings,
}

/// Who gets reports by mail. No `Debug`: it holds addresses.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduledMail {
    pub from: String,
    /// Of reports that no team has an entry for.
    pub to: Vec<String>,
    /// Addresses by team, separated by blanks.
    pub teams: BTreeMap<String, String>,
}

impl ScheduledReports {
    /// Reads the content of the file. The error names a line, never a value.
    ///
    /// # Errors
    ///
    /// If it is not what [`Self::to_json`] writes.
    pub fn from_json(content: &[u8]) -> Result<Self, ScheduledReportsError> {
        let read = serde_json::from_slice(content);
        read.map_err(|error: serde_json::Error| ScheduledReportsError {
            line: error.line(),
            column: error.column(),
        })
    }

    /// The content of the file. The same settings give the same bytes.
    pub fn to_json(&self) -> Vec<u8> {
        // Settings always have a JSON form.
        let mut content = serde_json::to_vec_pretty(self).unwrap_or_default();
        content.push(b'\n');
        content
    }

    /// How the views are rendered.
    pub fn render_options(&self) -> RenderOptions {
        let emails = if self.hash_emails {
            Emails::Hashed {
                salt: self.salt.clone().unwrap_or_default(),
            }
        } else {
            Emails::Plain
        };
        RenderOptions {
            emails,
            settings: self.views.clone(),
            ..RenderOptions::default()
        }
    }
}

/// The settings cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the settings of reports are damaged at line {line}, column {column}")]
pub struct ScheduledReportsError {
    pub line: usize,
    pub column: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> ScheduledReports {
        ScheduledReports {
            formats: vec![ReportFormat::Html, ReportFormat::Csv],
            each_team: true,
            language: "ko".to_owned(),
            is_anonymous: false,
            hash_emails: true,
            salt: Some("0123456789abcdef".to_owned()),
            dashboard: None,
            mail: Some(ScheduledMail {
                from: "reports@example.com".to_owned(),
                to: vec!["ann@example.com".to_owned()],
                teams: BTreeMap::new(),
            }),
            views: Settings::default(),
        }
    }

    #[test]
    fn settings_are_read_as_they_were_written() {
        let written = settings().to_json();
        assert!(ScheduledReports::from_json(&written).unwrap() == settings());
        assert_eq!(settings().to_json(), written);
        let text = String::from_utf8(written).unwrap();
        assert!(text.contains("\"html\",\n    \"csv\""), "{text}");
    }

    #[test]
    fn an_error_repeats_no_value() {
        let text = String::from_utf8(settings().to_json()).unwrap();
        let damaged = text.replace("\"salt\": \"", "\"salt\": {\"");
        let error = ScheduledReports::from_json(damaged.as_bytes());
        let error = error.err().unwrap();
        let shown = format!("{error} {error:?}");
        assert!(shown.contains("damaged at line"), "{shown}");
        assert!(!shown.contains("0123456789abcdef"), "{shown}");
    }

    #[test]
    fn addresses_are_hashed_with_the_salt_or_shown() {
        let hashed = settings().render_options().emails;
        let salt = "0123456789abcdef".to_owned();
        assert_eq!(hashed, Emails::Hashed { salt });
        let plain = ScheduledReports {
            hash_emails: false,
            ..settings()
        };
        assert_eq!(plain.render_options().emails, Emails::Plain);
    }
}
