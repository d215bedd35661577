//! Reads AWS's message about a denied call: the action, and the kind of policy that decided.
//!
//! The words are those of the IAM User Guide, "Troubleshoot access denied error messages".

/// The kind of policy that AWS names as the reason of a denial.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DecidingPolicy {
    /// A service control policy or a resource control policy.
    Organization,
    PermissionsBoundary,
    Session,
    VpcEndpoint,
    /// A `Deny` statement of the caller's own policies.
    IdentityDeny,
    /// A `Deny` statement in the policy of a bucket, a key or another resource.
    ResourceDeny,
}

impl DecidingPolicy {
    /// The kind that the message names; none if no policy allows the action.
    pub(super) fn in_message(message: &str) -> Option<Self> {
        let message = message.to_lowercase();
        let named = [
            ("service control policy", Self::Organization),
            ("resource control policy", Self::Organization),
            ("permissions boundary", Self::PermissionsBoundary),
            ("session policy", Self::Session),
            ("vpc endpoint policy", Self::VpcEndpoint),
            (
                "explicit deny in an identity-based policy",
                Self::IdentityDeny,
            ),
            (
                "explicit deny in a resource-based policy",
                Self::ResourceDeny,
            ),
        ];
        named
            .into_iter()
            .find_map(|(text, policy)| message.contains(text).then_some(policy))
    }

    /// Who can change the policy, and how.
    pub(super) fn hint(self, action: &str) -> String {
        let remedy = match self {
            Self::Organization => format!(
                "a policy of your organization (SCP or RCP) forbids `{action}`: its administrators must allow it, or deploy to another account"
            ),
            Self::PermissionsBoundary => format!(
                "your permissions boundary does not allow `{action}`: ask its owner to add the action"
            ),
            Self::Session => format!(
                "the policy of your session does not allow `{action}`: sign in with a role or permission set that allows it"
            ),
            Self::VpcEndpoint => format!(
                "the policy of the VPC endpoint does not allow `{action}`: add the action there, or use another network"
            ),
            Self::IdentityDeny => format!(
                "a `Deny` statement in your policies covers `{action}`: remove it there; an `Allow` does not override it"
            ),
            Self::ResourceDeny => format!(
                "a `Deny` statement in the resource's own policy covers `{action}`: remove it there; an `Allow` does not override it"
            ),
        };
        format!("{remedy}; then run the command again: it continues where it stopped")
    }
}

/// The action in "… is not authorized to perform: iam:PassRole on resource: …".
pub(super) fn action_in(message: &str) -> Option<&str> {
    let (_, after) = message.split_once("not authorized to perform: ")?;
    let is_part =
        |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, ':' | '-' | '_');
    let end = after.find(|letter| !is_part(letter)).unwrap_or(after.len());
    let action = after.get(..end)?.trim_end_matches(':');
    let (service, operation) = action.split_once(':')?;
    let is_action = !service.is_empty() && !operation.is_empty() && !operation.contains(':');
    is_action.then_some(action)
}

#[cfg(test)]
mod tests {
    use super::{DecidingPolicy, action_in};

    #[test]
    fn the_action_is_the_one_that_aws_names() {
        let message = "User: arn:aws:sts::123456789012:assumed-role/Dev/alice is not authorized to perform: \
                       quicksight:PassDataSource on resource: arn:aws:quicksight:eu-central-1:123456789012:datasource/x";
        assert_eq!(action_in(message), Some("quicksight:PassDataSource"));
        assert_eq!(
            action_in("is not authorized to perform: s3:ListBucket"),
            Some("s3:ListBucket")
        );
        assert_eq!(action_in("is not authorized to perform: that"), None);
        assert_eq!(action_in("Access Denied"), None);
    }

    #[test]
    fn the_deciding_policy_is_named_with_who_can_change_it() {
        let cases = [
            (
                "with an explicit deny in a service control policy",
                Some(DecidingPolicy::Organization),
            ),
            (
                "because no service control policy allows the iam:CreateRole action",
                Some(DecidingPolicy::Organization),
            ),
            (
                "with an explicit deny in a permissions boundary",
                Some(DecidingPolicy::PermissionsBoundary),
            ),
            (
                "because no permissions boundary allows the iam:CreateRole action",
                Some(DecidingPolicy::PermissionsBoundary),
            ),
            (
                "because no session policy allows the s3:PutObject action",
                Some(DecidingPolicy::Session),
            ),
            (
                "because no VPC endpoint policy allows the s3:PutObject action",
                Some(DecidingPolicy::VpcEndpoint),
            ),
            (
                "with an explicit deny in an identity-based policy",
                Some(DecidingPolicy::IdentityDeny),
            ),
            (
                "with an explicit deny in a resource-based policy",
                Some(DecidingPolicy::ResourceDeny),
            ),
            (
                "because no identity-based policy allows the s3:PutObject action",
                None,
            ),
            ("Access Denied", None),
        ];
        for (message, expected) in cases {
            assert_eq!(DecidingPolicy::in_message(message), expected, "{message}");
        }
        let hint = DecidingPolicy::Organization.hint("iam:CreateRole");
        assert!(
            hint.contains("`iam:CreateRole`") && hint.contains("organization"),
            "{hint}"
        );
    }
}
