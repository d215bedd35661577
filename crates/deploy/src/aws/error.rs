//! An error of a call: what failed, the likely cause, and the next command.

use std::error::Error;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use kiro_s3::{SdkConfigError, credentials_error};

use super::denial::action_in;
use super::error_kind::AwsErrorKind;
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
    pub scope: Box<CallScope>,
    pub kind: AwsErrorKind,
    /// The service's error code; empty if there was no response.
    pub code: String,
    pub message: String,
}

/// Account and Region of a call. Empty if they are not known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CallScope {
    pub account: String,
    pub region: String,
}

impl AwsError {
    /// No Region is configured.
    pub(crate) fn no_region() -> Self {
        Self {
            service: "sts",
            operation: "GetCallerIdentity",
            resource: "your credentials".into(),
            scope: Box::default(),
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
            scope: Box::default(),
            kind: AwsErrorKind::Configuration,
            code: String::new(),
            message: match error.source() {
                Some(cause) => format!("{error}: {cause}"),
                None => error.to_string(),
            },
        }
    }

    /// A configured bucket does not exist.
    pub(crate) fn no_bucket(bucket: &str, scope: CallScope) -> Self {
        Self {
            service: "s3",
            operation: "HeadBucket",
            resource: format!("bucket `{bucket}`").into(),
            scope: Box::new(scope),
            kind: AwsErrorKind::NotFound,
            code: "NoSuchBucket".to_owned(),
            message: "no bucket has this name".to_owned(),
        }
    }

    /// The content of an object ended early.
    pub(crate) fn cut_off(resource: String, scope: CallScope) -> Self {
        Self {
            service: "s3",
            operation: "GetObject",
            resource: resource.into(),
            scope: Box::new(scope),
            kind: AwsErrorKind::Unreachable,
            code: String::new(),
            message: "the response ended early".to_owned(),
        }
    }

    /// Classifies an error of the SDK. `action` is service and operation as policies name them: `glue:GetTable`.
    pub(crate) fn from_sdk<E>(
        action: &'static str,
        resource: String,
        scope: CallScope,
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
            scope: Box::new(scope),
            kind,
            code: code.to_owned(),
            message,
        };
        if let Some((kind, message)) = credentials_failure(error) {
            return of(kind, "", message);
        }
        match error {
            SdkError::ServiceError(refusal) => {
                let status = refusal.raw().status().as_u16();
                let code = refusal.err().code().unwrap_or_default();
                let message = refusal.err().message().unwrap_or_default();
                of(
                    AwsErrorKind::of(status, code, message),
                    code,
                    message.trim().to_owned(),
                )
            }
            SdkError::TimeoutError(_) => of(
                AwsErrorKind::Unreachable,
                "",
                "no response in time".to_owned(),
            ),
            SdkError::DispatchFailure(_) => {
                of(AwsErrorKind::Unreachable, "", innermost_cause(error))
            }
            SdkError::ResponseError(answer) if answer.raw().status().is_server_error() => {
                let code = answer.raw().status().as_u16().to_string();
                of(AwsErrorKind::Unavailable, &code, innermost_cause(error))
            }
            _ => of(AwsErrorKind::Other, "", innermost_cause(error)),
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
}

/// Errors before the request: no credentials, or expired ones.
fn credentials_failure(error: &(dyn Error + 'static)) -> Option<(AwsErrorKind, String)> {
    let message = innermost_cause(credentials_error(error)?);
    let is_expired = message.to_lowercase().contains("expired");
    let kind = if is_expired {
        AwsErrorKind::Expired
    } else {
        AwsErrorKind::Credentials
    };
    Some((kind, message))
}

/// The text of the innermost cause.
fn innermost_cause(error: &(dyn Error + 'static)) -> String {
    let mut last = error;
    while let Some(cause) = last.source() {
        last = cause;
    }
    last.to_string()
}
