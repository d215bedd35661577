//! The statement that a policy lacks.
//!
//! Source of the resources: the Service Authorization Reference, "AWS Identity Store", "AWS IAM Identity Center" and "AWS
//! Security Token Service". Several resources of a call must all be allowed.

use std::fmt;

use crate::call_target::CallTarget;

/// An `Allow` statement of an identity-based policy. Displayed as JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyStatement {
    pub action: String,
    pub resources: Vec<String>,
}

impl PolicyStatement {
    /// `account` is that of the Identity Store; `*` if it is not known.
    pub(crate) fn new(action: &str, target: &CallTarget, partition: &str, account: &str) -> Self {
        let of_store = |kind: &str| format!("arn:{partition}:identitystore:::{kind}/*");
        let resources = match target {
            CallTarget::Instances => vec!["*".to_owned()],
            CallTarget::Role { arn, .. } => vec![arn.clone()],
            CallTarget::IdentityStore(id) => {
                let store = format!("arn:{partition}:identitystore::{account}:identitystore/{id}");
                let kinds: &[&str] = match action {
                    "identitystore:ListUsers" | "identitystore:DescribeUser" => &["user"],
                    "identitystore:ListGroups" => &["group"],
                    _ => &["group", "membership"],
                };
                let kinds = kinds.iter().map(|kind| of_store(kind));
                std::iter::once(store).chain(kinds).collect()
            }
        };
        Self {
            action: action.to_owned(),
            resources,
        }
    }
}

impl fmt::Display for PolicyStatement {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let action = &self.action;
        let resources = self.resources.join("\", \"");
        write!(
            formatter,
            r#"{{"Effect": "Allow", "Action": "{action}", "Resource": ["{resources}"]}}"#
        )
    }
}

/// The partition of a Region.
pub(crate) fn partition_of(region: &str) -> &'static str {
    let prefixes = [
        ("cn-", "aws-cn"),
        ("us-gov-", "aws-us-gov"),
        ("eusc-", "aws-eusc"),
        ("us-iso-", "aws-iso"),
        ("us-isob-", "aws-iso-b"),
        ("eu-isoe-", "aws-iso-e"),
        ("us-isof-", "aws-iso-f"),
    ];
    let found = prefixes
        .iter()
        .find(|(prefix, _)| region.starts_with(prefix));
    found.map_or("aws", |(_, partition)| partition)
}

#[cfg(test)]
mod tests {
    use super::{PolicyStatement, partition_of};
    use crate::call_target::CallTarget;

    #[test]
    fn every_action_has_the_resources_that_aws_demands() {
        let store = CallTarget::IdentityStore("d-1234567890".to_owned());
        let role = CallTarget::Role {
            arn: "arn:aws:iam::123456789012:role/reader".to_owned(),
            has_external_id: false,
        };
        let of_store = "arn:aws:identitystore::*:identitystore/d-1234567890";
        let users = "arn:aws:identitystore:::user/*";
        let groups = "arn:aws:identitystore:::group/*";
        let memberships = "arn:aws:identitystore:::membership/*";
        let cases: [(&str, &CallTarget, &[&str]); 6] = [
            ("identitystore:ListUsers", &store, &[of_store, users]),
            ("identitystore:DescribeUser", &store, &[of_store, users]),
            ("identitystore:ListGroups", &store, &[of_store, groups]),
            (
                "identitystore:ListGroupMemberships",
                &store,
                &[of_store, groups, memberships],
            ),
            ("sso:ListInstances", &CallTarget::Instances, &["*"]),
            (
                "sts:AssumeRole",
                &role,
                &["arn:aws:iam::123456789012:role/reader"],
            ),
        ];
        for (action, target, expected) in cases {
            let statement = PolicyStatement::new(action, target, "aws", "*");
            assert_eq!(statement.resources, expected, "{action}");
        }
    }

    #[test]
    fn a_statement_is_displayed_as_json() {
        let target = CallTarget::IdentityStore("d-1234567890".to_owned());
        let statement =
            PolicyStatement::new("identitystore:ListUsers", &target, "aws-cn", "123456789012");
        let json: serde_json::Value = serde_json::from_str(&statement.to_string()).unwrap();
        let expected = serde_json::json!({
            "Effect": "Allow",
            "Action": "identitystore:ListUsers",
            "Resource": [
                "arn:aws-cn:identitystore::123456789012:identitystore/d-1234567890",
                "arn:aws-cn:identitystore:::user/*",
            ],
        });
        assert_eq!(json, expected);
    }

    #[test]
    fn the_partition_follows_the_region() {
        let cases = [
            ("eu-central-1", "aws"),
            ("us-east-1", "aws"),
            ("cn-north-1", "aws-cn"),
            ("us-gov-west-1", "aws-us-gov"),
            ("eusc-de-east-1", "aws-eusc"),
        ];
        for (region, expected) in cases {
            assert_eq!(partition_of(region), expected, "{region}");
        }
    }
}
