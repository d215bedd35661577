//! The caller, its account, partition and Region.

use std::sync::Arc;
use std::time::Duration;

use aws_config::{Region, SdkConfig};
use kiro_s3::{SdkOptions, load_sdk_config, profile_with_mfa};

use super::bucket::Buckets;
use super::clients::Clients;
use super::error::{AwsError, CallScope};
use super::polling::{AwsTuning, Polling};

/// The identity that the credentials belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    pub account: String,
    /// `arn:aws:sts::123456789012:assumed-role/Admin/alice`
    pub arn: String,
}

/// An account in a Region, with its clients. Clones share everything.
#[derive(Debug, Clone)]
pub struct Aws(Arc<Inner>);

#[derive(Debug, Clone)]
struct Inner {
    config: SdkConfig,
    clients: Clients,
    region: String,
    caller: Caller,
    tuning: AwsTuning,
}

impl Aws {
    /// Signs in with one request. Does not guess a Region.
    ///
    /// # Errors
    ///
    /// If no Region is configured, if the configuration cannot be loaded, or if the credentials are missing or invalid.
    pub async fn sign_in(options: &SdkOptions, tuning: AwsTuning) -> Result<Self, AwsError> {
        let config = load_sdk_config(options).await;
        let config = config.map_err(|error| AwsError::no_configuration(&error))?;
        let mut signed_in = Self::with_config(config, tuning).await;
        if let Err(error) = &mut signed_in
            && error.code != "MissingRegion"
            && let Some(profile) = profile_with_mfa(options).await
        {
            let advice = format!(
                "profile `{profile}` requires an MFA code, and only the AWS CLI prompts for it: run `eval \"$(aws configure export-credentials --profile {profile} --format env)\"`, then this command without a profile"
            );
            error.message = match error.message.as_str() {
                "" => advice,
                message => format!("{message}; {advice}"),
            };
        }
        signed_in
    }

    /// Signs in with a loaded configuration.
    pub async fn with_config(config: SdkConfig, tuning: AwsTuning) -> Result<Self, AwsError> {
        let region = config.region().map(ToString::to_string);
        let region = region.ok_or_else(AwsError::no_region)?;
        let clients = Clients::new(&config);
        let identity = clients.sts.get_caller_identity().send().await;
        let identity = identity.map_err(|error| {
            let resource = "your credentials".to_owned();
            let scope = CallScope {
                region: region.clone(),
                ..CallScope::default()
            };
            AwsError::from_sdk("sts:GetCallerIdentity", resource, scope, &error)
        })?;
        let caller = Caller {
            account: identity.account.unwrap_or_default(),
            arn: identity.arn.unwrap_or_default(),
        };
        Ok(Self(Arc::new(Inner {
            config,
            clients,
            region,
            caller,
            tuning,
        })))
    }

    /// An account without credentials, for names and ARNs only: every call fails.
    pub fn unsigned(account: &str, partition: &str, region: &str) -> Self {
        let config = SdkConfig::builder()
            .behavior_version(aws_config::BehaviorVersion::latest())
            .region(Region::new(region.to_owned()))
            .retry_config(aws_config::retry::RetryConfig::disabled())
            .timeout_config(aws_config::timeout::TimeoutConfig::disabled())
            .build();
        Self(Arc::new(Inner {
            clients: Clients::new(&config),
            config,
            region: region.to_owned(),
            caller: Caller {
                account: account.to_owned(),
                arn: format!("arn:{partition}:iam::{account}:root"),
            },
            tuning: AwsTuning::default(),
        }))
    }

    /// The same account in another Region.
    #[must_use]
    pub fn in_region(&self, region: &str) -> Self {
        if region == self.region() {
            return self.clone();
        }
        let config = self.0.config.clone().into_builder();
        let config = config.region(Region::new(region.to_owned())).build();
        Self(Arc::new(Inner {
            clients: Clients::new(&config),
            config,
            region: region.to_owned(),
            ..self.0.as_ref().clone()
        }))
    }

    /// The SDK's clients.
    pub fn clients(&self) -> &Clients {
        &self.0.clients
    }

    pub fn region(&self) -> &str {
        &self.0.region
    }

    /// `aws`, `aws-cn`, `aws-us-gov`, …: the caller's.
    pub fn partition(&self) -> &str {
        self.0.caller.arn.split(':').nth(1).unwrap_or("aws")
    }

    /// Twelve digits.
    pub fn account(&self) -> &str {
        &self.0.caller.account
    }

    /// Account and Region, for errors and hints.
    pub(crate) fn scope(&self) -> CallScope {
        CallScope {
            account: self.account().to_owned(),
            region: self.region().to_owned(),
        }
    }

    pub fn caller(&self) -> &Caller {
        &self.0.caller
    }

    /// `arn:<partition>:<service>:<region>:<account>:<rest>`
    pub fn arn(&self, service: &str, rest: &str) -> String {
        let (partition, region, account) = (self.partition(), self.region(), self.account());
        format!("arn:{partition}:{service}:{region}:{account}:{rest}")
    }

    /// Buckets and their objects.
    pub fn buckets(&self) -> Buckets<'_> {
        Buckets::new(self)
    }

    /// Polling with a time limit.
    pub fn polling(&self, within: Duration) -> Polling {
        Polling::new(&self.0.tuning, within)
    }

    /// The configuration of the clients.
    pub fn config(&self) -> &SdkConfig {
        &self.0.config
    }
}
