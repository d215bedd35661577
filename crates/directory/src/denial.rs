//! Why a call is not allowed.
//!
//! AWS says it in the message of the error, whose words are those of the IAM User Guide, "Troubleshoot access denied error
//! messages". The message names the caller, who may be a person, so only the kind of policy and the account are taken from it.

use crate::call_target::CallTarget;
use crate::deciding_policy::DecidingPolicy;
use crate::policy_statement::{PolicyStatement, partition_of};

/// Why a call is not allowed, and the statement that would allow it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denial {
    pub statement: PolicyStatement,
    /// The kind of policy that decided; none if no identity-based policy allows the call, or if AWS does not name it.
    pub decided_by: Option<DecidingPolicy>,
}

impl Denial {
    pub(crate) fn new(action: &str, target: &CallTarget, region: &str, message: &str) -> Self {
        let account = account_of_store(message).unwrap_or("*");
        Self {
            statement: PolicyStatement::new(action, target, partition_of(region), account),
            decided_by: DecidingPolicy::in_message(message),
        }
    }

    /// Who can allow the call, and how.
    pub(crate) fn hint(&self) -> String {
        let action = &self.statement.action;
        match self.decided_by {
            None => format!(
                "add this statement to a policy of the caller, or of the role that `identity_role` names: {}",
                self.statement
            ),
            Some(DecidingPolicy::Organization) => format!(
                "a policy of your organization (SCP or RCP) forbids `{action}`: its administrators must allow it, or set `identity_role` to a role in the account of IAM Identity Center"
            ),
            Some(DecidingPolicy::PermissionsBoundary) => format!(
                "the permissions boundary does not allow `{action}`: ask its owner to add {}",
                self.statement
            ),
            Some(DecidingPolicy::Session) => format!(
                "the policy of the session does not allow `{action}`: sign in with a role or permission set that allows it"
            ),
            Some(DecidingPolicy::VpcEndpoint) => format!(
                "the policy of the VPC endpoint does not allow `{action}`: add the action to it, or use another network"
            ),
            Some(DecidingPolicy::IdentityDeny) => format!(
                "a `Deny` statement in the caller's policies covers `{action}`: remove the action from it; an `Allow` does not override it"
            ),
            Some(DecidingPolicy::Resource | DecidingPolicy::ResourceDeny) => format!(
                "the Identity Store belongs to another account, which does not allow `{action}`: set `identity_role` to a role in that account"
            ),
        }
    }
}

/// The twelve digits in `arn:aws:identitystore::123456789012:identitystore/d-1234567890`.
fn account_of_store(message: &str) -> Option<&str> {
    let (before, _) = message.split_once(":identitystore/")?;
    let (_, account) = before.rsplit_once("::")?;
    let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    is_account.then_some(account)
}

#[cfg(test)]
mod tests {
    use super::Denial;
    use crate::call_target::CallTarget;
    use crate::deciding_policy::DecidingPolicy;

    /// A message of AWS in its words, for a caller whose session is named after a person.
    fn denied(reason: &str) -> Denial {
        let message = format!(
            "User: arn:aws:sts::111122223333:assumed-role/Admin/planted@example.com is not authorized to perform: \
             identitystore:ListUsers on resource: arn:aws:identitystore:::user/* {reason}, User: \
             arn:aws:sts::111122223333:assumed-role/Admin/planted@example.com is not authorized to perform: \
             identitystore:ListUsers on resource: arn:aws:identitystore::444455556666:identitystore/d-1234567890 {reason}"
        );
        let target = CallTarget::IdentityStore("d-1234567890".to_owned());
        Denial::new("identitystore:ListUsers", &target, "eu-central-1", &message)
    }

    #[test]
    fn the_statement_names_the_account_of_the_store() {
        let denial =
            denied("because no identity-based policy allows the identitystore:ListUsers action");
        assert_eq!(denial.decided_by, None);
        let store = "arn:aws:identitystore::444455556666:identitystore/d-1234567890";
        assert_eq!(
            denial.statement.resources,
            [store, "arn:aws:identitystore:::user/*"]
        );
        assert!(denial.hint().contains(&denial.statement.to_string()));
    }

    #[test]
    fn the_deciding_policy_is_named_without_the_caller() {
        let cases = [
            (
                "with an explicit deny in a service control policy",
                DecidingPolicy::Organization,
            ),
            (
                "because no permissions boundary allows it",
                DecidingPolicy::PermissionsBoundary,
            ),
            (
                "because no session policy allows it",
                DecidingPolicy::Session,
            ),
            (
                "because no VPC endpoint policy allows it",
                DecidingPolicy::VpcEndpoint,
            ),
            (
                "with an explicit deny in an identity-based policy",
                DecidingPolicy::IdentityDeny,
            ),
            (
                "because no resource-based policy allows it",
                DecidingPolicy::Resource,
            ),
        ];
        for (reason, expected) in cases {
            let denial = denied(reason);
            assert_eq!(denial.decided_by, Some(expected), "{reason}");
            let text = format!("{denial:?} {}", denial.hint());
            assert!(text.contains("identitystore:ListUsers"), "{text}");
            assert!(!text.contains("planted"), "{text}");
        }
    }
}
