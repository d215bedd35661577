//! Failed calls to services of AWS, by what to do about them.

use aws_sdk_athena::error::{DisplayErrorContext, ProvideErrorMetadata};
use kiro_s3::is_throttled;

/// A call failed. The text is that of the service: it names resources, never a row.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{call}: {kind}")]
pub struct CallError {
    /// `athena:StartQueryExecution`.
    pub call: &'static str,
    pub kind: CallErrorKind,
}

/// The kinds of failures.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallErrorKind {
    #[error("it does not exist: {0}")]
    NotFound(String),
    #[error("not allowed: {0}")]
    Denied(String),
    #[error("too many requests: {0}")]
    Throttled(String),
    /// Another answer, or none.
    #[error("{0}")]
    Failed(String),
}

impl CallError {
    /// Maps an error of the SDK by its code.
    pub(crate) fn new<E>(call: &'static str, error: &E) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error,
    {
        let code = error.code().unwrap_or_default();
        let text = match error.message().unwrap_or_default() {
            "" => code.to_owned(),
            message => format!("{message} ({code})"),
        };
        let kind = match code {
            "" => CallErrorKind::Failed(DisplayErrorContext(error).to_string()),
            "AccessDeniedException" | "AccessDenied" | "AuthorizationError" => {
                CallErrorKind::Denied(text)
            }
            "ResourceNotFoundException" | "NotFound" | "NotFoundException" => {
                CallErrorKind::NotFound(text)
            }
            code if is_throttled(code) || code == "Throttled" => CallErrorKind::Throttled(text),
            _ => CallErrorKind::Failed(text),
        };
        Self { call, kind }
    }

    /// The next command or action.
    pub fn hint(&self) -> &'static str {
        match self.kind {
            CallErrorKind::NotFound(_) => {
                "`kiro-analytics deploy` creates what is missing; the secret of `alerts_webhook_secret` is yours"
            }
            CallErrorKind::Denied(_) => {
                "`kiro-analytics deploy` corrects the role of this function; a policy of your organisation or the key of the secret may deny the call"
            }
            CallErrorKind::Throttled(_) | CallErrorKind::Failed(_) => {
                "Lambda repeats this run once, and the run of the next night sends what is missing"
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_athena::error::ErrorMetadata;
    use aws_sdk_athena::operation::start_query_execution::StartQueryExecutionError;

    use super::{CallError, CallErrorKind};

    fn kind(code: &str, message: &str) -> CallErrorKind {
        let metadata = ErrorMetadata::builder().code(code).message(message);
        let error = StartQueryExecutionError::generic(metadata.build());
        CallError::new("athena:StartQueryExecution", &error).kind
    }

    #[test]
    fn errors_of_the_services_are_distinguished_by_what_to_do() {
        let text = |code: &str| format!("no ({code})");
        for code in ["AccessDeniedException", "AuthorizationError"] {
            assert_eq!(kind(code, "no"), CallErrorKind::Denied(text(code)));
        }
        for code in ["ResourceNotFoundException", "NotFound"] {
            assert_eq!(kind(code, "no"), CallErrorKind::NotFound(text(code)));
        }
        for code in [
            "TooManyRequestsException",
            "ThrottlingException",
            "Throttled",
        ] {
            assert_eq!(kind(code, "no"), CallErrorKind::Throttled(text(code)));
        }
        assert_eq!(
            kind("InvalidRequestException", ""),
            CallErrorKind::Failed("InvalidRequestException".to_owned())
        );
    }
}
