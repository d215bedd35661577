//! The settings as typed values.

use std::collections::BTreeMap;

use kiro_catalog::{Emails, RenderOptions, Settings};
use kiro_dashboard::Language;
use kiro_report::report_folders;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::layers::{Origin, Problem};
use crate::names::Names;

/// All settings of one deployment. An empty text counts as not set.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one decision of its own"
)]
pub struct DeploymentSettings {
    pub prefix: String,
    #[serde(default, deserialize_with = "filled")]
    pub region: Option<String>,
    #[serde(default, deserialize_with = "filled")]
    pub profile: Option<String>,
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
    /// `s3://bucket/prefix`
    #[serde(default)]
    pub exports: Vec<String>,
    #[serde(default)]
    pub accounts: Vec<String>,
    #[serde(default)]
    pub exports_kms_keys: Vec<String>,
    pub read_on_arrival: bool,
    #[serde(default, deserialize_with = "filled")]
    pub existing_results_bucket: Option<String>,
    #[serde(default, deserialize_with = "filled")]
    pub results_kms_key: Option<String>,
    #[serde(default, deserialize_with = "filled")]
    pub access_log_bucket: Option<String>,
    pub old_version_days: u64,
    #[serde(default, deserialize_with = "filled")]
    pub database: Option<String>,
    #[serde(default, deserialize_with = "filled")]
    pub workgroup: Option<String>,
    pub scan_limit_bytes: u64,
    pub query_result_days: u64,
    #[serde(default, deserialize_with = "filled")]
    pub functions: Option<String>,
    #[serde(default, deserialize_with = "filled")]
    pub code_bucket: Option<String>,
    pub architecture: String,
    pub memory_megabytes: u64,
    pub log_retention_days: u64,
    pub schedule: String,
    pub time_zone: String,
    pub scheduled: bool,
    #[serde(default, deserialize_with = "filled")]
    pub alarm_email: Option<String>,
    pub missed_after_hours: u64,
    pub stale_after_days: u64,
    pub rejected_rows_allowed: u64,
    #[serde(default, deserialize_with = "filled")]
    pub permissions_boundary: Option<String>,
    /// `auto`, `on` or `off`
    pub lake_formation: String,
    #[serde(default)]
    pub query_principals: Vec<String>,
    pub quicksight: bool,
    #[serde(default)]
    pub owners: Vec<String>,
    #[serde(default)]
    pub readers: Vec<String>,
    pub quicksight_role: String,
    #[serde(default, deserialize_with = "filled")]
    pub quicksight_policy: Option<String>,
    #[serde(default, deserialize_with = "filled")]
    pub quicksight_identity_region: Option<String>,
    /// `light` or `dark`
    pub theme: String,
    /// The code of a language.
    pub language: String,
    #[serde(default, deserialize_with = "filled")]
    pub dashboard_name: Option<String>,
    /// A file, or `builtin`.
    pub dashboard: String,
    /// `HH:MM`
    pub refresh_at: String,
    #[serde(default, deserialize_with = "filled")]
    pub identity_store: Option<String>,
    #[serde(default, deserialize_with = "filled")]
    pub identity_region: Option<String>,
    #[serde(default, deserialize_with = "filled")]
    pub identity_role: Option<String>,
    pub hash_emails: bool,
    #[serde(default)]
    pub hash_salt: Option<String>,
    /// Plans, prices and thresholds.
    #[serde(default)]
    pub views: Settings,
}

/// The folder of a bucket with one report of one account.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SourceFolder {
    pub bucket: String,
    /// Ends with `/` and does not begin with one.
    pub folder: String,
}

impl DeploymentSettings {
    pub(super) fn of(values: Value) -> Result<Self, String> {
        let settings: Self = serde_json::from_value(values).map_err(|error| error.to_string())?;
        let problems = settings.views.problems();
        if problems.is_empty() {
            Ok(settings)
        } else {
            Err(problems.join("\n"))
        }
    }

    /// Problems for required settings that are missing.
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
        problems
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

    pub fn database(&self, names: &Names) -> String {
        self.database.clone().unwrap_or_else(|| names.identifier())
    }

    pub fn workgroup(&self, names: &Names) -> String {
        self.workgroup.clone().unwrap_or_else(|| names.identifier())
    }

    pub fn code_bucket(&self, names: &Names) -> String {
        self.code_bucket
            .clone()
            .unwrap_or_else(|| names.code_bucket())
    }

    pub fn quicksight_policy(&self, names: &Names) -> String {
        self.quicksight_policy
            .clone()
            .unwrap_or_else(|| names.quicksight_policy())
    }

    pub fn language(&self) -> Language {
        Language::from_tag(&self.language).unwrap_or_default()
    }

    /// The Region where `QuickSight` keeps its users: an owner's ARN names it.
    pub fn quicksight_identity_region(&self) -> Option<&str> {
        let configured = self.quicksight_identity_region.as_deref();
        let mut principals = self.owners.iter().chain(&self.readers);
        let named =
            principals.find_map(|arn| arn.split(':').nth(3).filter(|region| !region.is_empty()));
        configured.or(named)
    }

    /// How the views are rendered.
    pub fn render_options(&self, names: &Names) -> RenderOptions {
        RenderOptions {
            database: self.database(names),
            emails: if self.hash_emails {
                Emails::Hashed {
                    salt: self.hash_salt.clone().unwrap_or_default(),
                }
            } else {
                Emails::Plain
            },
            settings: self.views.clone(),
        }
    }
}

fn filled<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    Ok(text.filter(|text| !text.is_empty()))
}
