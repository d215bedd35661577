//! Who is asking, and how buckets are reached.

use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_s3::config::{Builder, Region, SharedHttpClient};
use aws_smithy_http_client::pool::{Client, ConnectionPool};
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};

use crate::sdk_config::{SdkConfigError, SdkOptions, load_sdk_config};
use crate::{S3Bucket, S3Options, S3Url};

/// Where requests go first when no Region is configured; a bucket elsewhere says where it is.
const FIRST_REGION: &str = "us-east-1";

/// Credentials, a Region and an HTTP client, shared by any number of buckets. A clone shares them, too.
#[derive(Debug, Clone)]
pub struct S3ClientFactory {
    config: SdkConfig,
    options: S3Options,
}

impl S3ClientFactory {
    /// What the environment, the profile files or the machine tell, as for every AWS tool. No request is made yet.
    ///
    /// # Errors
    ///
    /// If a configuration file, the named profile or the CA bundle cannot be read.
    pub async fn from_environment(options: S3Options) -> Result<Self, SdkConfigError> {
        let config = load_sdk_config(&SdkOptions::default()).await?;
        Ok(Self { config, options })
    }

    /// Takes a configuration as it is, except for its HTTP client.
    pub fn new(config: SdkConfig, options: S3Options) -> Self {
        let config = config.into_builder().http_client(http_client(None)).build();
        Self { config, options }
    }

    /// A bucket. Whether it exists, and where, turns out with the first request.
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

    /// The Region to begin with.
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

/// Interval of TCP keepalive probes. Address translators forget a silent connection after some minutes, and an invocation
/// is silent until its function has ended.
const TCP_KEEPALIVE: Duration = Duration::from_mins(1);

/// TLS by rustls and ring, through the proxy that the environment names. Trusts the certificates in `ca_bundle`, a PEM file's
/// content, or those of the machine.
///
/// # Panics
///
/// Never: what could fail is about network interfaces and partitions, of which none is named.
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
