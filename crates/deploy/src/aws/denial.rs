//! A denied call: the action that AWS names, and what to do about the policy that decided.

use kiro_directory::DecidingPolicy;

/// Who can change a policy that denies an action, and how.
pub(super) fn remedy(policy: DecidingPolicy, action: &str) -> String {
    let remedy = match policy {
        DecidingPolicy::Organization => format!(
            "a policy of your organization (SCP or RCP) forbids `{action}`: its administrators must allow it, or deploy to another account"
        ),
        DecidingPolicy::PermissionsBoundary => format!(
            "your permissions boundary does not allow `{action}`: ask its owner to add the action"
        ),
        DecidingPolicy::Session => format!(
            "the policy of your session does not allow `{action}`: sign in with a role or permission set that allows it"
        ),
        DecidingPolicy::VpcEndpoint => format!(
            "the policy of the VPC endpoint does not allow `{action}`: add the action there, or use another network"
        ),
        DecidingPolicy::IdentityDeny => format!(
            "a `Deny` statement in your policies covers `{action}`: remove it there; an `Allow` does not override it"
        ),
        DecidingPolicy::ResourceDeny => format!(
            "a `Deny` statement in the resource's own policy covers `{action}`: remove it there; an `Allow` does not override it"
        ),
        DecidingPolicy::Resource => format!(
            "the resource's own policy does not allow `{action}`: add the action there, or ask its owner"
        ),
    };
    format!("{remedy}; then run the command again: it continues where it stopped")
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
    use kiro_directory::DecidingPolicy;

    use super::{action_in, remedy};

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
    fn a_remedy_names_the_action_and_who_can_change_the_policy() {
        let hint = remedy(DecidingPolicy::Organization, "iam:CreateRole");
        assert!(
            hint.contains("`iam:CreateRole`") && hint.contains("organization"),
            "{hint}"
        );
    }
}
