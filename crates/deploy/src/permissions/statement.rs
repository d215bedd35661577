//! A statement: actions on resources, with the source of each action.

use serde::Serialize;

use super::list;
use super::scope::PolicyScope;

/// Where the need for an action is documented.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// kiro-analytics makes the call.
    Call,
    /// `CloudFormation` makes the call, as the deployer: the handler of a resource type in its schema names the action.
    CloudFormation,
    /// AWS's documentation of a call names the action besides the call's own.
    Documentation,
}

/// Actions with a common source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Grant {
    pub source: Source,
    pub reason: &'static str,
    pub actions: &'static [&'static str],
}

/// A resource as a policy names it, and an example for a simulation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Resource {
    pub pattern: String,
    /// None if another pattern of the statement has an equivalent example.
    #[serde(skip)]
    pub example: Option<String>,
}

/// A condition on a statement. All its keys have texts or ARNs as values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Condition {
    pub operator: &'static str,
    pub key: &'static str,
    pub values: Vec<String>,
    /// The values of the key in a simulation, where policy variables have no value.
    #[serde(skip)]
    pub examples: Vec<String>,
}

/// One statement of the policy. All its actions apply to all its resources.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Statement {
    /// Unique; letters and digits.
    pub sid: &'static str,
    pub resources: Vec<Resource>,
    pub conditions: Vec<Condition>,
    pub grants: Vec<Grant>,
}

/// Every statement that a deployment of this scope needs.
pub fn statements(scope: &PolicyScope) -> Vec<Statement> {
    let mut all = list::account(scope);
    all.extend(list::stack(scope));
    all.extend(list::buckets(scope));
    all.extend(list::roles(scope));
    all.extend(list::catalogue(scope));
    all.extend(list::function(scope));
    all.extend(list::names(scope));
    if scope.quicksight {
        all.extend(list::quicksight(scope));
    }
    all
}

impl Grant {
    pub(super) const fn call(reason: &'static str, actions: &'static [&'static str]) -> Self {
        Self {
            source: Source::Call,
            reason,
            actions,
        }
    }

    pub(super) const fn cloudformation(
        reason: &'static str,
        actions: &'static [&'static str],
    ) -> Self {
        Self {
            source: Source::CloudFormation,
            reason,
            actions,
        }
    }

    pub(super) const fn documentation(
        reason: &'static str,
        actions: &'static [&'static str],
    ) -> Self {
        Self {
            source: Source::Documentation,
            reason,
            actions,
        }
    }
}

impl Resource {
    /// The resource of actions without resource-level permissions.
    pub(super) fn any() -> Self {
        Self::new("*", "*")
    }

    pub(super) fn new(pattern: impl Into<String>, example: impl Into<String>) -> Self {
        Self {
            pattern: pattern.into(),
            example: Some(example.into()),
        }
    }

    pub(super) fn pattern(pattern: impl Into<String>) -> Self {
        Self {
            pattern: pattern.into(),
            example: None,
        }
    }
}

impl Condition {
    pub(super) fn equals(key: &'static str, values: &[&str]) -> Self {
        let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
        Self {
            operator: "StringEquals",
            key,
            examples: values.first().cloned().into_iter().collect(),
            values,
        }
    }
}

impl Statement {
    pub(super) fn new(sid: &'static str, resources: Vec<Resource>, grants: &[Grant]) -> Self {
        Self {
            sid,
            resources,
            conditions: Vec::new(),
            grants: grants.to_vec(),
        }
    }

    #[must_use]
    pub(super) fn when(mut self, condition: Condition) -> Self {
        self.conditions.push(condition);
        self
    }

    /// All actions, sorted, each once.
    pub fn actions(&self) -> Vec<&'static str> {
        let mut actions: Vec<&'static str> = self
            .grants
            .iter()
            .flat_map(|grant| grant.actions.iter().copied())
            .collect();
        actions.sort_unstable();
        actions.dedup();
        actions
    }
}
