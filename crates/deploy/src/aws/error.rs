//! An error of a call: what failed, the likely cause, and the next command.

use std::error::Error;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use kiro_s3::{
    SdkConfigError, credentials_error, says_expired, says_throttled, says_wrong_credentials,
};

use super::denial::{DecidingPolicy, action_in};
use crate::permissions::action_of_call;

/// A call that failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.sentence())]
pub struct AwsError {
    /// The prefix of its actions in policies.
    pub service: &'static str,
    pub operation: &'static str,
    /// The resource of the call, with an article or a name in backticks.
    pub resource: Box<str>,
    pub region: Box<str>,
    pub kind: AwsErrorKind,
    /// The service's error code; empty if there was no response.
    pub code: String,
    pub message: String,
}

/// The kind of failure, the same for all services.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AwsErrorKind {
    /// The caller has no permission.
    Denied,
    /// A bucket of the deployment belongs to another account.
    ForeignOwner,
    /// Too many requests, after all retries.
    Throttled,
    NotFound,
    /// It already exists, or another operation is changing it.
    Conflict,
    /// The session has expired.
    Expired,
    /// There are no credentials, or wrong ones.
    Credentials,
    /// A configuration file, a profile or the CA bundle cannot be read: no request was made.
    Configuration,
    /// No response from the service.
    Unreachable,
    /// The service reported that it is not available.
    Unavailable,
    /// A quota of the account is used up.
    Limit,
    /// The service rejected the request.
    Invalid,
    Other,
}

impl AwsError {
    /// No Region is configured.
    pub(crate) fn no_region() -> Self {
        Self {
            service: "sts",
            operation: "GetCallerIdentity",
            resource: "your credentials".into(),
            region: Box::default(),
            kind: AwsErrorKind::Invalid,
            code: "MissingRegion".to_owned(),
            message: "no Region is configured".to_owned(),
        }
    }

    /// The SDK's configuration could not be loaded.
    pub(crate) fn no_configuration(error: &SdkConfigError) -> Self {
        Self {
            service: "sts",
            operation: "GetCallerIdentity",
            resource: "your credentials".into(),
            region: Box::default(),
            kind: AwsErrorKind::Configuration,
            code: String::new(),
            message: match error.source() {
                Some(cause) => format!("{error}: {cause}"),
                None => error.to_string(),
            },
        }
    }

    /// A configured bucket does not exist.
    pub(crate) fn no_bucket(bucket: &str, region: &str) -> Self {
        Self {
            service: "s3",
            operation: "HeadBucket",
            resource: format!("bucket `{bucket}`").into(),
            region: region.into(),
            kind: AwsErrorKind::NotFound,
            code: "NoSuchBucket".to_owned(),
            message: "no bucket has this name".to_owned(),
        }
    }

    /// Classifies an error of the SDK. `action` is service and operation as policies name them: `glue:GetTable`.
    pub(crate) fn from_sdk<E>(
        action: &'static str,
        resource: String,
        region: &str,
        error: &SdkError<E, HttpResponse>,
    ) -> Self
    where
        E: Error + ProvideErrorMetadata + Send + Sync + 'static,
    {
        let (service, operation) = action.split_once(':').unwrap_or((action, ""));
        let of = |kind, code: &str, message: String| Self {
            service,
            operation,
            resource: resource.into(),
            region: region.into(),
            kind,
            code: code.to_owned(),
            message,
        };
        if let Some((kind, message)) = about_credentials(error) {
            return of(kind, "", message);
        }
        match error {
            SdkError::ServiceError(refusal) => {
                let status = refusal.raw().status().as_u16();
                let code = refusal.err().code().unwrap_or_default();
                let message = refusal.err().message().unwrap_or_default();
                of(
                    kind_of(status, code, message),
                    code,
                    message.trim().to_owned(),
                )
            }
            SdkError::TimeoutError(_) => of(
                AwsErrorKind::Unreachable,
                "",
                "no response in time".to_owned(),
            ),
            SdkError::DispatchFailure(_) => of(AwsErrorKind::Unreachable, "", deepest(error)),
            SdkError::ResponseError(answer) if answer.raw().status().is_server_error() => {
                let code = answer.raw().status().as_u16().to_string();
                of(AwsErrorKind::Unavailable, &code, deepest(error))
            }
            _ => of(AwsErrorKind::Other, "", deepest(error)),
        }
    }

    pub fn is_not_found(&self) -> bool {
        self.kind == AwsErrorKind::NotFound
    }

    pub fn is_conflict(&self) -> bool {
        self.kind == AwsErrorKind::Conflict
    }

    pub fn is_denied(&self) -> bool {
        self.kind == AwsErrorKind::Denied
    }

