//! An HTTP client that records requests instead of sending them, and answers `GetCallerIdentity`.

use std::sync::{Arc, Mutex};

use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_types::sdk_config::Builder;

use crate::server::CALLER;

/// A request that was to be sent.
#[derive(Debug, Clone)]
pub(crate) struct Recorded {
    pub(crate) host: String,
    pub(crate) authorization: String,
}

/// Clones share the recorded requests.
#[derive(Debug, Clone, Default)]
pub(crate) struct Recorder(Arc<Mutex<Vec<Recorded>>>);

impl Recorder {
    /// A configuration whose clients use this.
    pub(crate) fn config(&self, region: &str) -> Builder {
        let credentials = Credentials::new("example", "example", None, None, "test");
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(region.to_owned()))
            .retry_config(RetryConfig::disabled())
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .http_client(self.clone())
    }

    /// Returns and clears the recorded requests.
    pub(crate) fn take(&self) -> Vec<Recorded> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

impl HttpConnector for Recorder {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let uri: http::Uri = request.uri().parse().unwrap();
        let header = |name: &str| request.headers().get(name).unwrap_or_default().to_owned();
        self.0.lock().unwrap().push(Recorded {
            host: uri.authority().unwrap().to_string(),
            authorization: header("authorization"),
        });
        let body = request.body().bytes().unwrap_or_default();
        let asks_who = String::from_utf8_lossy(body).contains("Action=GetCallerIdentity");
        let (status, body) = if asks_who { (200, CALLER) } else { (400, "") };
        let response = HttpResponse::new(status.try_into().unwrap(), SdkBody::from(body));
        HttpConnectorFuture::ready(Ok(response))
    }
}

impl HttpClient for Recorder {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}
