//! One call of one operation.

use std::time::Duration;

use aws_runtime::auth::sigv4::{SCHEME_ID, SigV4AuthScheme};
use aws_runtime::auth::{SigV4OperationSigningConfig, SigningOptions};
use aws_runtime::invocation_id::InvocationIdInterceptor;
use aws_runtime::request_info::RequestInfoInterceptor;
use aws_runtime::retries::classifiers::AwsErrorCodeClassifier;
use aws_runtime::service_clock_skew::ServiceClockSkewInterceptor;
use aws_runtime::user_agent::{ApiMetadata, UserAgentInterceptor};
use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime::client::retries::classifiers::{
    HttpStatusCodeClassifier, TransientErrorClassifier,
};
use aws_smithy_runtime_api::client::auth::static_resolver::StaticAuthSchemeOptionResolver;
use aws_smithy_runtime_api::client::auth::{
    AuthSchemeOptionResolverParams, SharedAuthScheme, SharedAuthSchemeOptionResolver,
};
use aws_smithy_runtime_api::client::identity::SharedIdentityResolver;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponentsBuilder;
use aws_smithy_runtime_api::client::runtime_plugin::StaticRuntimePlugin;
use aws_smithy_types::config_bag::Layer;
use aws_types::SigningName;
use aws_types::region::SigningRegion;
use serde_json::Value;

use super::account::Aws;
use super::error::AwsError;
use super::service::{Protocol, Service};
use super::wire::{Refusal, Wire, answer, encoded, form};

/// A method of HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    Get,
    Post,
    Put,
    Delete,
}

impl Method {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }
}

/// What a service answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    pub headers: Vec<(String, String)>,
    /// JSON, also where the service speaks XML; null if the answer was empty.
    pub body: Value,
}

impl Answer {
    /// A header by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self
            .headers
            .iter()
            .find(|(found, _)| found.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

/// One call: request and answer are JSON values, whatever the service speaks.
#[derive(Debug, Clone)]
#[must_use]
pub struct JsonCall<'a> {
    aws: &'a Aws,
    service: &'static Service,
    operation: &'static str,
    resource: String,
    method: Method,
    path: String,
    query: Vec<String>,
    body: Option<Value>,
    attempts: Option<u32>,
    read_timeout: Option<Duration>,
}

impl<'a> JsonCall<'a> {
    pub(crate) fn new(aws: &'a Aws, service: &'static Service, operation: &'static str) -> Self {
        Self {
            aws,
            service,
            operation,
            resource: String::new(),
            method: Method::Post,
            path: "/".to_owned(),
            query: Vec::new(),
            body: None,
            attempts: None,
            read_timeout: None,
        }
    }

    /// What the call is about, for messages: "table `kiro_analytics.report_facts`".
    pub fn on(self, resource: impl Into<String>) -> Self {
        Self {
            resource: resource.into(),
            ..self
        }
    }

    /// The members of the request.
    pub fn body(self, body: Value) -> Self {
        Self {
            body: Some(body),
            ..self
        }
    }

    /// A parameter in the address.
    pub fn query(mut self, name: &str, value: &str) -> Self {
        self.query
            .push(format!("{}={}", encoded(name), encoded(value)));
        self
    }

    /// Never made again by itself: for what must not happen twice.
    pub fn once(mut self) -> Self {
        self.attempts = Some(1);
        self
    }

    /// How long the answer may take.
    pub fn within(mut self, within: Duration) -> Self {
        self.read_timeout = Some(within);
        self
    }

    pub(crate) fn path(self, method: Method, segments: &[&str]) -> Self {
        let segments: Vec<String> = segments.iter().map(|segment| encoded(segment)).collect();
        Self {
            method,
            path: format!("/{}", segments.join("/")),
            ..self
        }
    }

    /// Makes the call: the members of the answer.
    pub async fn send(self) -> Result<Value, AwsError> {
        Ok(self.answer().await?.body)
    }

