//! The texts of an error: the sentence, the likely cause, and the hint.

use kiro_directory::DecidingPolicy;

use super::denial::remedy;
use super::error::{AwsError, CallScope};
use super::error_kind::AwsErrorKind;

impl AwsError {
    /// The likely cause, if the service's message does not name it.
    pub fn likely_cause(&self) -> Option<&'static str> {
        if self.deciding_policy().is_some() {
            return None;
        }
        if self.is_about_certificates() {
            return Some(
                "a proxy intercepts TLS connections with its own certificate, which this machine does not trust",
            );
        }
        match (self.kind, self.service) {
            (AwsErrorKind::Denied, "glue" | "athena" | "lakeformation") => Some(
                "your policies do not allow it, or Lake Formation is in force and has not granted it to you",
            ),
            (AwsErrorKind::Denied, "quicksight") => Some(
                "your policies do not allow it, or you are not an administrator of Amazon Quick Sight (QuickSight)",
            ),
            (AwsErrorKind::Denied, "s3") => {
                Some("your policies, the bucket's policy or its key's policy do not allow it")
            }
            (AwsErrorKind::Denied, _) => Some(
                "your policies, a permissions boundary or an organisation's policy does not allow it",
            ),
            (AwsErrorKind::Throttled, _) => {
                Some("another program sends many requests at the same time")
            }
            (AwsErrorKind::Conflict, _) => Some(
                "another deployment is running, or the resource was created outside this deployment",
            ),
            (AwsErrorKind::Unreachable, _) => Some(
                "no network, a proxy, a service that is not available in this Region, or a wrong AWS_ENDPOINT_URL",
            ),
            (AwsErrorKind::Limit, _) => Some("a quota of the account is used up"),
            (
                AwsErrorKind::NotFound
                | AwsErrorKind::ForeignOwner
                | AwsErrorKind::Unavailable
                | AwsErrorKind::Expired
                | AwsErrorKind::Credentials
                | AwsErrorKind::Configuration
                | AwsErrorKind::Invalid
                | AwsErrorKind::Other,
                _,
            ) => None,
        }
    }

    /// The next command to run, or the setting to change.
    pub fn hint(&self) -> String {
        match self.kind {
            AwsErrorKind::Denied => match self.deciding_policy() {
                Some(policy) => remedy(policy, &self.action()),
                None => format!(
                    "allow `{}` (`kiro-analytics permissions` prints the whole policy), then run the command again: it continues where it stopped",
                    self.action()
                ),
            },
            AwsErrorKind::ForeignOwner => {
                "name a bucket of your own account, or choose another --prefix: bucket names begin with it".to_owned()
            }
            AwsErrorKind::Throttled => {
                "wait a minute and run the command again: it continues where it stopped".to_owned()
            }
            AwsErrorKind::Unavailable => {
                "wait a few minutes and run the command again: it continues where it stopped; https://health.aws.amazon.com/ shows whether the service has a problem".to_owned()
            }
            AwsErrorKind::NotFound if self.operation == "HeadBucket" => {
                "correct the bucket's name; `kiro-analytics init` lists your buckets".to_owned()
            }
            AwsErrorKind::NotFound => {
                "`kiro-analytics status` shows what exists; `kiro-analytics deploy` creates what is missing".to_owned()
            }
            AwsErrorKind::Conflict => {
                "wait until the other change ends, then run the command again".to_owned()
            }
            AwsErrorKind::Expired => {
                "sign in again (for example `aws login` or `aws sso login`), then run the command again: it continues where it stopped".to_owned()
            }
            AwsErrorKind::Credentials if self.message.contains("AssumeRole") => {
                "check that the source profile may assume the role; a role with `mfa_serial` needs a code, which the AWS CLI prompts for: export what `aws configure export-credentials --profile NAME --format env` prints, then run the command without --profile".to_owned()
            }
            AwsErrorKind::Credentials => {
                "sign in (for example `aws login` or `aws sso login`) or name a profile with --profile; `aws sts get-caller-identity` must answer".to_owned()
            }
            AwsErrorKind::Configuration => {
                "correct --profile, AWS_PROFILE, AWS_CA_BUNDLE or ~/.aws/config; `aws configure list-profiles` lists the profiles".to_owned()
            }
            AwsErrorKind::Unreachable if self.is_about_certificates() => {
                "set AWS_CA_BUNDLE to a PEM file with the certificates of that proxy (or `ca_bundle` in ~/.aws/config), then run the command again".to_owned()
            }
            AwsErrorKind::Unreachable if self.scope.region.is_empty() => {
                "check the network, then run the command again".to_owned()
            }
            AwsErrorKind::Unreachable => format!(
                "check the network and the Region `{}`, then run the command again: it continues where it stopped",
                self.scope.region
            ),
            AwsErrorKind::Limit if self.is_about_spice() => spice_hint(&self.scope),
            AwsErrorKind::Limit => {
                "raise the quota in the console (Service Quotas), then run the command again".to_owned()
            }
            AwsErrorKind::Invalid if self.code == "MissingRegion" => {
                "set one with --region, AWS_REGION or `region` in kiro-analytics.toml".to_owned()
            }
            AwsErrorKind::Invalid | AwsErrorKind::Other => {
                "`kiro-analytics preflight` checks what a deployment needs".to_owned()
            }
        }
    }

    /// What failed, on which resource, and why.
    pub(super) fn sentence(&self) -> String {
        let what = match self.kind {
            AwsErrorKind::Denied => "is not allowed",
            AwsErrorKind::ForeignOwner => "was refused",
            AwsErrorKind::Throttled => "was throttled too often",
            AwsErrorKind::NotFound => "found nothing",
            AwsErrorKind::Conflict => "conflicted with another change",
            AwsErrorKind::Expired => "was refused because the session has expired",
            AwsErrorKind::Credentials => "had no valid credentials",
            AwsErrorKind::Configuration => "could not be sent",
            AwsErrorKind::Unreachable => "got no response",
            AwsErrorKind::Unavailable => "failed because the service has a problem",
            AwsErrorKind::Limit => "exceeded a quota",
            AwsErrorKind::Invalid => "was not accepted",
            AwsErrorKind::Other => "failed",
        };
        let mut text = format!("`{}:{}`", self.service, self.operation);
        if !self.resource.is_empty() {
            text.push_str(" for ");
            text.push_str(&self.resource);
        }
        text.push(' ');
        text.push_str(what);
        if !self.message.is_empty() {
            text.push_str(": ");
            text.push_str(self.message.trim_end_matches('.'));
        }
        if !self.code.is_empty() && !self.message.contains(&self.code) {
            text.push_str(" (");
            text.push_str(&self.code);
            text.push(')');
        }
        if let Some(cause) = self.likely_cause() {
            text.push_str("; likely ");
            text.push_str(cause);
        }
        text
    }

    /// The policy that decided, if AWS names it.
    fn deciding_policy(&self) -> Option<DecidingPolicy> {
        (self.kind == AwsErrorKind::Denied)
            .then(|| DecidingPolicy::in_message(&self.message))
            .flatten()
    }

    /// Returns true if a certificate was not trusted.
    fn is_about_certificates(&self) -> bool {
        self.kind == AwsErrorKind::Unreachable
            && [
                "UnknownIssuer",
                "invalid peer certificate",
                "certificate verify",
            ]
            .iter()
            .any(|text| self.message.contains(text))
    }

    /// Returns true if the quota is the SPICE capacity.
    fn is_about_spice(&self) -> bool {
        self.kind == AwsErrorKind::Limit
            && self.service == "quicksight"
            && (self.message.contains("SPICE")
                || self.operation == "CreateIngestion"
                || self.operation.ends_with("DataSet"))
    }
}

