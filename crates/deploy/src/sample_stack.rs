//! Reads settings from the stacks of the AWS sample, for `init`. Changes nothing.

use std::collections::BTreeMap;

use kiro_config::{REMEMBERED, StackParameters};
use serde_json::Value;

use crate::aws::{Aws, AwsError};
use crate::stack::Stack;
use crate::tags;

/// The origin of the stack with the name of a deployment's data stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StackMaker {
    /// The stack does not exist.
    NoStack,
    /// kiro-analytics, or another tool with its template.
    Ours(Box<Stack>),
    /// The AWS sample.
    Sample(Box<Stack>),
    Unknown,
}

impl StackMaker {
    /// Finds the origin of the data stack of this prefix.
    ///
    /// # Errors
    ///
    /// If AWS refuses.
    pub async fn find(aws: &Aws, prefix: &str) -> Result<Self, AwsError> {
        let stack = Stack::find(aws, &format!("{prefix}-data")).await?;
        Ok(stack.map_or(Self::NoStack, Self::of))
    }

    fn of(stack: Stack) -> Self {
        if stack.tags.contains_key(tags::DEPLOYMENT) || stack.parameters.contains_key(REMEMBERED) {
            Self::Ours(Box::new(stack))
        } else if stack.parameters.contains_key("KiroLogsBucketName") {
            Self::Sample(Box::new(stack))
        } else {
            Self::Unknown
        }
    }
}

/// The settings of a deployment of the AWS sample, from its data stack and its two other stacks.
///
/// # Errors
///
/// If AWS refuses.
pub async fn sample_settings(
    aws: &Aws,
    prefix: &str,
    data: &Stack,
) -> Result<BTreeMap<&'static str, Value>, AwsError> {
    let mut settings = of_data(&data.parameters);
    for (suffix, of) in [
        ("qs", of_quicksight as fn(&_) -> _),
        ("identity-map", of_identity),
    ] {
        let stack = Stack::find(aws, &format!("{prefix}-{suffix}")).await?;
        settings.extend(stack.map(|stack| of(&stack.parameters)).unwrap_or_default());
    }
    Ok(settings)
}

type Found = BTreeMap<&'static str, Value>;

fn of_data(parameters: &StackParameters) -> Found {
    let mut found = texts(
        parameters,
        &[
            ("alarm_email", "AlarmEmail"),
            ("schedule", "NormalizeSchedule"),
        ],
    );
    let bucket = parameters.get("KiroLogsBucketName").map(String::as_str);
    if let Some(bucket) = bucket.filter(|bucket| !bucket.is_empty()) {
        let prefix = parameters.get("KiroLogsPrefix").map_or("", String::as_str);
        let url = format!("s3://{bucket}/{}", prefix.trim_matches('/'));
        found.insert("exports", Value::from(vec![url.trim_end_matches('/')]));
    }
    found.extend(lists(parameters, "exports_kms_keys", "KmsKeyArn"));
    found
}

fn of_quicksight(parameters: &StackParameters) -> Found {
    let mut found = texts(parameters, &[("theme", "ThemeMode")]);
    found.extend(lists(parameters, "owners", "QuickSightPrincipalArn"));
    found
}

fn of_identity(parameters: &StackParameters) -> Found {
    let names = [
        ("identity_store", "IdentityStoreId"),
        ("identity_region", "IdcRegion"),
        ("identity_role", "IdcRoleArn"),
        ("identity_schedule", "RefreshSchedule"),
    ];
    let mut found = texts(parameters, &names);
    found.insert("identity_mapping", Value::from(true));
    found
}

fn texts(parameters: &StackParameters, names: &[(&'static str, &str)]) -> Found {
    let found = names.iter().filter_map(|(key, name)| {
        let text = parameters.get(*name).filter(|text| !text.is_empty())?;
        Some((*key, Value::from(text.as_str())))
    });
    found.collect()
}

fn lists(
    parameters: &StackParameters,
    key: &'static str,
    name: &str,
) -> Option<(&'static str, Value)> {
    let text = parameters.get(name).filter(|text| !text.is_empty())?;
    Some((key, Value::from(vec![text.as_str()])))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameters(pairs: &[(&str, &str)]) -> StackParameters {
        let pairs = pairs.iter();
        pairs
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    fn stack(pairs: &[(&str, &str)], tags: &[(&str, &str)]) -> Stack {
        Stack {
            name: "kiro-analytics-data".to_owned(),
            id: String::new(),
            status: "CREATE_COMPLETE".to_owned(),
            reason: String::new(),
            updated: String::new(),
            parameters: parameters(pairs),
            is_protected: false,
            outputs: BTreeMap::new(),
            tags: parameters(tags),
        }
    }

    #[test]
    fn a_stack_belongs_to_the_deployment_by_its_tag_or_its_template() {
        let ours = [
            stack(&[], &[(tags::DEPLOYMENT, "kiro-analytics")]),
            stack(&[(REMEMBERED, "{}")], &[]),
        ];
        for stack in ours {
            assert!(matches!(StackMaker::of(stack), StackMaker::Ours(_)));
        }
        let sample = stack(&[("KiroLogsBucketName", "example-logs")], &[]);
        assert!(matches!(StackMaker::of(sample), StackMaker::Sample(_)));
        assert_eq!(StackMaker::of(stack(&[], &[])), StackMaker::Unknown);
    }

    #[test]
    fn the_samples_parameters_become_settings() {
        let data = parameters(&[
            ("KiroLogsBucketName", "example-logs"),
            ("KiroLogsPrefix", "kiro/"),
            ("KmsKeyArn", ""),
            ("AlarmEmail", "alice@example.com"),
        ]);
        let found = of_data(&data);
        assert_eq!(
            found["exports"],
            Value::from(vec!["s3://example-logs/kiro"])
        );
        assert_eq!(found["alarm_email"], "alice@example.com");
        assert!(!found.contains_key("exports_kms_keys"));
        let found = of_quicksight(&parameters(&[
            (
                "QuickSightPrincipalArn",
                "arn:aws:quicksight:us-east-1:123456789012:user/default/alice",
            ),
            ("ThemeMode", "dark"),
        ]));
        assert_eq!((found.len(), &found["theme"]), (2, &Value::from("dark")));
        let found = of_identity(&parameters(&[
            ("IdentityStoreId", "d-1234567890"),
            ("IdcRoleArn", ""),
            ("RefreshSchedule", "cron(30 3 * * ? *)"),
        ]));
        assert_eq!(found["identity_mapping"], true);
        assert_eq!(
            (found.len(), &found["identity_store"]),
            (3, &Value::from("d-1234567890"))
        );
    }
}
