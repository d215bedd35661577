//! Clients of S3, and the HTTP client of all AWS services.

use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_s3::config::{Builder, Region, SharedHttpClient};
use aws_smithy_http_client::pool::{Client, ConnectionPool};
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};

use crate::sdk_config::{SdkConfigError, SdkOptions, load_sdk_config};
use crate::{S3Bucket, S3Options, S3Url};

/// The first Region of requests if none is configured. A bucket of another Region names its own.
const FIRST_REGION: &str = "us-east-1";

/// Credentials, a Region and an HTTP client, shared by any number of buckets. A clone shares them, too.
#[derive(Debug, Clone)]
pub struct S3ClientFactory {
    config: SdkConfig,
    options: S3Options,
}

impl S3ClientFactory {
    /// Reads the configuration where every AWS tool reads it. Sends no request.
    ///
    /// # Errors
    ///
    /// If a configuration file, the named profile or the CA bundle cannot be read.
    pub async fn from_environment(options: S3Options) -> Result<Self, SdkConfigError> {
        let config = load_sdk_config(&SdkOptions::default()).await?;
        Ok(Self { config, options })
    }

    /// Uses a configuration with another HTTP client.
    pub fn new(config: SdkConfig, options: S3Options) -> Self {
        let config = config.into_builder().http_client(http_client(None)).build();
        Self { config, options }
    }

    /// Opens a bucket. Sends no request: a missing bucket is an error of the first one.
    pub fn bucket(&self, url: &S3Url) -> S3Bucket {
        S3Bucket::new(self.clone(), url)
    }

    /// The configuration, for clients of other services.
    pub fn config(&self) -> &SdkConfig {
        &self.config
    }

    pub(crate) fn options(&self) -> &S3Options {
        &self.options
    }

    /// The Region of the first request.
    pub(crate) fn region(&self) -> String {
        self.config
            .region()
            .map_or_else(|| FIRST_REGION.to_owned(), ToString::to_string)
    }

    pub(crate) fn client(&self, region: &str) -> aws_sdk_s3::Client {
        let config = Builder::from(&self.config)
            .region(Region::new(region.to_owned()))
            .stalled_stream_protection(self.options.stalled())
            .build();
        aws_sdk_s3::Client::from_conf(config)
    }
}

/// Interval of TCP keepalive probes. Address translators drop an idle connection after some minutes, and an invocation of a
/// function is idle until the function has ended.
const TCP_KEEPALIVE: Duration = Duration::from_mins(1);

/// An HTTP client with TLS by rustls and ring, through the proxy of the environment. Trusts the certificates in `ca_bundle`
/// (the content of a PEM file), else those of the machine.
///
/// # Panics
///
/// Never: only named network interfaces and partitions could fail, and none is named.
#[expect(
    clippy::expect_used,
    reason = "these three fail for network interfaces and partitions, of which none is named"
)]
pub fn http_client(ca_bundle: Option<Vec<u8>>) -> SharedHttpClient {
    let mut trusted = TrustStore::empty().with_native_roots(ca_bundle.is_none());
    if let Some(certificates) = ca_bundle {
        trusted.add_pem_certificate(certificates);
    }
    let context = TlsContext::builder().with_trust_store(trusted).build();
    let pool = ConnectionPool::builder()
        .proxy_config(ProxyConfig::from_env())
        .tcp_keepalive(TCP_KEEPALIVE)
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .tls_context(context.expect("a trust store is a valid TLS context"))
        .build_https()
        .expect("the default partition is valid");
    SharedHttpClient::new(Client::new(&pool).expect("there is a default partition"))
}
