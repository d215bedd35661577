//! IAM's simulation of one statement of the list.

use aws_sdk_iam::operation::simulate_principal_policy::builders::SimulatePrincipalPolicyFluentBuilder;
use aws_sdk_iam::types::{
    ContextEntry, ContextKeyTypeEnum, EvaluationResult, PolicyEvaluationDecisionType,
    ResourceSpecificResult,
};

use crate::aws::{Aws, AwsError, AwsErrorKind, Context};
use crate::permissions::{Condition, Statement};

/// The simulated decision for one action on one resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Decision {
    Allowed {
        resource: String,
    },
    Denied {
        action: String,
        resource: String,
        /// The policy that denies, if it is not one of the caller's own.
        by: Option<&'static str>,
    },
    /// The simulation cannot decide, with the reason.
    Unknown {
        action: String,
        resource: String,
        why: String,
    },
}

impl Decision {
    pub(super) fn resource(&self) -> &str {
        match self {
            Self::Allowed { resource }
            | Self::Denied { resource, .. }
            | Self::Unknown { resource, .. } => resource,
        }
    }
}

/// Simulates every action of a statement on its examples, with values for its condition keys. `source` is the ARN of the user
/// or role whose policies count. A statement without examples is not simulated.
pub(super) async fn simulate(
    aws: &Aws,
    source: &str,
    statement: &Statement,
) -> Result<Vec<Decision>, AwsError> {
    let resources = statement.resources.iter();
    let examples: Vec<String> = resources.filter_map(|one| one.example.clone()).collect();
    if examples.is_empty() {
        return Ok(Vec::new());
    }
    let request = aws
        .clients()
        .iam
        .simulate_principal_policy()
        .policy_source_arn(source)
        .set_resource_arns(Some(examples.clone()))
        .set_context_entries(Some(context_entries(&statement.conditions)));
    let actions = statement.actions();
    match evaluate(aws, source, &request, &actions).await {
        // IAM rejects the whole simulation if it does not know one of the actions.
        Err(error) if error.kind == AwsErrorKind::Invalid => {}
        answer => return answer,
    }
    let mut decisions = Vec::new();
    for action in actions {
        match evaluate(aws, source, &request, &[action]).await {
            Ok(more) => decisions.extend(more),
            Err(error) if error.kind == AwsErrorKind::Invalid => {
                decisions.extend(examples.iter().map(|resource| Decision::Unknown {
                    action: action.to_owned(),
                    resource: resource.clone(),
                    why: "IAM's simulation does not know the action".to_owned(),
                }));
            }
            Err(error) => return Err(error),
        }
    }
    Ok(decisions)
}

async fn evaluate(
    aws: &Aws,
    source: &str,
    request: &SimulatePrincipalPolicyFluentBuilder,
    actions: &[&str],
) -> Result<Vec<Decision>, AwsError> {
    let names = actions.iter().map(|action| (*action).to_owned()).collect();
    let request = request.clone().set_action_names(Some(names));
    let pages = request.into_paginator().items().send();
    let results: Vec<EvaluationResult> = pages.collect::<Result<_, _>>().await.context(
        aws,
        "iam:SimulatePrincipalPolicy",
        format!("`{source}`"),
    )?;
    let mut decided: Vec<Decision> = results.iter().flat_map(decisions).collect();
    for action in actions {
        if !results
            .iter()
            .any(|result| result.eval_action_name() == *action)
        {
            decided.push(Decision::Unknown {
                action: (*action).to_owned(),
                resource: "*".to_owned(),
                why: "IAM's simulation returned no decision".to_owned(),
            });
        }
    }
    Ok(decided)
}

/// The values of the condition keys of a statement, and of the policy variables that they are compared with.
fn context_entries(conditions: &[Condition]) -> Vec<ContextEntry> {
    let mut entries = Vec::new();
    for condition in conditions {
        let variables = condition.values.iter();
        let variables = variables.filter_map(|value| value.strip_prefix("${")?.strip_suffix('}'));
        for key in std::iter::once(condition.key).chain(variables) {
            entries.push(
                ContextEntry::builder()
                    .context_key_name(key)
                    .context_key_type(ContextKeyTypeEnum::String)
                    .set_context_key_values(Some(condition.examples.clone()))
                    .build(),
            );
        }
    }
    entries
}

/// One decision per resource. IAM lists them separately if there are several.
fn decisions(result: &EvaluationResult) -> Vec<Decision> {
    let action = result.eval_action_name();
    let organization = result.organizations_decision_detail();
    let by_organization = organization.is_some_and(|detail| !detail.allowed_by_organizations());
    if result.resource_specific_results().is_empty() {
        let boundary = result.permissions_boundary_decision_detail();
        let by_boundary = boundary.is_some_and(|detail| !detail.allowed_by_permissions_boundary());
        return vec![decision(
            action,
            result.eval_resource_name().unwrap_or("*"),
            result.eval_decision(),
            result.missing_context_values(),
            denied_by(by_organization, by_boundary),
        )];
    }
    let of_resource = |one: &ResourceSpecificResult| {
        let boundary = one.permissions_boundary_decision_detail();
        let by_boundary = boundary.is_some_and(|detail| !detail.allowed_by_permissions_boundary());
        decision(
            action,
            one.eval_resource_name(),
            one.eval_resource_decision(),
            one.missing_context_values(),
            denied_by(by_organization, by_boundary),
        )
    };
    let results = result.resource_specific_results().iter();
    results.map(of_resource).collect()
}

fn denied_by(organization: bool, boundary: bool) -> Option<&'static str> {
    match (organization, boundary) {
        (true, _) => Some("a policy of the organisation"),
        (_, true) => Some("your permissions boundary"),
        _ => None,
    }
}

fn decision(
    action: &str,
    resource: &str,
    decided: &PolicyEvaluationDecisionType,
    missing_keys: &[String],
    by: Option<&'static str>,
) -> Decision {
    let (action, resource) = (action.to_owned(), resource.to_owned());
    match decided {
        PolicyEvaluationDecisionType::Allowed => Decision::Allowed { resource },
        _ if missing_keys.is_empty() => Decision::Denied {
            action,
            resource,
            by,
        },
        _ => Decision::Unknown {
            action,
            resource,
            why: format!("it depends on {}", missing_keys.join(" and ")),
        },
    }
}