/// The hint if SPICE has no free capacity. SPICE is not part of Service Quotas: Quick Sight sells it per Region.
pub(crate) fn spice_hint(scope: &CallScope) -> String {
    let known = |text: &str, placeholder: &str| match text {
        "" => placeholder.to_owned(),
        text => text.to_owned(),
    };
    let account = known(&scope.account, "ACCOUNT");
    let region = known(&scope.region, "REGION");
    format!(
        "buy SPICE capacity for the Region `{region}`: Manage Quick Sight, SPICE capacity, or `aws quicksight update-spice-capacity-configuration --aws-account-id {account} --purchase-mode AUTO_PURCHASE --region {region}`; then run the command again"
    )
}

#[cfg(test)]
mod tests {
    use super::spice_hint;
    use crate::aws::{AwsError, AwsErrorKind, CallScope};

    fn scope() -> CallScope {
        CallScope {
            account: "123456789012".to_owned(),
            region: "eu-central-1".to_owned(),
        }
    }

    fn error(service: &'static str, kind: AwsErrorKind, message: &str) -> AwsError {
        AwsError {
            service,
            operation: "CreateDataSet",
            resource: "dataset `x`".into(),
            scope: Box::new(scope()),
            kind,
            code: String::new(),
            message: message.to_owned(),
        }
    }

