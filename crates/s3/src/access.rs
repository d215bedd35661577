//! Who is asking, and how buckets are reached.

use aws_config::{BehaviorVersion, SdkConfig};
use aws_sdk_s3::Client;
use aws_sdk_s3::config::{Builder, Region, RuntimeComponents, SharedHttpClient};
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::{Builder as HttpClientBuilder, Connector};

use crate::{S3Bucket, S3Tuning, S3Url};

/// Where requests go first when nobody named a Region; a bucket elsewhere says where it is.
const FIRST_REGION: &str = "us-east-1";

/// Credentials, a Region and an HTTP client, shared by any number of buckets. A clone shares them, too.
#[derive(Debug, Clone)]
pub struct S3Access {
    config: SdkConfig,
    tuning: S3Tuning,
}

impl S3Access {
    /// What the environment, the profile files or the machine tell, as for every AWS tool. No request is made yet.
    pub async fn from_environment(tuning: S3Tuning) -> Self {
        let config = aws_config::defaults(BehaviorVersion::latest())
            .http_client(http_client())
            .load()
            .await;
        Self { config, tuning }
    }

    /// What is told; the HTTP client is our own all the same.
    pub fn new(config: SdkConfig, tuning: S3Tuning) -> Self {
        let config = config.into_builder().http_client(http_client()).build();
        Self { config, tuning }
    }

    /// A bucket. Whether it exists, and where, turns out with the first request.
    pub fn bucket(&self, url: &S3Url) -> S3Bucket {
        S3Bucket::new(self.clone(), url)
    }

    /// The configuration, for clients of other services.
    pub fn config(&self) -> &SdkConfig {
        &self.config
    }

    pub(crate) fn tuning(&self) -> &S3Tuning {
        &self.tuning
    }

    /// The Region to begin with.
    pub(crate) fn region(&self) -> String {
        self.config
            .region()
            .map_or_else(|| FIRST_REGION.to_owned(), ToString::to_string)
    }

    pub(crate) fn client(&self, region: &str) -> Client {
        let config = Builder::from(&self.config)
            .region(Region::new(region.to_owned()))
            .retry_config(self.tuning.patience.retry())
            .timeout_config(self.tuning.patience.timeouts())
            .stalled_stream_protection(self.tuning.stalled())
            .build();
        Client::from_conf(config)
    }
}

/// TLS by rustls and ring with the certificates of the machine, through the proxy the environment names.
pub fn http_client() -> SharedHttpClient {
    HttpClientBuilder::new().build_with_connector_fn(|settings, components| {
        let mut connector = Connector::builder().proxy_config(ProxyConfig::from_env());
        connector.set_connector_settings(settings.cloned());
        connector.set_sleep_impl(components.and_then(RuntimeComponents::sleep_impl));
        connector
            .tls_provider(Provider::Rustls(CryptoMode::Ring))
            .build()
    })
}