    /// Makes the call; no such resource is `None`.
    pub async fn find(self) -> Result<Option<Value>, AwsError> {
        match self.answer().await {
            Ok(answer) => Ok(Some(answer.body)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Makes the call: the whole answer.
    pub async fn answer(self) -> Result<Answer, AwsError> {
        let (service, operation) = (self.service, self.operation);
        let (resource, region) = (self.resource.clone(), self.aws.region().to_owned());
        tracing::debug!(
            service = service.name,
            operation,
            resource,
            mutates = is_mutating(operation),
            "Call."
        );
        let wire = self.wire();
        let result = self.operation().invoke(wire).await;
        result.map_err(|error| AwsError::of_sdk(service, operation, &resource, &region, &error))
    }

    /// All items of a list that comes in pages: `list` names them, `token` the member that continues, in both directions.
    pub async fn pages(self, list: &str, token: &str) -> Result<Vec<Value>, AwsError> {
        use super::fields::Fields;
        let mut items = Vec::new();
        let mut next = String::new();
        loop {
            let mut call = self.clone();
            if !next.is_empty() {
                if call.method == Method::Get {
                    call = call.query(&query_name(self.service, token), &next);
                } else {
                    let mut body = call.body.take().unwrap_or_else(|| serde_json::json!({}));
                    body[token] = Value::String(next.clone());
                    call = call.body(body);
                }
            }
            let page = call.send().await?;
            items.extend_from_slice(page.items(list));
            let following = page.text(token);
            if following.is_empty() || following == next {
                return Ok(items);
            }
            following.clone_into(&mut next);
        }
    }

    fn wire(&self) -> Wire {
        let path = if self.query.is_empty() {
            self.path.clone()
        } else {
            format!("{}?{}", self.path, self.query.join("&"))
        };
        let empty = serde_json::json!({});
        let members = self.body.as_ref().unwrap_or(&empty);
        let (content_type, headers, body) = match self.service.protocol {
            Protocol::Json { version, target } => (
                format!("application/x-amz-json-{version}"),
                vec![("x-amz-target", format!("{target}.{}", self.operation))],
                members.to_string().into_bytes(),
            ),
            Protocol::Query { version } => (
                "application/x-www-form-urlencoded".to_owned(),
                Vec::new(),
                form(self.operation, version, members),
            ),
            Protocol::Rest => match &self.body {
                Some(body) => (
                    "application/json".to_owned(),
                    Vec::new(),
                    body.to_string().into_bytes(),
                ),
                None => (String::new(), Vec::new(), Vec::new()),
            },
        };
        Wire {
            method: self.method,
            path,
            content_type,
            headers,
            body,
        }
    }

    fn operation(&self) -> Operation<Wire, Answer, Refusal> {
        let (service, operation, config) = (self.service, self.operation, self.aws.config());
        let (endpoint, signing_region) = self.aws.endpoint(service);
        let mut layer = Layer::new("call");
        layer.store_put(AuthSchemeOptionResolverParams::new(()));
        layer.store_put(SigV4OperationSigningConfig {
            region: Some(SigningRegion::from(aws_types::region::Region::new(
                signing_region,
            ))),
            name: Some(SigningName::from_static(service.signing_name)),
            signing_options: SigningOptions::default(),
            ..SigV4OperationSigningConfig::default()
        });
        layer.store_put(ApiMetadata::new(service.host, env!("CARGO_PKG_VERSION")));
        if let Some(name) = config.app_name() {
            layer.store_put(name.clone());
        }
        let mut components = RuntimeComponentsBuilder::new("call");
        components.set_auth_scheme_option_resolver(Some(SharedAuthSchemeOptionResolver::new(
            StaticAuthSchemeOptionResolver::new(vec![SCHEME_ID]),
        )));
        components.push_auth_scheme(SharedAuthScheme::new(SigV4AuthScheme::new()));
        if let Some(credentials) = config.credentials_provider() {
            components.set_identity_resolver(SCHEME_ID, SharedIdentityResolver::new(credentials));
        }
        components.set_identity_cache(config.identity_cache());
        components.set_time_source(config.time_source());
        components.set_sleep_impl(config.sleep_impl());
        components.set_http_client(config.http_client());
        let mut plugin = StaticRuntimePlugin::new()
            .with_config(layer.freeze())
            .with_runtime_components(components);
        plugin =
            plugin.with_order(aws_smithy_runtime_api::client::runtime_plugin::Order::Overrides);
        let mut retry = config
            .retry_config()
            .cloned()
            .unwrap_or_else(aws_smithy_types::retry::RetryConfig::standard);
        if let Some(attempts) = self.attempts {
            retry = retry.with_max_attempts(attempts);
        }
        let mut timeouts = aws_smithy_types::timeout::TimeoutConfig::builder();
        if let Some(read_timeout) = self.read_timeout {
            timeouts = timeouts.read_timeout(read_timeout);
        }
        let mut timeouts = timeouts.build();
        if let Some(defaults) = config.timeout_config() {
            timeouts.take_defaults_from(defaults);
        }
        Operation::builder()
            .service_name(service.id)
            .operation_name(operation)
            .endpoint_url(&endpoint)
            .standard_retry(&retry)
            .retry_classifier(AwsErrorCodeClassifier::<Refusal>::new())
            .retry_classifier(TransientErrorClassifier::<Refusal>::new())
            .retry_classifier(HttpStatusCodeClassifier::default())
            .timeout_config(timeouts)
            .with_connection_poisoning()
            .interceptor(ServiceClockSkewInterceptor::new())
            .interceptor(InvocationIdInterceptor::new())
            .interceptor(RequestInfoInterceptor::new())
            .interceptor(UserAgentInterceptor::new())
            .runtime_plugin(plugin)
            .serializer(|wire: Wire| wire.request())
            .deserializer(move |response| answer(service.protocol, operation, response))
            .build()
    }
}

/// The parameter that continues a list in an address, by what the answer calls it.
fn query_name(service: &Service, token: &str) -> String {
    match (service.name, token) {
        ("quicksight", "NextToken") => "next-token".to_owned(),
        ("lambda", "NextMarker") => "Marker".to_owned(),
        (_, token) => token.to_owned(),
    }
}

/// Whether an operation changes anything, by its name.
pub fn is_mutating(operation: &str) -> bool {
    let reading = [
        "Get", "List", "Describe", "Search", "BatchGet", "Simulate", "Validate", "Head",
    ];
    !reading.iter().any(|verb| operation.starts_with(verb))
}
