//! Servers for a sign-in: AWS behind a custom endpoint, a proxy, or a machine's metadata service. Records all requests.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::server::{Asked, CALLER, Given, parsed};

/// Credentials that STS gives for a role.
const ROLE_CREDENTIALS: &str = "<Credentials><AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey>\
                                <SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>";
/// Credentials as containers and machines give them.
const JSON_CREDENTIALS: &str = r#"{"Code": "Success", "Type": "AWS-HMAC", "AccessKeyId": "ASIAMACHINE", "SecretAccessKey": "s",
    "Token": "t", "LastUpdated": "2026-01-01T00:00:00Z", "Expiration": "2099-01-01T00:00:00Z"}"#;

/// A server on a free port. Ends with the test's runtime.
pub(crate) struct Gateway {
    pub(crate) port: u16,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Gateway {
    /// Without TLS.
    pub(crate) async fn start() -> Self {
        Self::accept(None, answer).await
    }

    /// With a certificate for `localhost`.
    pub(crate) async fn start_tls(acceptor: TlsAcceptor) -> Self {
        Self::accept(Some(acceptor), answer).await
    }

    /// Always fails.
    pub(crate) async fn start_failing() -> Self {
        Self::accept(None, |_| Given::text(503, "")).await
    }

    async fn accept(tls: Option<TlsAcceptor>, answering: fn(&Asked) -> Given) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (seen, tls) = (Arc::clone(&seen), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        None => serve(stream, &seen, answering).await,
                        Some(tls) => {
                            // A client that does not trust the certificate hangs up.
                            if let Ok(stream) = tls.accept(stream).await {
                                serve(stream, &seen, answering).await;
                            }
                        }
                    }
                });
            }
        });
        Self { port, asked }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// Methods and targets: `CONNECT sts.eu-central-1.amazonaws.com:443`.
    pub(crate) fn targets(&self) -> Vec<String> {
        let asked = self.asked();
        let asked = asked.iter();
        asked
            .map(|one| format!("{} {}", one.method, one.path))
            .collect()
    }

    /// The access key that the last request was signed with.
    pub(crate) fn last_key(&self) -> String {
        let asked = self.asked();
        let signature = asked.last().unwrap().header("authorization");
        let (_, key) = signature.split_once("Credential=").unwrap_or_default();
        key.split('/').next().unwrap_or_default().to_owned()
    }
}

async fn serve(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    seen: &Mutex<Vec<Asked>>,
    answering: fn(&Asked) -> Given,
) {
    let mut bytes = Vec::new();
    let asked = loop {
        match stream.read_buf(&mut bytes).await {
            Ok(read) if read > 0 => {}
            _ => return,
        }
        if let Some(asked) = parsed(&bytes) {
            break asked;
        }
    };
    seen.lock().unwrap().push(asked.clone());
    let given = answering(&asked).written(&asked);
    stream.write_all(&given).await.ok();
    stream.shutdown().await.ok();
}

fn answer(asked: &Asked) -> Given {
    let role = |action: &str| {
        let text = format!(
            "<{action}Response><{action}Result>{ROLE_CREDENTIALS}</{action}Result></{action}Response>"
        );
        Given::text(200, &text)
    };
    if asked.method == "CONNECT" {
        // As a proxy does that must not reach this host.
        return Given::text(403, "");
    }
    if asked.body.contains("Action=GetCallerIdentity") {
        return Given::text(200, CALLER);
    }
    if asked.body.contains("Action=AssumeRoleWithWebIdentity") {
        return role("AssumeRoleWithWebIdentity");
    }
    if asked.body.contains("Action=AssumeRole") {
        return role("AssumeRole");
    }
    match asked.path.as_str() {
        "/latest/api/token" => Given {
            headers: vec![("x-aws-ec2-metadata-token-ttl-seconds", "21600".to_owned())],
            ..Given::text(200, "token")
        },
        "/latest/meta-data/placement/region" => Given::text(200, "eu-west-3"),
        path if path.trim_end_matches('/').ends_with("security-credentials")
            || path
                .trim_end_matches('/')
                .ends_with("security-credentials-extended") =>
        {
            Given::text(200, "machine-role")
        }
        path if path.ends_with("machine-role") || path == "/credentials" => {
            Given::text(200, JSON_CREDENTIALS)
        }
        _ => Given::text(404, ""),
    }
}
