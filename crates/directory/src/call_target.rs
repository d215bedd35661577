//! What a call is about.

use std::fmt;

/// The resource of a call, for messages and policy statements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallTarget {
    /// The id of an Identity Store.
    IdentityStore(String),
    /// All instances of IAM Identity Center in the Region.
    Instances,
    /// The ARN of a role, and whether an external id was sent.
    Role { arn: String, has_external_id: bool },
}

impl fmt::Display for CallTarget {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::IdentityStore(id) => write!(formatter, "Identity Store `{id}`"),
            Self::Instances => formatter.write_str("IAM Identity Center"),
            Self::Role { arn, .. } => write!(formatter, "role `{arn}`"),
        }
    }
}
