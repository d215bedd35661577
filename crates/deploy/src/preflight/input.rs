//! What `preflight` examines, and the checks in their order.

use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;

use chrono::{DateTime, Utc};
use futures::future::join_all;
use kiro_config::{Problems, Resolved};
use kiro_s3::{SdkOptions, network_settings};

use super::context::CheckContext;
use super::finding::Finding;
use super::report::{CheckReport, PreflightReport};
use super::{
    account, bucket, exports, function, identity, lake_formation, names, permissions,
    quicksight_users, schedules, service_role, stack, subscription,
};
use crate::aws::{Aws, AwsError};
use crate::names::Names;
use crate::stack::Stack;

/// The values that the checks examine. Some may be missing because reading them failed.
pub struct PreflightInput {
    pub aws: Result<Aws, AwsError>,
    pub prefix: String,
    /// The data stack; none without credentials.
    pub stack: Result<Option<Stack>, AwsError>,
    /// The settings, without invalid ones.
    pub resolved: Result<Resolved, Problems>,
    /// The problems of the settings.
    pub problems: Problems,
    /// The version of this program.
    pub version: String,
    /// Where to look for the function's zips.
    pub function_folders: Vec<PathBuf>,
    pub now: DateTime<Utc>,
}

type Checking<'a> = Pin<Box<dyn Future<Output = Finding> + Send + 'a>>;

/// Name and title of every check, in their order.
const CHECKS: [(&str, &str); 18] = [
    ("credentials", "Credentials"),
    ("region", "Region"),
    ("settings", "Settings"),
    ("schedules", "Schedules"),
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

impl PreflightInput {
    /// Runs all checks concurrently.
    pub async fn check(&self) -> PreflightReport {
        let names = match &self.aws {
            Ok(aws) => Some(Names::new(&self.prefix, aws)),
            Err(_) => None,
        };
        let context = match (&self.aws, &names, &self.resolved) {
            (Ok(aws), Some(names), Ok(resolved)) => Some(CheckContext {
                aws,
                names,
                resolved,
                stack: self.stack.as_ref().ok().and_then(Option::as_ref),
                now: self.now,
            }),
            _ => None,
        };
        let why = if self.aws.is_err() {
            "not checked: you are not signed in"
        } else {
            "not checked: the settings are invalid"
        };
        let checking: Vec<Checking<'_>> = CHECKS
            .iter()
            .map(|(name, _)| self.checking(name, context.as_ref(), names.as_ref(), why))
            .collect();
        let (mut found, network) = tokio::join!(join_all(checking), self.network());
        let region = CHECKS.iter().position(|(name, _)| *name == "region");
        if let Some(region) = region.and_then(|index| found.get_mut(index)) {
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

    /// Proxies, certificates and endpoints in use, also if signing in failed.
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
        context: Option<&'a CheckContext<'a>>,
        names: Option<&'a Names>,
        why: &'static str,
    ) -> Checking<'a> {
        let now = |finding: Finding| -> Checking<'a> { Box::pin(async move { finding }) };
        match (name, context) {
            ("credentials", _) => now(account::credentials(&self.aws)),
            ("region", _) => now(account::region(&self.aws)),
            ("settings", _) => now(names::settings(&self.resolved, &self.problems)),
            ("schedules", _) => now(match &self.resolved {
                Ok(resolved) => schedules::check(&resolved.settings),
                Err(_) => Finding::skip("not checked: the settings are invalid"),
            }),
            ("names", _) => {
                let lengths = |names| names::lengths(names, &self.stack);
                now(names.map_or_else(|| Finding::skip(why), lengths))
            }
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
            ("function", Some(context)) => now(function::zip(context, &self.function_folders)),
            ("lambda", Some(context)) => Box::pin(function::quota(context)),
            ("exports", Some(context)) => Box::pin(exports::check(context)),
            ("export_bucket", Some(context)) => Box::pin(bucket::of_exports(context)),
            ("own_buckets", Some(context)) => Box::pin(bucket::deployment_buckets(context)),
            ("catalogue", Some(context)) => Box::pin(stack::catalogue(context)),
            ("lake_formation", Some(context)) => Box::pin(lake_formation::check(context)),
            ("subscription", Some(context)) => Box::pin(subscription::check(context)),
            ("people", Some(context)) => Box::pin(quicksight_users::check(context)),
            ("service_role", Some(context)) => Box::pin(service_role::check(context)),
            ("identity_store", Some(context)) => Box::pin(identity::check(context)),
            (_, Some(context)) => Box::pin(permissions::check(context)),
        }
    }
}
