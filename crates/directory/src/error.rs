//! Why the directory could not be read.

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;

use crate::call_error::{Call, CallError, OperationError, chain};
use crate::options::OptionsError;

/// Why the directory could not be read. Names no person: neither users nor callers.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DirectoryError {
    #[error(transparent)]
    Options(#[from] OptionsError),
    #[error("no Region is configured")]
    MissingRegion,
    #[error("there is no instance of IAM Identity Center in `{region}`")]
    NoInstance { region: String },
    #[error("there are several Identity Stores in `{region}`: `{}`", .identity_stores.join("`, `"))]
    SeveralInstances {
        region: String,
        identity_stores: Vec<String>,
    },
    #[error(transparent)]
    Call(Box<CallError>),
}

impl DirectoryError {
    /// Classifies an error of a service other than the Identity Store.
    pub(crate) fn of_call<E: OperationError>(
        call: Call,
        error: &SdkError<E, HttpResponse>,
    ) -> Self {
        Self::of_role(error).unwrap_or_else(|| call.error(error).into())
    }

    /// Classifies an error of the Identity Store.
    pub(crate) fn of_store_call<E>(call: Call, error: SdkError<E, HttpResponse>) -> Self
    where
        E: OperationError + Into<aws_sdk_identitystore::Error>,
    {
        Self::of_role(&error).unwrap_or_else(|| call.store_error(error).into())
    }

    /// The error of the role, if it could not be assumed.
    fn of_role<E: OperationError>(error: &SdkError<E, HttpResponse>) -> Option<Self> {
        chain(error).find_map(|cause| cause.downcast_ref().cloned())
    }

    /// Returns true if the same reading can succeed later.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Call(error) => error.kind.is_transient(),
            Self::Options(_)
            | Self::MissingRegion
            | Self::NoInstance { .. }
            | Self::SeveralInstances { .. } => false,
        }
    }

    /// The next step: a policy statement to add, a setting to correct or a command to run.
    pub fn hint(&self) -> String {
        match self {
            Self::Options(_) => {
                "correct the setting: `kiro-analytics config show` shows where each value comes from".to_owned()
            }
            Self::MissingRegion => {
                "set `identity_region`, or a Region with --region or AWS_REGION".to_owned()
            }
            Self::NoInstance { .. } => {
                "set `identity_region` to the Region of IAM Identity Center; in another account, set `identity_store` and `identity_role`, too".to_owned()
            }
            Self::SeveralInstances { .. } => {
                "set `identity_store` to the one whose users have Kiro".to_owned()
            }
            Self::Call(error) => error.hint(),
        }
    }
}

impl From<CallError> for DirectoryError {
    fn from(error: CallError) -> Self {
        Self::Call(Box::new(error))
    }
}
