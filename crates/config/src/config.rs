//! What follows from the typed settings.

use kiro_catalog::{Emails, RenderOptions, RowRules, UserNames};
use kiro_report::report_folders;

use crate::choice;
use crate::declarations::Config;
use crate::problem::{Origin, Problem};

/// The folder of a bucket with one report of one account.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SourceFolder {
    pub bucket: String,
    /// Ends with `/` and does not begin with one.
    pub folder: String,
}

impl Config {
    /// Problems for required settings that are missing, and for settings that exclude each other.
    pub fn missing(&self) -> Vec<Problem> {
        let problem = |key: &str, text: &str| Problem {
            origin: Origin::Unset,
            key: key.to_owned(),
            text: text.to_owned(),
        };
        let mut problems = Vec::new();
        if self.exports.is_empty() {
            problems.push(problem(
                "exports",
                "set where Kiro writes its reports: `exports = [\"s3://bucket/prefix\"]`; `kiro-analytics init` finds it",
            ));
        }
        if self.quicksight && self.owners.is_empty() {
            problems.push(problem(
                "owners",
                "name a Quick Sight user or group as owner of the dashboard, or set `quicksight = false` to deploy without one; `kiro-analytics init` lists users and groups",
            ));
        }
        if self.identity_mapping && self.hash_emails {
            problems.push(problem(
                "identity_mapping",
                "names and hashed addresses exclude each other: set either `identity_mapping` or `hash_emails` to false",
            ));
        }
        if self.restricts_rows() && !self.identity_mapping {
            problems.push(problem(
                "row_rules",
                "without names there is no manager and no team that a rule could name: set `identity_mapping` to true or `row_rules` to off",
            ));
        }
        if self.restricts_rows() && !self.quicksight {
            problems.push(problem(
                "row_rules",
                "there is no dashboard whose rows could be restricted: set `quicksight` to true or `row_rules` to off",
            ));
        }
        if self.send_alerts && !self.sends_alerts() {
            problems.push(problem(
                "send_alerts",
                "alerts have no channel: set `alarm_email` or `alerts_webhook_secret`, or `send_alerts` to false",
            ));
        }
        if self.reports_each_team && self.writes_reports() && !self.identity_mapping {
            problems.push(problem(
                "reports_each_team",
                "without names there are no teams: set `identity_mapping` to true or `reports_each_team` to false",
            ));
        }
        if self.writes_reports() && self.reports_formats.is_empty() {
            problems.push(problem(
                "reports_formats",
                "reports have no format: set `reports_formats` to html, csv or both",
            ));
        }
        if self.mails_reports()
            && (self.mail_from.is_none() || (self.mail_to.is_empty() && self.mail_teams.is_empty()))
        {
            problems.push(problem(
                "reports_mail",
                "mails need a sender and a recipient: set `mail_from`, and `mail_to` or `mail_teams`, or `reports_mail` to false",
            ));
        }
        if self.mails_reports() && !self.reports_formats.contains(&choice::ReportFormat::Html) {
            problems.push(problem(
                "reports_mail",
                "mails have the HTML report: add html to `reports_formats`, or set `reports_mail` to false",
            ));
        }
        problems
    }

    /// Returns true if the deployment mails the reports that it writes.
    pub fn mails_reports(&self) -> bool {
        self.reports_mail && self.writes_reports()
    }

    /// Returns true if the deployment writes reports on a schedule.
    pub fn writes_reports(&self) -> bool {
        !self.reports.is_empty()
    }

    /// Returns true if the deployment sends alerts: they are on and have a channel.
    pub fn sends_alerts(&self) -> bool {
        self.send_alerts && (self.alarm_email.is_some() || self.alerts_webhook_secret.is_some())
    }

    /// Returns true if something follows a run of the normalizer: imports or alerts.
    pub fn follows_runs(&self) -> bool {
        self.quicksight || self.sends_alerts()
    }

    /// Returns true if rules restrict the rows of the dashboard in Amazon Quick Sight.
    pub fn restricts_rows(&self) -> bool {
        self.row_rules != choice::RowRules::Off
    }

    /// The report folders: everything that the function may read.
    pub fn source_folders(&self, account: &str) -> Vec<SourceFolder> {
        let own = [account.to_owned()];
        let accounts: &[String] = if self.accounts.is_empty() {
            &own
        } else {
            &self.accounts
        };
        let mut folders: Vec<SourceFolder> = self
            .exports
            .iter()
            .filter_map(|url| url.strip_prefix("s3://"))
            .flat_map(|location| {
                let (bucket, prefix) = location.split_once('/').unwrap_or((location, ""));
                let folders = report_folders(prefix, accounts).into_iter();
                folders.map(|folder| SourceFolder {
                    bucket: bucket.to_owned(),
                    folder,
                })
            })
            .collect();
        folders.sort();
        folders.dedup();
        folders
    }

    /// The Region where `QuickSight` keeps its users: an owner's ARN names it.
    pub fn quicksight_identity_region(&self) -> Option<&str> {
        let configured = self.quicksight_identity_region.as_deref();
        let mut principals = self.owners.iter().chain(&self.readers);
        let named =
            principals.find_map(|arn| arn.split(':').nth(3).filter(|region| !region.is_empty()));
        configured.or(named)
    }

    /// How the views are rendered, in a database of the default name.
    pub fn render_options(&self) -> RenderOptions {
        RenderOptions {
            emails: if self.hash_emails {
                Emails::Hashed {
                    salt: self.hash_salt.clone().unwrap_or_default(),
                }
            } else {
                Emails::Plain
            },
            settings: self.views.clone(),
            row_rules: RowRules {
                names: match self.row_rules {
                    choice::RowRules::Off => UserNames::Off,
                    choice::RowRules::Email => UserNames::Email,
                    choice::RowRules::Username => UserNames::Username,
                },
                prefix: self.row_rules_prefix.clone().unwrap_or_default(),
                admins: self.viewer_admins.clone(),
            },
            ..RenderOptions::default()
        }
    }
}
