//! An error of a call: what failed, on which resource, why, and the next step.
//!
//! AWS's message is not part of it: it names the caller, and can repeat what was sent.

use std::error::Error;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_types::request_id::RequestId;
use kiro_s3::credentials_error;

use crate::call_error_kind::{CallErrorKind, Refusal};
use crate::call_target::CallTarget;
use crate::denial::Denial;

/// A call that failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.sentence())]
pub struct CallError {
    /// Service and operation as policies name them: `identitystore:ListUsers`.
    pub action: &'static str,
    pub target: CallTarget,
    pub region: String,
    pub kind: CallErrorKind,
    /// The service's error code; empty if there was no response.
    pub code: String,
    /// The id that AWS Support asks for; empty if there was no response.
    pub request_id: String,
}

/// A call, for its errors.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) action: &'static str,
    pub(crate) target: CallTarget,
    pub(crate) region: String,
}

/// An error of an operation of any service.
pub(crate) trait OperationError:
    Error + ProvideErrorMetadata + Send + Sync + 'static
{
}

impl<E: Error + ProvideErrorMetadata + Send + Sync + 'static> OperationError for E {}

impl Call {
    /// An error that the SDK does not report.
    pub(crate) fn failed(self, kind: CallErrorKind) -> CallError {
        CallError {
            action: self.action,
            target: self.target,
            region: self.region,
            kind,
            code: String::new(),
            request_id: String::new(),
        }
    }

    /// Classifies an error of the SDK.
    pub(crate) fn error<E: OperationError>(self, error: &SdkError<E, HttpResponse>) -> CallError {
        let kind = self.kind(error);
        let code = match error {
            SdkError::ServiceError(refusal) => refusal.err().code().unwrap_or_default(),
            _ => "",
        };
        CallError {
            code: code.to_owned(),
            request_id: error.request_id().unwrap_or_default().to_owned(),
            ..self.failed(kind)
        }
    }

    /// Classifies an error of the Identity Store.
    pub(crate) fn store_error<E>(self, error: SdkError<E, HttpResponse>) -> CallError
    where
        E: OperationError + Into<aws_sdk_identitystore::Error>,
    {
        let mut failed = self.error(&error);
        if let SdkError::ServiceError(refusal) = error
            && let Some(kind) = CallErrorKind::of_store(&refusal.into_err().into())
        {
            failed.kind = kind;
        }
        failed
    }

    fn kind<E: OperationError>(&self, error: &SdkError<E, HttpResponse>) -> CallErrorKind {
        if let Some(failed) = credentials_error(error) {
            return credentials_failure(failed);
        }
        match error {
            SdkError::ServiceError(refusal) => {
                let status = refusal.raw().status().as_u16();
                let code = refusal.err().code().unwrap_or_default();
                let message = refusal.err().message().unwrap_or_default();
                CallErrorKind::of(&Refusal { status, code }, || {
                    Denial::new(self.action, &self.target, &self.region, message)
                })
            }
            SdkError::TimeoutError(_) => CallErrorKind::Unreachable {
                cause: Some("no response in time".to_owned()),
            },
            SdkError::DispatchFailure(_) => CallErrorKind::Unreachable {
                cause: innermost_cause(error),
            },
            SdkError::ResponseError(response) if response.raw().status().is_server_error() => {
                CallErrorKind::Unavailable
            }
            _ => CallErrorKind::Other,
        }
    }
}