    #[test]
    fn a_denial_names_the_action_and_who_can_change_it() {
        let message =
            "User: a is not authorized to perform: quicksight:PassDataSource on resource: b";
        let plain = error("quicksight", AwsErrorKind::Denied, message);
        assert!(
            plain.hint().contains("`quicksight:PassDataSource`"),
            "{}",
            plain.hint()
        );
        let message = format!("{message} with an explicit deny in a service control policy");
        let forbidden = error("quicksight", AwsErrorKind::Denied, &message);
        assert!(
            forbidden.hint().contains("policy of your organization"),
            "{}",
            forbidden.hint()
        );
        assert!(!forbidden.to_string().contains("likely"), "{forbidden}");
    }

    #[test]
    fn a_failing_service_is_not_a_network_problem() {
        let kind = AwsErrorKind::of(503, "ServiceUnavailable", "");
        assert_eq!(kind, AwsErrorKind::Unavailable);
        let failed = error("glue", kind, "try later");
        assert!(!failed.to_string().contains("network"), "{failed}");
        assert!(
            failed.hint().contains("health.aws.amazon.com"),
            "{}",
            failed.hint()
        );
    }

    #[test]
    fn a_certificate_that_is_not_trusted_leads_to_the_ca_bundle() {
        let message = "invalid peer certificate: UnknownIssuer";
        let untrusted = error("sts", AwsErrorKind::Unreachable, message);
        assert!(
            untrusted.hint().contains("AWS_CA_BUNDLE"),
            "{}",
            untrusted.hint()
        );
        assert!(
            untrusted.to_string().contains("a proxy intercepts TLS"),
            "{untrusted}"
        );
    }

    #[test]
    fn a_role_with_a_code_and_full_capacity_have_advice_of_their_own() {
        let message = "User: a is not authorized to perform: sts:AssumeRole on resource: b";
        let role = error("sts", AwsErrorKind::Credentials, message);
        assert!(role.hint().contains("mfa_serial"), "{}", role.hint());
        let full = error(
            "quicksight",
            AwsErrorKind::Limit,
            "Insufficient SPICE capacity",
        );
        assert!(
            full.hint().contains("--purchase-mode AUTO_PURCHASE"),
            "{}",
            full.hint()
        );
        let quota = error(
            "lambda",
            AwsErrorKind::Limit,
            "Code storage limit exceeded.",
        );
        assert!(quota.hint().contains("Service Quotas"), "{}", quota.hint());
    }

    #[test]
    fn a_missing_bucket_is_never_announced_as_created() {
        let missing = AwsError::no_bucket("typo", scope());
        assert!(!missing.hint().contains("deploy"), "{}", missing.hint());
    }

    #[test]
    fn the_command_that_buys_capacity_names_account_and_region() {
        let full = error(
            "quicksight",
            AwsErrorKind::Limit,
            "Insufficient SPICE capacity",
        );
        let command = "`aws quicksight update-spice-capacity-configuration --aws-account-id 123456789012 --purchase-mode AUTO_PURCHASE --region eu-central-1`";
        assert!(full.hint().contains(command), "{}", full.hint());
        assert_eq!(full.hint(), spice_hint(&scope()));
        let unknown = spice_hint(&CallScope::default());
        assert!(
            unknown.contains("--aws-account-id ACCOUNT") && unknown.contains("--region REGION"),
            "{unknown}"
        );
    }
}
