//! The clients of a reading: Region, credentials and retries.

use std::time::Duration;

use aws_config::identity::IdentityCache;
use aws_config::{Region, SdkConfig};
use aws_credential_types::provider::SharedCredentialsProvider;

use crate::error::DirectoryError;
use crate::options::DirectoryOptions;
use crate::request_counter::RequestCounter;
use crate::role::RoleProvider;

/// Attempts of a call, at least. The waits between ten attempts add up to more than a minute, so a burst of another program
/// does not end a long reading.
const MIN_ATTEMPTS: u32 = 10;

/// Time to assume the role, retries included.
const ROLE_TIMEOUT: Duration = Duration::from_secs(30);

/// Clients in the Region of the directory.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) identity_store: aws_sdk_identitystore::Client,
    pub(crate) sso_admin: aws_sdk_ssoadmin::Client,
    pub(crate) region: String,
    pub(crate) requests: RequestCounter,
}

impl Session {
    /// Makes the clients. Sends no request: a role is assumed before the first one.
    pub(crate) fn new(
        config: &SdkConfig,
        options: &DirectoryOptions,
    ) -> Result<Self, DirectoryError> {
        let own_region = config.region().map(ToString::to_string);
        let region = options.region.clone().or_else(|| own_region.clone());
        let region = region.ok_or(DirectoryError::MissingRegion)?;
        let mut builder = config.to_builder().region(Region::new(region.clone()));
        // Configured attempts of 1 mean no retries.
        if let Some(retry) = config.retry_config().filter(|retry| retry.has_retry()) {
            let attempts = retry.max_attempts().max(MIN_ATTEMPTS);
            builder.set_retry_config(Some(retry.clone().with_max_attempts(attempts)));
        }
        if let Some(role) = &options.role {
            let sts_region = own_region.unwrap_or_else(|| region.clone());
            let sts_config = config.to_builder().region(Region::new(sts_region.clone()));
            let provider = RoleProvider::new(&sts_config.build(), role.clone(), sts_region);
            builder.set_credentials_provider(Some(SharedCredentialsProvider::new(provider)));
            // One session for all clients.
            let cache = IdentityCache::lazy().load_timeout(ROLE_TIMEOUT).build();
            builder.set_identity_cache(Some(cache));
        }
        let config = builder.build();
        let requests = RequestCounter::default();
        let store = aws_sdk_identitystore::config::Builder::from(&config);
        let store = store.interceptor(requests.clone()).build();
        Ok(Self {
            identity_store: aws_sdk_identitystore::Client::from_conf(store),
            sso_admin: aws_sdk_ssoadmin::Client::new(&config),
            region,
            requests,
        })
    }
}