impl CallError {
    /// The next step: a policy statement to add, a setting to correct or a command to run.
    pub fn hint(&self) -> String {
        let region = &self.region;
        match &self.kind {
            CallErrorKind::Denied(denial) => match &self.target {
                CallTarget::Role { has_external_id, .. } => {
                    role_hint(*has_external_id, &denial.statement.to_string())
                }
                CallTarget::IdentityStore(_) | CallTarget::Instances => denial.hint(),
            },
            CallErrorKind::KeyDenied => format!(
                "IAM Identity Center is encrypted with a customer managed KMS key: allow `kms:Decrypt` on this key to the caller, in the caller's policies and in the key's policy, with the condition `kms:ViaService` = `identitystore.{region}.amazonaws.com`"
            ),
            CallErrorKind::KeyUnusable => {
                "enable the customer managed KMS key of IAM Identity Center and correct its policy: the settings page of IAM Identity Center names the key".to_owned()
            }
            CallErrorKind::Throttled => {
                "other programs send many requests to IAM Identity Center: wait a minute and run the command again".to_owned()
            }
            CallErrorKind::StoreNotFound
            | CallErrorKind::UserNotFound
            | CallErrorKind::GroupNotFound => format!(
                "correct `identity_store` or `identity_region` (the request went to `{region}`), or set `identity_role` to a role in its account: the settings page of IAM Identity Center shows the Identity Store and the Region"
            ),
            CallErrorKind::ListingUnsupported => {
                "turn on configurable AD sync in IAM Identity Center, or import the names as a roster file with `kiro-analytics people import`".to_owned()
            }
            CallErrorKind::Expired => {
                "sign in again (for example `aws login` or `aws sso login`), then run the command again".to_owned()
            }
            CallErrorKind::Credentials { .. } => format!(
                "sign in (for example `aws login` or `aws sso login`): `aws sts get-caller-identity --region {region}` must answer; the Region must be enabled in the account"
            ),
            CallErrorKind::Unreachable { .. } => format!(
                "check the network, and whether `{region}` is the Region of IAM Identity Center (`identity_region`), then run the command again"
            ),
            CallErrorKind::Unavailable => {
                "wait a few minutes and run the command again: https://health.aws.amazon.com/ shows whether the service has a problem".to_owned()
            }
            CallErrorKind::RepeatedPage | CallErrorKind::Invalid | CallErrorKind::Other => {
                "run the command again; if it fails again, name the request to AWS Support".to_owned()
            }
        }
    }

    fn sentence(&self) -> String {
        let (what, cause) = match &self.kind {
            CallErrorKind::Denied(_) => ("is not allowed", None),
            CallErrorKind::KeyDenied => {
                ("is not allowed to use the KMS key of the directory", None)
            }
            CallErrorKind::KeyUnusable => ("cannot use the KMS key of the directory", None),
            CallErrorKind::Throttled => ("was throttled too often", None),
            CallErrorKind::StoreNotFound => ("found no such Identity Store", None),
            CallErrorKind::UserNotFound => ("found no such user", None),
            CallErrorKind::GroupNotFound => ("found no such group", None),
            CallErrorKind::ListingUnsupported => (
                "cannot list an Active Directory without configurable AD sync",
                None,
            ),
            CallErrorKind::Expired => ("was refused because the session has expired", None),
            CallErrorKind::Credentials { cause } => ("had no valid credentials", cause.as_deref()),
            CallErrorKind::Unreachable { cause } => ("got no response", cause.as_deref()),
            CallErrorKind::Unavailable => ("failed because the service has a problem", None),
            CallErrorKind::Invalid => ("was not accepted", None),
            CallErrorKind::RepeatedPage => ("returned the same page twice", None),
            CallErrorKind::Other => ("failed", None),
        };
        let (action, target, region) = (self.action, &self.target, &self.region);
        let mut text = format!("`{action}` for {target} in `{region}` {what}");
        if let Some(cause) = cause {
            text = format!("{text}: {cause}");
        }
        match (self.code.as_str(), self.request_id.as_str()) {
            ("", _) => text,
            (code, "") => format!("{text} ({code})"),
            (code, request_id) => format!("{text} ({code}, request {request_id})"),
        }
    }
}

/// The steps if a role cannot be assumed. AWS does not say which of the two policies decided.
fn role_hint(has_external_id: bool, statement: &str) -> String {
    let external_id = if has_external_id {
        "its condition `sts:ExternalId` must be the value of `identity_external_id`"
    } else {
        "if it has the condition `sts:ExternalId`, set `identity_external_id` to the same value"
    };
    format!(
        "add this statement to a policy of the caller: {statement}; the role's trust policy must name the caller or its account, and {external_id}"
    )
}

/// Errors before the request: no credentials, expired ones, or a role that cannot be assumed.
fn credentials_failure(error: &(dyn Error + 'static)) -> CallErrorKind {
    let cause = innermost_cause(error);
    let is_expired = chain(error).any(|cause| cause.to_string().to_lowercase().contains("expired"));
    if is_expired {
        return CallErrorKind::Expired;
    }
    CallErrorKind::Credentials { cause }
}

/// The text of the innermost cause; none if it can name a caller.
fn innermost_cause(error: &(dyn Error + 'static)) -> Option<String> {
    let text = chain(error).last()?.to_string();
    let can_name_caller = text.contains('@') || text.contains("arn:") || text.contains("User");
    (!can_name_caller).then_some(text)
}

/// An error and its causes, from the outermost to the innermost.
pub(crate) fn chain<'e>(
    error: &'e (dyn Error + 'static),
) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}
