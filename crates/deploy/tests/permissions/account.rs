//! An account that simulates policies as IAM does, for a user with a policy of the test's choice.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Arc, Mutex};

use kiro_config::{Problems, Resolved};
use kiro_deploy::Names;
use kiro_deploy::permissions::{PolicyScope, Statement, statements};
use kiro_deploy::preflight::{CheckReport, PreflightInput};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use crate::scope::resolved;
use crate::server::{Asked, Given, Server};

const PREFIX: &str = "kiro-analytics";

/// How the user's policies and IAM behave.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rules {
    /// The statements that allow, as in a policy document.
    pub(crate) allowed: Vec<Value>,
    /// Actions that the simulation does not know.
    pub(crate) unknown: Vec<&'static str>,
    /// Actions without a decision in the simulation.
    pub(crate) silent: Vec<&'static str>,
    /// A condition key of the policies that no simulation provides.
    pub(crate) missing_key: Option<&'static str>,
}

/// The account, and the settings of the deployment.
pub(crate) struct Account {
    server: Server,
    rules: Arc<Mutex<Rules>>,
    resolved: Resolved,
}

impl Account {
    pub(crate) async fn new(settings: &[(&str, &str)]) -> Self {
        let rules: Arc<Mutex<Rules>> = Arc::default();
        let of_server = Arc::clone(&rules);
        let server = Server::start(move |asked| {
            let form = form(&asked.body);
            match form.get("Action").map(String::as_str) {
                Some("SimulatePrincipalPolicy") => simulate(&of_server.lock().unwrap(), &form),
                _ => Given::json(&json!({})),
            }
        })
        .await;
        Self {
            server,
            rules,
            resolved: resolved(settings),
        }
    }

    /// The needs of the deployment in this account.
    pub(crate) async fn needed(&self) -> Vec<Statement> {
        let aws = self.server.aws().await;
        let names = Names::new(PREFIX, &aws);
        statements(&PolicyScope::new(&names, &self.resolved.settings))
    }

    /// The check of permissions, under these rules.
    pub(crate) async fn check(&self, rules: Rules) -> CheckReport {
        *self.rules.lock().unwrap() = rules;
        let subject = PreflightInput {
            aws: Ok(self.server.aws().await),
            prefix: PREFIX.to_owned(),
            stack: Ok(None),
            resolved: Ok(self.resolved.clone()),
            problems: Problems(Vec::new()),
            version: "0.1.0".to_owned(),
            function_folders: Vec::new(),
            now: "2026-07-11T03:15:00Z".parse().unwrap(),
        };
        let report = subject.check().await;
        let mut checks = report.checks.into_iter();
        checks.find(|check| check.name == "permissions").unwrap()
    }

    /// The requested simulations.
    pub(crate) fn simulations(&self) -> Vec<Asked> {
        let asked = self.server.asked().into_iter();
        asked
            .filter(|one| one.path == "/" && one.header("authorization").contains("/iam/"))
            .collect()
    }
}

fn form(body: &str) -> BTreeMap<String, String> {
    let pairs = body.split('&').filter_map(|pair| pair.split_once('='));
    pairs
        .map(|(name, value)| {
            let value = percent_decode_str(value).decode_utf8_lossy();
            (name.to_owned(), value.into_owned())
        })
        .collect()
}

/// `ActionNames.member.1`, `.2`, …
fn members(form: &BTreeMap<String, String>, list: &str) -> Vec<String> {
    (1..)
        .map_while(|number| form.get(&format!("{list}.member.{number}")).cloned())
        .collect()
}

fn simulate(rules: &Rules, form: &BTreeMap<String, String>) -> Given {
    let actions = members(form, "ActionNames");
    if let Some(unknown) = actions
        .iter()
        .find(|action| rules.unknown.contains(&action.as_str()))
    {
        return Given::text(
            400,
            &format!(
                "<ErrorResponse><Error><Code>InvalidInput</Code><Message>{unknown} is not a valid action</Message></Error></ErrorResponse>"
            ),
        );
    }
    let context: BTreeMap<String, String> = (1..)
        .map_while(|number| {
            let entry = format!("ContextEntries.member.{number}");
            let key = form.get(&format!("{entry}.ContextKeyName"))?;
            let value = form.get(&format!("{entry}.ContextKeyValues.member.1"))?;
            Some((key.clone(), value.clone()))
        })
        .collect();
    let resources = members(form, "ResourceArns");
    let mut results = String::new();
    for action in actions
        .iter()
        .filter(|action| !rules.silent.contains(&action.as_str()))
    {
        let mut of_resources = String::new();
        for resource in &resources {
            let mut statements = rules.allowed.iter();
            let is_allowed = statements.any(|one| allows(one, action, resource, &context));
            let decision = if is_allowed {
                "allowed"
            } else {
                "implicitDeny"
            };
            let missing = match rules.missing_key.filter(|_| !is_allowed) {
                Some(key) => {
                    format!("<MissingContextValues><member>{key}</member></MissingContextValues>")
                }
                None => String::new(),
            };
            write!(of_resources,
                "<member><EvalResourceName>{resource}</EvalResourceName><EvalResourceDecision>{decision}</EvalResourceDecision>{missing}</member>"
            ).unwrap();
        }
        write!(results,
            "<member><EvalActionName>{action}</EvalActionName><EvalDecision>implicitDeny</EvalDecision>\
             <ResourceSpecificResults>{of_resources}</ResourceSpecificResults></member>"
        ).unwrap();
    }
    Given::text(
        200,
        &format!(
            "<SimulatePrincipalPolicyResponse><SimulatePrincipalPolicyResult><IsTruncated>false</IsTruncated><EvaluationResults>{results}\
             </EvaluationResults></SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>"
        ),
    )
}

/// One statement, as IAM reads it: a condition whose key the request does not name is not met.
fn allows(
    statement: &Value,
    action: &str,
    resource: &str,
    context: &BTreeMap<String, String>,
) -> bool {
    let names = |member: &Value, is_it: &dyn Fn(&str) -> bool| match member {
        Value::Array(items) => items.iter().filter_map(Value::as_str).any(is_it),
        one => one.as_str().is_some_and(is_it),
    };
    let meets = |key: &str, wanted: &Value| {
        let Some(found) = context.get(key) else {
            return false;
        };
        names(wanted, &|value| match value
            .strip_prefix("${")
            .and_then(|rest| rest.strip_suffix('}'))
        {
            Some(variable) => context.get(variable) == Some(found),
            None => value == found,
        })
    };
    let conditions = statement["Condition"].as_object().into_iter().flatten();
    let mut keys = conditions.flat_map(|(_, keys)| keys.as_object().into_iter().flatten());
    names(&statement["Action"], &|one| one == action)
        && names(&statement["Resource"], &|one| fits(one, resource))
        && keys.all(|(key, wanted)| meets(key, wanted))
}

/// Patterns end in a star, or have one before a fixed end.
fn fits(pattern: &str, resource: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| resource.strip_prefix(first)) else {
        return false;
    };
    for part in parts {
        let Some(place) = rest.find(part) else {
            return false;
        };
        rest = &rest[place + part.len()..];
        if part.is_empty() {
            rest = "";
        }
    }
    rest.is_empty()
}