    /// The action that a policy must allow: the one in AWS's message, else the one that the operation requires.
    pub fn action(&self) -> String {
        if let Some(action) = action_in(&self.message) {
            return action.to_owned();
        }
        action_of_call(&format!("{}:{}", self.service, self.operation)).to_owned()
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
                Some(policy) => policy.hint(&self.action()),
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
            AwsErrorKind::Unreachable if self.region.is_empty() => {
                "check the network, then run the command again".to_owned()
            }
            AwsErrorKind::Unreachable => format!(
                "check the network and the Region `{}`, then run the command again: it continues where it stopped",
                self.region
            ),
            AwsErrorKind::Limit if self.is_about_spice() => spice_hint(&self.region),
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

    fn sentence(&self) -> String {
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
}

/// What to do where SPICE has no room. Its capacity is no quota of Service Quotas: Quick Sight sells it, per Region.
pub(crate) fn spice_hint(region: &str) -> String {
    format!(
        "buy SPICE capacity for the Region `{region}`: Manage Quick Sight, SPICE capacity, or `aws quicksight update-spice-capacity-configuration --aws-account-id ACCOUNT --purchase-mode AUTO_PURCHASE --region {region}`; then run the command again"
    )
}

/// Errors before the request: no credentials, or expired ones.
fn about_credentials(error: &(dyn Error + 'static)) -> Option<(AwsErrorKind, String)> {
    let message = deepest(credentials_error(error)?);
    let is_over = message.to_lowercase().contains("expired");
    let kind = if is_over {
        AwsErrorKind::Expired
    } else {
        AwsErrorKind::Credentials
    };
    Some((kind, message))
}

/// The text of the innermost cause.
fn deepest(error: &(dyn Error + 'static)) -> String {
    let mut last = error;
    while let Some(cause) = last.source() {
        last = cause;
    }
    last.to_string()
}

fn kind_of(status: u16, code: &str, message: &str) -> AwsErrorKind {
    use AwsErrorKind as Kind;
    match code {
        code if says_expired(code) => return Kind::Expired,
        code if says_wrong_credentials(code) => return Kind::Credentials,
        code if says_throttled(code) => return Kind::Throttled,
        "LimitExceeded"
        | "LimitExceededException"
        | "ServiceQuotaExceededException"
        | "ResourceNumberLimitExceededException"
        | "TooManyBuckets"
        | "CodeStorageExceededException" => return Kind::Limit,
        "BucketAlreadyExists" => return Kind::ForeignOwner,
        "AccessDenied"
        | "AccessDeniedException"
        | "UnauthorizedOperation"
        | "NotAuthorized"
        | "Forbidden"
        | "InsufficientPrivilegesException" => return Kind::Denied,
        "EntityNotFoundException"
        | "ResourceNotFoundException"
        | "NoSuchEntity"
        | "NoSuchBucket"
        | "NoSuchKey"
        | "NotFound"
        | "NotFoundException"
        | "ChangeSetNotFound"
        | "ChangeSetNotFoundException" => return Kind::NotFound,
        "AlreadyExistsException"
        | "EntityAlreadyExists"
        | "ResourceExistsException"
        | "ConflictException"
        | "ConcurrentModification"
        | "ConcurrentModificationException"
        | "ResourceConflictException"
        | "ResourceInUseException"
        | "OperationAbortedException"
        | "BucketAlreadyOwnedByYou"
        | "BucketNotEmpty"
        | "DeleteConflict"
        | "InvalidChangeSetStatus"
        | "ConcurrentUpdatingException" => return Kind::Conflict,
        _ => {}
    }
    // CloudFormation and Athena have no error code of their own for resources that do not exist.
    let says_missing = message.contains("does not exist") || message.contains("is not found");
    if says_missing && matches!(code, "ValidationError" | "InvalidRequestException") {
        return Kind::NotFound;
    }
    match status {
        401 | 403 => Kind::Denied,
        404 => Kind::NotFound,
        409 => Kind::Conflict,
        429 => Kind::Throttled,
        400..=499 => Kind::Invalid,
        500..=599 => Kind::Unavailable,
        _ => Kind::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::{AwsError, AwsErrorKind, kind_of};

    fn error(service: &'static str, kind: AwsErrorKind, message: &str) -> AwsError {
        AwsError {
            service,
            operation: "CreateDataSet",
            resource: "data set `x`".into(),
            region: "eu-central-1".into(),
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
    fn a_service_that_fails_is_no_matter_of_the_network() {
        let kind = kind_of(503, "ServiceUnavailable", "");
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
    fn a_missing_bucket_is_never_promised_to_be_made() {
        let missing = AwsError::no_bucket("typo", "eu-central-1");
        assert!(!missing.hint().contains("deploy"), "{}", missing.hint());
    }
}
