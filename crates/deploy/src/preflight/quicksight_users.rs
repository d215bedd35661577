//! The users, groups and namespaces that own or view the dashboard.

use aws_sdk_quicksight::types::UserRole;
use kiro_config::{Config, RowRules};

use super::context::CheckContext;
use super::finding::Finding;
use crate::aws::{Aws, AwsError, Context, Optional};
use crate::step::ErrorCategory;

/// The parts of the ARN of a user, group or namespace.
struct Principal<'a> {
    region: &'a str,
    account: &'a str,
    kind: PrincipalKind,
    namespace: &'a str,
    /// Empty for a namespace.
    name: &'a str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PrincipalKind {
    User,
    Group,
    /// All users in it.
    Namespace,
}

/// An existing principal, as the service describes it.
#[derive(Debug, Default)]
struct PrincipalDescription {
    /// None for groups and namespaces.
    role: Option<UserRole>,
    is_inactive: bool,
}

pub(super) async fn check(context: &CheckContext<'_>) -> Finding {
    if let Some(finding) = context.without_quicksight() {
        return finding;
    }
    let settings = context.settings();
    let owners = settings.owners.iter().map(|arn| (arn, true));
    let readers = settings.readers.iter().map(|arn| (arn, false));
    let mut finding = Finding::empty();
    for (arn, is_owner) in owners.chain(readers) {
        check_principal(context, arn, is_owner, &mut finding).await;
    }
    if finding.found.is_empty() {
        return Finding::skip("not configured yet, see Settings");
    }
    finding
}

async fn check_principal(
    context: &CheckContext<'_>,
    arn: &str,
    is_owner: bool,
    finding: &mut Finding,
) {
    let advice = "`kiro-analytics init` lists the users and groups with their ARNs";
    let Some(principal) = Principal::of(arn) else {
        finding.add_failure(
            ErrorCategory::Usage,
            format!("`{arn}` is not a user, group or namespace"),
            advice,
        );
        return;
    };
    if principal.account != context.aws.account() {
        finding.add_failure(
            ErrorCategory::Usage,
            format!("`{arn}` belongs to account {}", principal.account),
            advice,
        );
        return;
    }
    let regional = context.aws.in_region(principal.region);
    let described = match principal.describe(&regional).await {
        Ok(Some(described)) => described,
        Ok(None) => {
            let found = format!("there is no {}", principal.title());
            finding.add_failure(ErrorCategory::Usage, found, advice);
            return;
        }
        Err(error) => {
            finding.add_error(&error);
            return;
        }
    };
    let what = if is_owner { "owner" } else { "reader" };
    let role = described.role.as_ref().map_or("", UserRole::as_str);
    let found = match role {
        "" => format!("{what}: {}", principal.short_title()),
        role => format!("{what}: {}, {role}", principal.short_title()),
    };
    if is_owner && principal.kind == PrincipalKind::Namespace {
        finding.add_failure(
            ErrorCategory::Usage,
            found,
            "a namespace can read a dashboard but not own it: name it in `readers`",
        );
    } else if is_owner && role.starts_with("READER") {
        finding.add_failure(
            ErrorCategory::Usage,
            found,
            "a reader cannot own a dashboard: make the user an author in Manage Quick Sight, or name the user in `readers`",
        );
    } else if let Some(why) = principal
        .lacks_rules(context.settings())
        .filter(|_| !is_owner)
    {
        finding.add_warning(
            format!("{found}: {why}"),
            "docs/people.md: Who may see what",
        );
    } else if described.is_inactive {
        finding.add_warning(found, "the user has never signed in, or was deactivated");
    } else {
        finding.add(found);
    }
}

impl<'a> Principal<'a> {
    fn of(arn: &'a str) -> Option<Self> {
        let mut parts = arn.splitn(6, ':').skip(3);
        let (region, account, rest) = (parts.next()?, parts.next()?, parts.next()?);
        let mut rest = rest.splitn(3, '/');
        let kind = match rest.next()? {
            "user" => PrincipalKind::User,
            "group" => PrincipalKind::Group,
            "namespace" => PrincipalKind::Namespace,
            _ => return None,
        };
        let namespace = rest.next()?;
        let name = match kind {
            PrincipalKind::Namespace => "",
            PrincipalKind::User | PrincipalKind::Group => rest.next()?,
        };
        Some(Self {
            region,
            account,
            kind,
            namespace,
            name,
        })
    }

