//! Turns results of the SDK into results with an [`AwsError`] that names the call and the resource.

use std::error::Error;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use super::account::Aws;
use super::error::AwsError;

/// Adds the call and the resource to an error of the SDK.
pub trait Context<T> {
    /// `action` is service and operation as policies name them: `glue:GetTable`. `resource` is what the call is about, for
    /// messages: "table `report_facts`".
    ///
    /// # Errors
    ///
    /// If the call failed.
    fn context(
        self,
        aws: &Aws,
        action: &'static str,
        resource: impl Into<String>,
    ) -> Result<T, AwsError>;
}

impl<T, E> Context<T> for Result<T, SdkError<E, HttpResponse>>
where
    E: Error + ProvideErrorMetadata + Send + Sync + 'static,
{
    fn context(
        self,
        aws: &Aws,
        action: &'static str,
        resource: impl Into<String>,
    ) -> Result<T, AwsError> {
        self.map_err(|error| AwsError::from_sdk(action, resource.into(), aws.scope(), &error))
    }
}

/// Turns "there is no such resource" into `None`.
pub trait Optional<T> {
    /// # Errors
    ///
    /// If the call failed for another reason.
    fn optional(self) -> Result<Option<T>, AwsError>;
}

impl<T> Optional<T> for Result<T, AwsError> {
    fn optional(self) -> Result<Option<T>, AwsError> {
        match self {
            Ok(found) => Ok(Some(found)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }
}
