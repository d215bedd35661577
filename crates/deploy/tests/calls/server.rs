//! A small HTTP server with scripted responses that records its requests.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use kiro_deploy::aws::{Aws, AwsError, AwsTuning};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

pub(crate) const CALLER: &str = "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/alice</Arn>\
                      <UserId>A</UserId><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>";

/// The caller whose access key is `session`.
const SESSION: &str = "arn:aws:sts::123456789012:assumed-role/Deployer/alice";

/// A request that came.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

/// An answer to give.
#[derive(Debug, Clone)]
pub(crate) struct Given {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
}

/// A server on a free port of this machine. Ends with the test's runtime.
pub(crate) struct Server {
    pub(crate) address: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Given {
    pub(crate) fn json(body: &Value) -> Self {
        Self {
            status: 200,
            headers: Vec::new(),
            body: body.to_string().into_bytes(),
        }
    }

    pub(crate) fn text(status: u16, body: &str) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: body.as_bytes().to_vec(),
        }
    }

    /// The response as bytes on the connection.
    pub(crate) fn written(&self, asked: &Asked) -> Vec<u8> {
        let mut head = format!(
            "HTTP/1.1 {} X\r\nconnection: close\r\ncontent-length: {}\r\n",
            self.status,
            self.body.len()
        );
        for (name, value) in &self.headers {
            head = format!("{head}{name}: {value}\r\n");
        }
        head.push_str("\r\n");
        let mut bytes = head.into_bytes();
        if asked.method != "HEAD" {
            bytes.extend(&self.body);
        }
        bytes
    }
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(found, _)| found == name);
        found.map_or("", |(_, value)| value)
    }
}

impl Server {
    /// Starts it. `answering` gets every request except `GetCallerIdentity`.
    pub(crate) async fn start(answering: impl Fn(&Asked) -> Given + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (seen, answering) = (Arc::clone(&asked), Arc::new(answering));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (seen, answering) = (Arc::clone(&seen), Arc::clone(&answering));
                tokio::spawn(serve(stream, seen, answering));
            }
        });
        Self { address, asked }
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    pub(crate) async fn aws(&self) -> Aws {
        sign_in(&self.address).await.unwrap()
    }
}

/// An account that is reached at this address.
pub(crate) async fn sign_in(address: &str) -> Result<Aws, AwsError> {
    sign_in_with(address, "example").await
}

/// The same with another access key: `session` is a session of the role `Deployer`.
pub(crate) async fn sign_in_with(address: &str, access_key: &str) -> Result<Aws, AwsError> {
    let credentials = Credentials::new(access_key, "example", None, None, "test");
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .endpoint_url(address)
        .retry_config(RetryConfig::standard().with_initial_backoff(Duration::from_millis(1)))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .http_client(kiro_s3::http_client(None))
        .build();
    let tuning = AwsTuning {
        initial_interval: Duration::from_millis(1),
        max_interval: Duration::from_millis(2),
    };
    Aws::with_config(config, tuning).await
}

async fn serve(
    mut stream: tokio::net::TcpStream,
    seen: Arc<Mutex<Vec<Asked>>>,
    answering: Arc<impl Fn(&Asked) -> Given>,
) {
    let mut bytes = Vec::new();
    let mut piece = [0_u8; 4096];
    let asked = loop {
        let Ok(read) = stream.read(&mut piece).await else {
            return;
        };
        if read == 0 {
            return;
        }
        bytes.extend_from_slice(&piece[..read]);
        if let Some(asked) = parsed(&bytes) {
            break asked;
        }
    };
    let given = if asked.body.contains("Action=GetCallerIdentity") {
        let is_session = asked
            .header("authorization")
            .contains("Credential=session/");
        let user = "arn:aws:iam::123456789012:user/alice";
        Given::text(
            200,
            &CALLER.replace(user, if is_session { SESSION } else { user }),
        )
    } else {
        seen.lock().unwrap().push(asked.clone());
        answering(&asked)
    };
    stream.write_all(&given.written(&asked)).await.ok();
}

/// A request, once all of it has come.
pub(crate) fn parsed(bytes: &[u8]) -> Option<Asked> {
    let text = String::from_utf8_lossy(bytes);
    let (head, body) = text.split_once("\r\n\r\n")?;
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ');
    let (method, path) = (first.next()?.to_owned(), first.next()?.to_owned());
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect();
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length = length.map_or(0, |(_, value)| value.parse().unwrap());
    (body.len() >= length).then(|| Asked {
        method,
        path,
        headers,
        body: body.to_owned(),
    })
}
