//! An S3 bucket as an object store of `kiro-ingest`.
//!
//! Owns the requests to S3: paging, resuming, multipart, conditions, Regions, and the meaning of their errors. Also owns what
//! all AWS services share: configuration, TLS, errors of authentication. `aws-config` owns credentials and profiles. Does not
//! know exports or parts, and creates or changes no bucket.

mod bucket;
mod client_factory;
mod decoded_key;
mod error;
mod error_code;
mod listing;
mod network;
mod object;
mod options;
mod presigned_url;
mod reader;
mod sdk_config;
mod upload;
mod url;
mod writer;

pub use bucket::S3Bucket;
pub use client_factory::{S3ClientFactory, http_client};
pub use decoded_key::decoded_key;
pub use error_code::{credentials_error, is_expired_token, is_invalid_credentials, is_throttled};
pub use network::network_settings;
pub use object::{Replacement, StoredObject};
pub use options::S3Options;
pub use presigned_url::{MAX_PRESIGNED, PresignedUrl};
pub use sdk_config::{
    SdkConfigError, SdkOptions, load_http_client, load_sdk_config, profile_with_mfa,
};
pub use url::{S3Url, S3UrlError};
