//! Credentials of the role that reads the directory.
//!
//! The SDK's own provider logs STS's message, which names the caller. This one logs nothing and explains a refusal.

use std::time::SystemTime;

use aws_config::SdkConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, future};

use crate::call_error::Call;
use crate::call_error_kind::CallErrorKind;
use crate::call_target::CallTarget;
use crate::error::DirectoryError;
use crate::options::RoleOptions;

/// Name of the role's session, for the log of AWS API calls.
const SESSION_NAME: &str = "kiro-analytics";

/// Assumes the role, and again before its session expires.
#[derive(Debug)]
pub(crate) struct RoleProvider {
    client: aws_sdk_sts::Client,
    role: RoleOptions,
    region: String,
}

impl RoleProvider {
    /// `config` has the caller's own credentials and Region.
    pub(crate) fn new(config: &SdkConfig, role: RoleOptions, region: String) -> Self {
        Self {
            client: aws_sdk_sts::Client::new(config),
            role,
            region,
        }
    }

    async fn assume(&self) -> Result<Credentials, DirectoryError> {
        let request = self.client.assume_role();
        let request = request
            .role_arn(&self.role.arn)
            .role_session_name(SESSION_NAME)
            .set_external_id(self.role.external_id.clone());
        let response = request.send().await;
        let response = response.map_err(|error| DirectoryError::of_call(self.call(), &error))?;
        let assumed = response.credentials;
        let assumed = assumed.ok_or_else(|| self.call().failed(CallErrorKind::Other))?;
        Ok(Credentials::new(
            assumed.access_key_id,
            assumed.secret_access_key,
            Some(assumed.session_token),
            SystemTime::try_from(assumed.expiration).ok(),
            "RoleProvider",
        ))
    }

    fn call(&self) -> Call {
        Call {
            action: "sts:AssumeRole",
            target: CallTarget::Role {
                arn: self.role.arn.clone(),
                has_external_id: self.role.external_id.is_some(),
            },
            region: self.region.clone(),
        }
    }
}

impl ProvideCredentials for RoleProvider {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async move {
            let assumed = self.assume().await;
            assumed.map_err(CredentialsError::provider_error)
        })
    }
}