    /// Why no row rule can be about a user; none if one can.
    fn lacks_rules(&self, settings: &Config) -> Option<&'static str> {
        let is_restricted = self.kind == PrincipalKind::User && settings.restricts_rows();
        if !is_restricted || settings.viewer_admins.iter().any(|one| one == self.name) {
            return None;
        }
        let prefix = settings.row_rules_prefix.as_deref().unwrap_or_default();
        match self.name.strip_prefix(prefix) {
            None => Some("sees nothing, as its user name does not begin with `row_rules_prefix`"),
            Some(name) if settings.row_rules == RowRules::Email && !name.contains('@') => {
                Some("sees nothing, as its user name is no e-mail address, which `row_rules` says")
            }
            Some(_) => None,
        }
    }

    /// "user `alice`"
    fn short_title(&self) -> String {
        match self.kind {
            PrincipalKind::User => format!("user `{}`", self.name),
            PrincipalKind::Group => format!("group `{}`", self.name),
            PrincipalKind::Namespace => format!("namespace `{}`", self.namespace),
        }
    }

    /// "user `alice` in namespace `default`"
    fn title(&self) -> String {
        match self.kind {
            PrincipalKind::Namespace => self.short_title(),
            PrincipalKind::User | PrincipalKind::Group => {
                format!("{} in namespace `{}`", self.short_title(), self.namespace)
            }
        }
    }

    async fn describe(&self, aws: &Aws) -> Result<Option<PrincipalDescription>, AwsError> {
        let client = &aws.clients().quicksight;
        let title = self.short_title();
        match self.kind {
            PrincipalKind::User => {
                let request = client.describe_user().aws_account_id(aws.account());
                let request = request.namespace(self.namespace).user_name(self.name);
                let sent = request.send().await;
                let found = sent.context(aws, "quicksight:DescribeUser", title);
                let user = found.optional()?.and_then(|found| found.user);
                Ok(user.map(|user| PrincipalDescription {
                    is_inactive: !user.active,
                    role: user.role,
                }))
            }
            PrincipalKind::Group => {
                let request = client.describe_group().aws_account_id(aws.account());
                let request = request.namespace(self.namespace).group_name(self.name);
                let sent = request.send().await;
                let found = sent.context(aws, "quicksight:DescribeGroup", title);
                let group = found.optional()?.and_then(|found| found.group);
                Ok(group.map(|_| PrincipalDescription::default()))
            }
            PrincipalKind::Namespace => {
                let request = client.describe_namespace().aws_account_id(aws.account());
                let sent = request.namespace(self.namespace).send().await;
                let found = sent.context(aws, "quicksight:DescribeNamespace", title);
                let namespace = found.optional()?.and_then(|found| found.namespace);
                Ok(namespace.map(|_| PrincipalDescription::default()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use kiro_config::{Flag, Layers};

    use super::{Principal, PrincipalKind};

    #[test]
    fn the_name_of_a_federated_user_has_a_slash() {
        let arn = "arn:aws:quicksight:us-east-1:123456789012:user/default/Admin/alice@example.com";
        let principal = Principal::of(arn).unwrap();
        assert_eq!(
            (principal.region, principal.kind),
            ("us-east-1", PrincipalKind::User)
        );
        assert_eq!(
            (principal.namespace, principal.name),
            ("default", "Admin/alice@example.com")
        );
        assert!(Principal::of("arn:aws:iam::123456789012:user/alice").is_none());
    }

    #[test]
    fn a_user_whom_no_rule_can_name_is_told() {
        let user =
            |name: &str| format!("arn:aws:quicksight:us-east-1:123456789012:user/default/{name}");
        let settings = Layers::of_flags(vec![
            Flag::set("row_rules", "email"),
            Flag::set("row_rules_prefix", "Viewer/"),
            Flag::set("viewer_admins", "root"),
        ]);
        let settings = settings.resolve(None).unwrap().settings;
        for (name, lacks) in [
            ("Viewer/ann@example.com", false),
            ("Viewer/ann", true),
            ("ann@example.com", true),
            ("root", false),
        ] {
            let arn = user(name);
            let principal = Principal::of(&arn).unwrap();
            assert_eq!(principal.lacks_rules(&settings).is_some(), lacks, "{name}");
        }
        let group = "arn:aws:quicksight:us-east-1:123456789012:group/default/viewers";
        let group = Principal::of(group).unwrap();
        assert_eq!(group.lacks_rules(&settings), None);
    }

    #[test]
    fn a_namespace_has_no_name_of_its_own() {
        let arn = "arn:aws:quicksight:us-east-1:123456789012:namespace/default";
        let principal = Principal::of(arn).unwrap();
        assert_eq!(principal.kind, PrincipalKind::Namespace);
        assert_eq!(principal.title(), "namespace `default`");
    }
}
