//! Posts a message to a webhook.

use std::time::Duration;

use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::timeout::TimeoutConfig;

use crate::message::{Digest, WebhookFormat};
use crate::webhook_url::WebhookUrl;

/// Time of one attempt, the connection included.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(15);

/// A webhook and how it is posted to.
#[derive(Debug, Clone)]
pub struct Webhook {
    url: WebhookUrl,
    format: WebhookFormat,
    http_client: SharedHttpClient,
    retries: RetryPolicy,
}

/// When a request is repeated: after 429, a status of 500 or more, and a failed connection.
#[derive(Debug, Clone, Copy)]
pub struct RetryPolicy {
    pub max_attempts: u32,
    /// The time before the second attempt; doubles after each.
    pub first_delay: Duration,
    /// The limit of `Retry-After` and of the delays.
    pub max_delay: Duration,
}

/// A message that was not accepted. The host is all that is shown of the address.
#[derive(Debug, thiserror::Error)]
#[error("the webhook at `{host}` did not accept the message")]
pub struct WebhookError {
    pub host: String,
    #[source]
    pub kind: WebhookErrorKind,
}

/// Why a message was not accepted, at the last attempt.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WebhookErrorKind {
    #[error("it could not be reached: {cause}")]
    Unreachable { cause: String },
    #[error("it did not answer within {} seconds", ATTEMPT_TIMEOUT.as_secs())]
    Timeout,
    #[error("it redirects to another address with status {status}, which is not followed")]
    Redirect { status: u16 },
    #[error("it answered with status {status}")]
    Status { status: u16 },
}

/// One response.
#[derive(Debug)]
struct Response {
    status: u16,
    retry_after: Option<Duration>,
}

/// The deserializer accepts every response.
#[derive(Debug, thiserror::Error)]
#[error("no response is an error")]
struct Never;

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            max_attempts: 4,
            first_delay: Duration::from_secs(1),
            max_delay: Duration::from_secs(30),
        }
    }
}

impl Webhook {
    pub fn new(url: WebhookUrl, format: WebhookFormat, http_client: SharedHttpClient) -> Self {
        Self {
            url,
            format,
            http_client,
            retries: RetryPolicy::default(),
        }
    }

    /// The same with other retries.
    #[must_use]
    pub fn with_retries(mut self, retries: RetryPolicy) -> Self {
        self.retries = retries;
        self
    }

    /// The host that messages go to.
    pub fn host(&self) -> &str {
        self.url.host()
    }

    /// Posts a message. Any status of 200 to 299 accepts it.
    ///
    /// # Errors
    ///
    /// If no attempt is accepted. The message may have arrived where the answer was lost.
    pub async fn send(&self, digest: &Digest) -> Result<(), WebhookError> {
        let body = digest.webhook_body(self.format).to_string();
        let mut delay = self.retries.first_delay;
        let mut attempt = 1;
        loop {
            let (kind, retry_after) = match self.post(&body).await {
                Ok(response) if (200..300).contains(&response.status) => return Ok(()),
                Ok(Response {
                    status,
                    retry_after,
                }) => (WebhookErrorKind::of_status(status), retry_after),
                Err(kind) => (kind, None),
            };
            if !kind.is_transient() || attempt >= self.retries.max_attempts {
                return Err(WebhookError {
                    host: self.url.host().to_owned(),
                    kind,
                });
            }
            let wait = retry_after.unwrap_or(delay).min(self.retries.max_delay);
            tokio::time::sleep(wait).await;
            delay *= 2;
            attempt += 1;
        }
    }

    async fn post(&self, body: &str) -> Result<Response, WebhookErrorKind> {
        let timeouts = TimeoutConfig::builder()
            .operation_attempt_timeout(ATTEMPT_TIMEOUT)
            .build();
        let (origin, path) = self.url.reveal();
        let operation = Operation::builder()
            .service_name("webhook")
            .operation_name("post")
            .http_client(self.http_client.clone())
            .endpoint_url(origin)
            .no_auth()
            .no_retry()
            .timeout_config(timeouts)
            .sleep_impl(TokioSleep::new())
            .serializer(move |body: String| {
                let request = http::Request::post(&path)
                    .header("content-type", "application/json")
                    .header("user-agent", "kiro-analytics")
                    .body(SdkBody::from(body))?;
                Ok(HttpRequest::try_from(request)?)
            })
            .deserializer(|response: &HttpResponse| {
                Ok::<_, OrchestratorError<Never>>(Response {
                    status: response.status().as_u16(),
                    retry_after: response
                        .headers()
                        .get("retry-after")
                        .and_then(|seconds| seconds.trim().parse().ok())
                        .map(Duration::from_secs),
                })
            })
            .build();
        operation
            .invoke(body.to_owned())
            .await
            .map_err(|error| self.failure(&error))
    }

    fn failure(&self, error: &SdkError<Never, HttpResponse>) -> WebhookErrorKind {
        let is_timeout = match error {
            SdkError::TimeoutError(_) => true,
            SdkError::DispatchFailure(failure) => failure.is_timeout(),
            _ => false,
        };
        if is_timeout {
            return WebhookErrorKind::Timeout;
        }
        // The innermost error names the system's reason; those around it may name the address.
        let mut cause: &dyn std::error::Error = error;
        while let Some(source) = cause.source() {
            cause = source;
        }
        let cause = cause.to_string();
        let (_, path) = self.url.reveal();
        let names_address = path.len() > 1 && cause.contains(&path);
        WebhookErrorKind::Unreachable {
            cause: if names_address {
                "the connection failed".to_owned()
            } else {
                cause
            },
        }
    }
}

impl WebhookErrorKind {
    fn of_status(status: u16) -> Self {
        if (300..400).contains(&status) {
            Self::Redirect { status }
        } else {
            Self::Status { status }
        }
    }

    /// Returns true if the same request may be accepted later.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::Timeout => true,
            Self::Redirect { .. } => false,
            Self::Status { status } => *status == 429 || *status >= 500,
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Unreachable { .. } | Self::Timeout => {
                "check the network and the proxy; the next run sends the message"
            }
            Self::Redirect { .. } => "set the address that it redirects to",
            Self::Status { status } if (400..500).contains(status) && *status != 429 => {
                "check `alert_webhook_url` and `alert_webhook_format`: the webhook may have been removed"
            }
            Self::Status { .. } => "the next run sends the message",
        }
    }
}
