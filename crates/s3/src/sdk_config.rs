//! The SDK's configuration, read where other AWS tools read it.
//!
//! The SDK reads credentials, Region, endpoints, FIPS, dual stack and proxies. This module adds `AWS_CA_BUNDLE`, an error for
//! a profile that does not exist, and five attempts if no number is configured.

use std::borrow::Cow;
use std::path::PathBuf;
use std::time::Duration;

use aws_config::profile::{ProfileFileLoadError, ProfileSet};
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_runtime::env_config::file::EnvConfigFiles;
use aws_sdk_s3::config::SharedHttpClient;
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_types::app_name::AppName;
use aws_types::os_shim_internal::{Env, Fs};

use crate::client_factory::http_client;

/// Attempts of a call unless `AWS_MAX_ATTEMPTS` or `max_attempts` says otherwise. The SDK's own default is 3.
const DEFAULT_MAX_ATTEMPTS: u32 = 5;
/// Time to make a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Time until a response begins, sending the request included: eight mebibytes at two megabits per second.
const READ_TIMEOUT: Duration = Duration::from_mins(1);
/// The application name in requests, unless `AWS_SDK_UA_APP_ID` or `sdk_ua_app_id` names another one.
const APP_NAME: &str = "kiro-analytics";

/// Overrides of the environment and the profile files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SdkOptions {
    pub profile: Option<String>,
    pub region: Option<String>,
}

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
pub enum SdkConfigError {
    #[error("could not read the AWS configuration files")]
    ProfileFiles(#[source] Box<ProfileFileLoadError>),
    #[error("there is no profile `{0}` in the AWS configuration files")]
    UnknownProfile(String),
    #[error("could not read the certificates in `{path}`")]
    CaBundle {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("there is no PEM certificate in `{0}`")]
    EmptyCaBundle(PathBuf),
}

/// Loads the configuration. Sends no request, except to a machine's metadata service for the Region.
///
/// # Errors
///
/// If a profile is named that does not exist, or if a configuration file or the CA bundle cannot be read.
pub async fn load_sdk_config(options: &SdkOptions) -> Result<SdkConfig, SdkConfigError> {
    load(options, &Env::real(), &Fs::real()).await
}

async fn load(options: &SdkOptions, env: &Env, fs: &Fs) -> Result<SdkConfig, SdkConfigError> {
    let selected = options.profile.clone().map(Cow::Owned);
    let profiles = aws_config::profile::load(fs, env, &EnvConfigFiles::default(), selected)
        .await
        .map_err(|error| SdkConfigError::ProfileFiles(Box::new(error)))?;
    check_profile(options, env, &profiles)?;
    let client = http_client(ca_bundle(env, &profiles)?);
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .read_timeout(READ_TIMEOUT)
        .build();
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(client)
        .timeout_config(timeouts);
    if let Some(profile) = &options.profile {
        loader = loader.profile_name(profile);
    }
    if let Some(region) = &options.region {
        loader = loader.region(Region::new(region.clone()));
    }
    let config = loader.load().await;
    let mut builder = config.to_builder();
    if config.app_name().is_none() {
        builder.set_app_name(AppName::new(APP_NAME).ok());
    }
    let names_attempts =
        env.get("AWS_MAX_ATTEMPTS").is_ok() || profiles.get("max_attempts").is_some();
    if let Some(retry) = config.retry_config().filter(|_| !names_attempts) {
        let retry = retry.clone().with_max_attempts(DEFAULT_MAX_ATTEMPTS);
        builder.set_retry_config(Some(retry));
    }
    Ok(builder.build())
}

/// The HTTP client for requests that go to no AWS service, with the proxy and the certificates of those that do. Sends no request.
///
/// # Errors
///
/// If a configuration file or the CA bundle cannot be read.
pub async fn load_http_client() -> Result<SharedHttpClient, SdkConfigError> {
    let env = Env::real();
    let profiles = aws_config::profile::load(&Fs::real(), &env, &EnvConfigFiles::default(), None)
        .await
        .map_err(|error| SdkConfigError::ProfileFiles(Box::new(error)))?;
    Ok(http_client(ca_bundle(&env, &profiles)?))
}

/// The selected profile, if it requires an MFA code. The SDK cannot ask for one, and assumes the role without it.
pub async fn profile_with_mfa(options: &SdkOptions) -> Option<String> {
    let selected = options.profile.clone().map(Cow::Owned);
    let files = EnvConfigFiles::default();
    let profiles = aws_config::profile::load(&Fs::real(), &Env::real(), &files, selected).await;
    let profiles = profiles.ok()?;
    profiles.get("mfa_serial")?;
    Some(profiles.selected_profile().to_owned())
}

/// Checks that a named profile exists. `default` may be missing, as without any file.
fn check_profile(
    options: &SdkOptions,
    env: &Env,
    profiles: &ProfileSet,
) -> Result<(), SdkConfigError> {
    let named = options.profile.clone();
    let Some(name) = named.or_else(|| env.get("AWS_PROFILE").ok()) else {
        return Ok(());
    };
    if name.is_empty() || name == "default" || profiles.get_profile(&name).is_some() {
        return Ok(());
    }
    Err(SdkConfigError::UnknownProfile(name))
}

/// The certificates to trust instead of the machine's: `AWS_CA_BUNDLE`, else `ca_bundle` of the profile.
fn ca_bundle(env: &Env, profiles: &ProfileSet) -> Result<Option<Vec<u8>>, SdkConfigError> {
    let named = env.get("AWS_CA_BUNDLE").ok();
    let named = named.filter(|path| !path.is_empty());
    let named = named.or_else(|| profiles.get("ca_bundle").map(str::to_owned));
    let Some(path) = named.filter(|path| !path.is_empty()).map(PathBuf::from) else {
        return Ok(None);
    };
    match std::fs::read(&path) {
        Err(source) => Err(SdkConfigError::CaBundle { path, source }),
        Ok(bytes) if !holds_certificate(&bytes) => Err(SdkConfigError::EmptyCaBundle(path)),
        Ok(bytes) => Ok(Some(bytes)),
    }
}

fn holds_certificate(bytes: &[u8]) -> bool {
    String::from_utf8_lossy(bytes).contains("-----BEGIN CERTIFICATE-----")
}
