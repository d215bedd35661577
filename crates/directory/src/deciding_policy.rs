//! The kind of policy that AWS names in its message about a denied call.
//!
//! The words are those of the IAM User Guide, "Troubleshoot access denied error messages".

/// The kind of policy that AWS names as the reason of a denial.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecidingPolicy {
    /// A service control policy or a resource control policy.
    Organization,
    PermissionsBoundary,
    Session,
    VpcEndpoint,
    /// A `Deny` statement of the caller's own policies.
    IdentityDeny,
    /// A `Deny` statement in the policy of a bucket, a key or another resource.
    ResourceDeny,
    /// The policy of the resource, usually in another account, does not allow the call.
    Resource,
}

impl DecidingPolicy {
    /// The kind that a message names; `None` if no policy of the caller allows the action, or if AWS names none.
    pub fn in_message(message: &str) -> Option<Self> {
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
            ("resource-based policy", Self::Resource),
        ];
        let found = named.into_iter().find(|(text, _)| message.contains(text));
        found.map(|(_, policy)| policy)
    }
}

#[cfg(test)]
mod tests {
    use super::DecidingPolicy;

    #[test]
    fn the_deciding_policy_is_the_one_that_aws_names() {
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
                "because no resource-based policy allows the s3:PutObject action",
                Some(DecidingPolicy::Resource),
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
    }
}
