//! What a policy is for: the names, account and Region of one deployment.

use kiro_config::Config;

use crate::names::Names;
use crate::service_roles::{CONSUMERS_ROLE, SERVICE_ROLE};

/// The roles that Quick Sight reads with unless an administrator has chosen another one. It takes the first that exists.
const DEFAULT_QUICKSIGHT_ROLES: [&str; 2] = [CONSUMERS_ROLE, SERVICE_ROLE];

/// A bucket and prefix that Kiro writes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportLocation {
    pub bucket: String,
    /// Without slashes at its ends; may be empty.
    pub prefix: String,
    /// The key of an export that may be there.
    pub example_key: String,
}

/// One deployment, as far as its permissions depend on it. Account and Region may be `*`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyScope {
    pub partition: String,
    pub account: String,
    pub region: String,
    pub prefix: String,
    pub exports: Vec<ExportLocation>,
    pub code_bucket: String,
    /// A results bucket of an earlier deployment, whose name may not begin with the prefix.
    pub existing_results_bucket: Option<String>,
    pub database: String,
    pub workgroup: String,
    pub exports_kms_keys: Vec<String>,
    pub results_kms_key: Option<String>,
    pub quicksight: bool,
    /// The first is the configured one.
    pub quicksight_roles: Vec<String>,
    /// The ARN of the role that deploys, if it is known.
    pub deployer_role: Option<String>,
    /// The role that the directory is read with.
    pub identity_role: Option<String>,
    /// `s3://bucket/key`
    pub roster: Option<String>,
    /// The ARN of the permissions boundary that roles of the deployment must have.
    pub boundary: Option<String>,
}

impl PolicyScope {
    /// The scope of a deployment. A permissions boundary in the settings becomes a condition.
    pub fn new(names: &Names, settings: &Config) -> Self {
        Self {
            partition: names.partition.clone(),
            account: names.account.clone(),
            region: names.region.clone(),
            prefix: names.prefix.clone(),
            exports: export_locations(names, settings),
            code_bucket: names.code_bucket(settings),
            existing_results_bucket: settings.existing_results_bucket.clone(),
            database: names.database(settings),
            workgroup: names.workgroup(settings),
            exports_kms_keys: settings.exports_kms_keys.clone(),
            results_kms_key: settings.results_kms_key.clone(),
            quicksight: settings.quicksight,
            quicksight_roles: quicksight_roles(&settings.quicksight_role),
            deployer_role: None,
            identity_role: settings.identity_role.clone(),
            roster: settings.roster.clone(),
            boundary: settings.permissions_boundary.clone(),
        }
    }

    /// `arn:<partition>:<service>:<region>:<account>:<rest>`
    pub(super) fn arn(&self, service: &str, rest: &str) -> String {
        let Self {
            partition,
            region,
            account,
            ..
        } = self;
        format!("arn:{partition}:{service}:{region}:{account}:{rest}")
    }

    pub(super) fn iam_arn(&self, rest: &str) -> String {
        format!("arn:{}:iam::{}:{rest}", self.partition, self.account)
    }

    pub(super) fn s3_arn(&self, rest: &str) -> String {
        format!("arn:{}:s3:::{rest}", self.partition)
    }

    /// Names that begin with the prefix: `kiro-analytics-*`.
    pub(super) fn owned(&self) -> String {
        format!("{}-*", self.prefix)
    }

    /// The name of the data stack, for examples.
    pub(super) fn data_stack(&self) -> String {
        format!("{}-data", self.prefix)
    }
}

fn export_locations(names: &Names, settings: &Config) -> Vec<ExportLocation> {
    let folders = settings.source_folders(&names.account);
    let urls = settings.exports.iter();
    urls.filter_map(|url| url.strip_prefix("s3://"))
        .map(|location| {
            let (bucket, prefix) = location.split_once('/').unwrap_or((location, ""));
            let prefix = prefix.trim_matches('/');
            let mut below = folders.iter().filter(|folder| folder.bucket == bucket);
            let folder = below.find(|folder| folder.folder.starts_with(prefix));
            let folder = folder.map_or("", |folder| folder.folder.as_str());
            ExportLocation {
                bucket: bucket.to_owned(),
                prefix: prefix.to_owned(),
                example_key: format!("{folder}a.csv"),
            }
        })
        .collect()
}

fn quicksight_roles(configured: &str) -> Vec<String> {
    let mut roles = vec![configured.to_owned()];
    if DEFAULT_QUICKSIGHT_ROLES.contains(&configured) {
        let others = DEFAULT_QUICKSIGHT_ROLES.iter();
        roles.extend(
            others
                .filter(|role| **role != configured)
                .map(|role| (*role).to_owned()),
        );
    }
    roles
}
