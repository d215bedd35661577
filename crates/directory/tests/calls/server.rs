//! A small HTTP server that records its requests.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use kiro_directory::{
    DirectoryAnswer, DirectoryError, DirectoryOptions, NoProgress, Progress, RequestLimits,
    UserSelection, read_directory,
};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

pub(crate) const STORE: &str = "d-1234567890";
pub(crate) const REGION: &str = "eu-central-1";

/// A request that was received.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    headers: Vec<(String, String)>,
    pub(crate) body: String,
}

/// A response to send.
#[derive(Debug, Clone)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) body: String,
}

/// A server on a free port of this machine. Ends with the test's runtime.
pub(crate) struct Server {
    pub(crate) address: String,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Request {
    /// `ListUsers`, `AssumeRole`.
    pub(crate) fn operation(&self) -> String {
        let target = self.header("x-amz-target");
        if let Some((_, operation)) = target.rsplit_once('.') {
            return operation.to_owned();
        }
        let mut fields = self.body.split('&');
        let action = fields.find_map(|field| field.strip_prefix("Action="));
        action.unwrap_or_default().to_owned()
    }

    /// The access key that signed the request.
    pub(crate) fn access_key(&self) -> String {
        self.credential().first().cloned().unwrap_or_default()
    }

    /// The Region in the signature.
    pub(crate) fn region(&self) -> String {
        self.credential().get(2).cloned().unwrap_or_default()
    }

    fn credential(&self) -> Vec<String> {
        let header = self.header("authorization");
        let (_, after) = header.split_once("Credential=").unwrap_or_default();
        let scope = after.split(',').next().unwrap_or_default();
        scope.split('/').map(str::to_owned).collect()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(found, _)| found == name);
        found.map_or("", |(_, value)| value)
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

impl Response {
    pub(crate) fn json(body: &Value) -> Self {
        Self {
            status: 200,
            body: body.to_string(),
        }
    }

    /// A refusal in the protocol of the Identity Store. `details` are its other members.
    pub(crate) fn refusal(status: u16, code: &str, message: &str, details: &Value) -> Self {
        let mut body = json!({"__type": code, "Message": message, "RequestId": "request-1"});
        for (name, value) in details.as_object().unwrap() {
            body[name] = value.clone();
        }
        Self {
            status,
            body: body.to_string(),
        }
    }

    fn bytes(&self) -> Vec<u8> {
        let (status, length) = (self.status, self.body.len());
        let head = format!(
            "HTTP/1.1 {status} X\r\nconnection: close\r\nx-amzn-requestid: request-1\r\n\
             content-length: {length}\r\n\r\n"
        );
        [head.as_bytes(), self.body.as_bytes()].concat()
    }
}

impl Server {
    pub(crate) async fn start(
        respond: impl Fn(&Request) -> Response + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (received, respond) = (Arc::clone(&requests), Arc::new(respond));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (received, respond) = (Arc::clone(&received), Arc::clone(&respond));
                tokio::spawn(serve(stream, received, respond));
            }
        });
        Self { address, requests }
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    /// The requests of one operation.
    pub(crate) fn requests_of(&self, operation: &str) -> Vec<Request> {
        let requests = self.requests().into_iter();
        requests
            .filter(|request| request.operation() == operation)
            .collect()
    }

    pub(crate) fn config(&self) -> SdkConfig {
        config_of(&self.address)
    }

    pub(crate) async fn read(
        &self,
        options: &DirectoryOptions,
        users: UserSelection<'_>,
    ) -> Result<DirectoryAnswer, DirectoryError> {
        self.read_with(options, users, &NoProgress).await
    }

    pub(crate) async fn read_with(
        &self,
        options: &DirectoryOptions,
        users: UserSelection<'_>,
        progress: &dyn Progress,
    ) -> Result<DirectoryAnswer, DirectoryError> {
        read_directory(&self.config(), options, users, progress).await
    }
}

/// A configuration whose services are all at this address.
pub(crate) fn config_of(address: &str) -> SdkConfig {
    let credentials = Credentials::new("caller", "example", None, None, "test");
    let retry = RetryConfig::standard()
        .with_initial_backoff(Duration::from_millis(1))
        .with_max_backoff(Duration::from_millis(2));
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(REGION))
        .endpoint_url(address)
        .retry_config(retry)
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .http_client(kiro_s3::http_client(None))
        .build()
}

/// Options for the store of the tests, without waits.
pub(crate) fn options() -> DirectoryOptions {
    DirectoryOptions {
        identity_store: Some(STORE.to_owned()),
        limits: RequestLimits {
            max_requests_per_second: 1_000_000,
            ..RequestLimits::default()
        },
        ..DirectoryOptions::default()
    }
}

async fn serve(
    mut stream: TcpStream,
    received: Arc<Mutex<Vec<Request>>>,
    respond: Arc<impl Fn(&Request) -> Response>,
) {
    let mut bytes = Vec::new();
    let mut piece = [0_u8; 4096];
    let request = loop {
        let read = stream.read(&mut piece).await.unwrap_or_default();
        if read == 0 {
            return;
        }
        bytes.extend_from_slice(&piece[..read]);
        if let Some(request) = parsed(&bytes) {
            break request;
        }
    };
    received.lock().unwrap().push(request.clone());
    let response = respond(&request).bytes();
    stream.write_all(&response).await.ok();
}

/// A request, once all of it has come.
fn parsed(bytes: &[u8]) -> Option<Request> {
    let text = String::from_utf8_lossy(bytes);
    let (head, body) = text.split_once("\r\n\r\n")?;
    let headers: Vec<(String, String)> = head
        .lines()
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect();
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length = length.map_or(0, |(_, value)| value.parse().unwrap());
    (body.len() >= length).then(|| Request {
        headers,
        body: body.to_owned(),
    })
}
