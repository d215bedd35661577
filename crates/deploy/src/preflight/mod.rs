//! What a deployment needs, checked before anything is made. Nothing is changed; every check is made, whatever the others say.

mod account;
mod bucket;
mod exports;
mod finding;
mod function;
mod identity;
mod lake_formation;
mod names;
mod newest_export;
mod people;
mod permissions;
mod service_role;
mod simulation;
mod stack;
mod subscription;

use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;

use chrono::{DateTime, Utc};
use futures::future::join_all;
use kiro_s3::{SdkOptions, network_settings};
use serde::Serialize;

pub use finding::{Finding, Verdict};

use crate::aws::{Aws, AwsError};
use crate::names::Names;
use crate::settings::{Problems, Resolved};
use crate::stack::Stack;
use crate::step::Blame;

/// What is looked at, as far as it could be found out.
pub struct Subject {
    pub aws: Result<Aws, AwsError>,
    pub prefix: String,
    /// The data stack; not asked for without credentials.
    pub stack: Result<Option<Stack>, AwsError>,
    /// The settings, without those that are wrong.
    pub resolved: Result<Resolved, Problems>,
    /// What is wrong with the settings.
    pub problems: Problems,
    /// The version of this program.
    pub version: String,
    /// Where to look for the function's zips.
    pub function_folders: Vec<PathBuf>,
    pub now: DateTime<Utc>,
}

/// What every check but the first few works on.
pub(super) struct Place<'a> {
    aws: &'a Aws,
    names: &'a Names,
    resolved: &'a Resolved,
    stack: Option<&'a Stack>,
    now: DateTime<Utc>,
}

/// One check with what it found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckReport {
    pub number: usize,
    pub name: &'static str,
    pub title: &'static str,
    #[serde(flatten)]
    pub finding: Finding,
}

/// All checks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PreflightReport {
    pub prefix: String,
    pub version: String,
    pub checks: Vec<CheckReport>,
    pub passed: usize,
    pub warnings: usize,
    pub failed: usize,
    pub skipped: usize,
}

type Checking<'a> = Pin<Box<dyn Future<Output = Finding> + Send + 'a>>;

/// Name and title of every check, in their order.
const CHECKS: [(&str, &str); 17] = [
    ("credentials", "Credentials"),
    ("region", "Region"),
    ("settings", "Settings"),
    ("names", "Names"),
    ("stack", "Deployed version"),
    ("function", "Function code"),
    ("lambda", "Lambda quota"),
    ("exports", "Exports"),
    ("export_bucket", "Export bucket"),
    ("own_buckets", "Buckets of our own"),
    ("catalogue", "Glue and Athena"),
    ("lake_formation", "Lake Formation"),
    ("subscription", "Quick Sight subscription"),
    ("people", "Quick Sight users"),
    ("service_role", "Quick Sight role"),
    ("identity_store", "Identity Store"),
    ("permissions", "Permissions"),
];

impl Subject {
    /// Makes all checks, side by side.
    pub async fn check(&self) -> PreflightReport {
        let names = match &self.aws {
            Ok(aws) => Some(Names::new(&self.prefix, aws)),
            Err(_) => None,
        };
        let place = match (&self.aws, &names, &self.resolved) {
            (Ok(aws), Some(names), Ok(resolved)) => Some(Place {
                aws,
                names,
                resolved,
                stack: self.stack.as_ref().ok().and_then(Option::as_ref),
                now: self.now,
            }),
            _ => None,
        };
        let why = if self.aws.is_err() {
            "not looked at: nobody is signed in"
        } else {
            "not looked at: the settings are wrong"
        };
        let checking: Vec<Checking<'_>> = CHECKS
            .iter()
            .map(|(name, _)| self.checking(name, place.as_ref(), names.as_ref(), why))
            .collect();
        let (mut found, network) = tokio::join!(join_all(checking), self.network());
        let region = CHECKS.iter().position(|(name, _)| *name == "region");
        if let Some(region) = region.and_then(|place| found.get_mut(place)) {
            region.found.extend(network);
        }
        let checks = (1..).zip(CHECKS).zip(found);
        PreflightReport::of(
            self,
            checks
                .map(|((number, (name, title)), finding)| CheckReport {
                    number,
                    name,
                    title,
                    finding,
                })
                .collect(),
        )
    }

