//! The users and groups that shall own or see the dashboard.

use serde_json::Value;

use super::Place;
use super::finding::Finding;
use crate::aws::{Aws, AwsError, Fields, Method};
use crate::step::Blame;

/// Who somebody is, taken apart from the ARN.
struct Principal<'a> {
    region: &'a str,
    account: &'a str,
    /// `user` or `group`
    kind: &'a str,
    namespace: &'a str,
    name: &'a str,
}

pub(super) async fn check(place: &Place<'_>) -> Finding {
    if let Some(finding) = place.without_quicksight() {
        return finding;
    }
    let settings = place.settings();
    let owners = settings.owners.iter().map(|arn| (arn, true));
    let readers = settings.readers.iter().map(|arn| (arn, false));
    let mut finding = Finding::empty();
    for (arn, is_owner) in owners.chain(readers) {
        look(place, arn, is_owner, &mut finding).await;
    }
    if finding.found.is_empty() {
        return Finding::skip("nobody is named yet, see Settings");
    }
    finding
}

async fn look(place: &Place<'_>, arn: &str, is_owner: bool, finding: &mut Finding) {
    let advice = "`kiro-analytics init` lists the users and groups; their ARNs stand there";
    let Some(principal) = Principal::of(arn) else {
        finding.add_failure(Blame::Usage, format!("`{arn}` is no user or group"), advice);
        return;
    };
    if principal.account != place.aws.account() {
        finding.add_failure(
            Blame::Usage,
            format!("`{arn}` is of account {}", principal.account),
            advice,
        );
        return;
    }
    let there = place.aws.in_region(principal.region);
    let Principal { kind, name, .. } = principal;
    let described = match principal.describe(&there).await {
        Ok(Some(described)) => described,
        Ok(None) => {
            let found = format!(
                "there is no {kind} `{name}` in namespace `{}`",
                principal.namespace
            );
            finding.add_failure(Blame::Usage, found, advice);
            return;
        }
        Err(error) => {
            finding.add_error(&error);
            return;
        }
    };
    let role = described.text("User/Role");
    let what = if is_owner { "owner" } else { "reader" };
    let found = match role {
        "" => format!("{what}: {kind} `{name}`"),
        role => format!("{what}: {kind} `{name}`, {role}"),
    };
    if is_owner && role.starts_with("READER") {
        finding.add_failure(
            Blame::Usage,
            found,
            "a reader cannot own a dashboard: make them an author in Manage Quick Sight, or name them in `readers`",
        );
    } else if described.field("User/Active") == &Value::Bool(false) {
        finding.add_warning(found, "they have never signed in, or were deactivated");
    } else {
        finding.add(found);
    }
}

impl<'a> Principal<'a> {
    fn of(arn: &'a str) -> Option<Self> {
        let mut parts = arn.splitn(6, ':').skip(3);
        let (region, account, rest) = (parts.next()?, parts.next()?, parts.next()?);
        let mut rest = rest.splitn(3, '/');
        Some(Self {
            region,
            account,
            kind: rest
                .next()
                .filter(|kind| matches!(*kind, "user" | "group"))?,
            namespace: rest.next()?,
            name: rest.next()?,
        })
    }

    async fn describe(&self, aws: &Aws) -> Result<Option<Value>, AwsError> {
        let (operation, folder) = match self.kind {
            "user" => ("DescribeUser", "users"),
            _ => ("DescribeGroup", "groups"),
        };
        let path = ["namespaces", self.namespace, folder, self.name];
        let call = aws.quicksight(operation, Method::Get, &path);
        call.on(format!("{} `{}`", self.kind, self.name))
            .find()
            .await
    }
}

#[cfg(test)]
mod tests {
    use super::Principal;

    #[test]
    fn the_name_of_a_federated_user_has_a_slash() {
        let arn = "arn:aws:quicksight:us-east-1:123456789012:user/default/Admin/alice@example.com";
        let principal = Principal::of(arn).unwrap();
        assert_eq!((principal.region, principal.kind), ("us-east-1", "user"));
        assert_eq!(
            (principal.namespace, principal.name),
            ("default", "Admin/alice@example.com")
        );
        assert!(Principal::of("arn:aws:iam::123456789012:user/alice").is_none());
    }
}
