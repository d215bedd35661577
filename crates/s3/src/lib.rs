//! An S3 bucket as an object store of `kiro-ingest`.
//!
//! Owns the requests to S3: paging, resuming, multipart, conditions, Regions, and what their errors mean; what is alike
//! for all services (configuration, TLS, errors of authentication) is here for others, too. Credentials and profiles are
//! `aws-config`'s business. It knows nothing of exports or parts, and makes or changes no bucket.

mod access;
mod bucket;
mod code;
mod decoded_key;
mod failure;
mod listing;
mod network;
mod reader;
mod sdk_config;
mod tuning;
mod upload;
mod url;
mod writer;

pub use access::{S3Access, http_client};
pub use bucket::S3Bucket;
pub use code::{credentials_error, says_expired, says_throttled, says_wrong_credentials};
pub use decoded_key::decoded_key;
pub use network::network_settings;
pub use sdk_config::{SdkConfigError, SdkOptions, load_sdk_config, profile_with_mfa};
pub use tuning::S3Tuning;
pub use url::{S3Url, S3UrlError};