    /// Proxies, certificates and endpoints in use, also where signing in has failed.
    async fn network(&self) -> Vec<String> {
        let settings = self.resolved.as_ref().ok();
        let options = SdkOptions {
            profile: settings.and_then(|resolved| resolved.settings.profile.clone()),
            region: None,
        };
        let lines = network_settings(&options).await.into_iter();
        lines.map(|line| format!("network: {line}")).collect()
    }

    fn checking<'a>(
        &'a self,
        name: &str,
        place: Option<&'a Place<'a>>,
        names: Option<&'a Names>,
        why: &'static str,
    ) -> Checking<'a> {
        let now = |finding: Finding| -> Checking<'a> { Box::pin(async move { finding }) };
        match (name, place) {
            ("credentials", _) => now(account::credentials(&self.aws)),
            ("region", _) => now(account::region(&self.aws)),
            ("settings", _) => now(names::settings(&self.resolved, &self.problems)),
            ("names", _) => now(names.map_or_else(|| Finding::skip(why), names::lengths)),
            ("stack", _) => match (&self.aws, &self.stack) {
                (Err(_), _) => now(Finding::skip(why)),
                (_, Err(error)) => now(Finding::of(error)),
                (Ok(aws), Ok(found)) => Box::pin(stack::check(
                    aws,
                    found.as_ref(),
                    &self.prefix,
                    &self.version,
                )),
            },
            (_, None) => now(Finding::skip(why)),
            ("function", Some(place)) => now(function::zip(place, &self.function_folders)),
            ("lambda", Some(place)) => Box::pin(function::quota(place)),
            ("exports", Some(place)) => Box::pin(exports::check(place)),
            ("export_bucket", Some(place)) => Box::pin(bucket::of_exports(place)),
            ("own_buckets", Some(place)) => Box::pin(bucket::of_ours(place)),
            ("catalogue", Some(place)) => Box::pin(stack::catalogue(place)),
            ("lake_formation", Some(place)) => Box::pin(lake_formation::check(place)),
            ("subscription", Some(place)) => Box::pin(subscription::check(place)),
            ("people", Some(place)) => Box::pin(people::check(place)),
            ("service_role", Some(place)) => Box::pin(service_role::check(place)),
            ("identity_store", Some(place)) => Box::pin(identity::check(place)),
            (_, Some(place)) => Box::pin(permissions::check(place)),
        }
    }
}

impl PreflightReport {
    fn of(subject: &Subject, checks: Vec<CheckReport>) -> Self {
        let count = |verdict: Verdict| {
            let is = |check: &&CheckReport| check.finding.verdict == verdict;
            checks.iter().filter(is).count()
        };
        Self {
            prefix: subject.prefix.clone(),
            version: subject.version.clone(),
            passed: count(Verdict::Pass),
            warnings: count(Verdict::Warn),
            failed: count(Verdict::Fail),
            skipped: count(Verdict::Skip),
            checks,
        }
    }

    /// Whose matter the gravest failure is; nobody's if none failed.
    pub fn blame(&self) -> Option<Blame> {
        let failed = |blame: Blame| {
            let is = |check: &CheckReport| {
                check.finding.verdict == Verdict::Fail && check.finding.blame == blame
            };
            self.checks.iter().any(is)
        };
        [Blame::Aws, Blame::Usage, Blame::Data]
            .into_iter()
            .find(|blame| failed(*blame))
    }
}

impl<'a> Place<'a> {
    fn settings(&self) -> &'a crate::settings::DeploymentSettings {
        &self.resolved.settings
    }

    /// Where nothing of Quick Sight is wanted.
    fn without_quicksight(&self) -> Option<Finding> {
        (!self.settings().quicksight)
            .then(|| Finding::pass("not needed: `quicksight` is false in the settings"))
    }
}
