//! Slow clients, over a real socket: time-outs and limits are small, and nothing sleeps.
#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use kiro_catalog::{Catalogue, RenderOptions};
use kiro_dashboard::Spec;
use kiro_ingest::LocalFolder;
use kiro_query::{Engine, EngineOptions};
use kiro_web::{Limits, ServeOptions, WatcherOptions, serve};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

/// Longer than any test takes.
const NEVER: Duration = Duration::from_mins(10);
const SHORT: Duration = Duration::from_millis(100);

/// Limits that no test reaches.
fn wide() -> Limits {
    Limits {
        max_connections: 100,
        header_timeout: NEVER,
        write_timeout: NEVER,
        body_idle_timeout: NEVER,
        max_upload_time: NEVER,
        max_uploads: 100,
        max_event_streams: 100,
    }
}

/// A server over an empty folder.
struct LiveServer {
    address: SocketAddr,
    task: JoinHandle<()>,
    _folder: TempDir,
}

impl LiveServer {
    async fn open(limits: Limits) -> Self {
        let folder = TempDir::new().unwrap();
        let data = folder.path().join("data");
        let render = RenderOptions::default();
        let catalogue = Catalogue::render(&render).unwrap();
        let destination = Arc::new(LocalFolder::create(&data).unwrap());
        let server = serve(ServeOptions {
            spec: Spec::builtin(&catalogue, &render.settings).unwrap(),
            engine: Engine::open(EngineOptions {
                data,
                render,
                since: None,
                until: None,
            })
            .unwrap(),
            watcher: WatcherOptions {
                sources: Vec::new(),
                destination: Some(destination),
                clock: Arc::new(chrono::Utc::now),
                poll: NEVER,
                names: Arc::default(),
                people: None,
                is_restricted: false,
                listener: None,
            },
            host: "127.0.0.1".to_owned(),
            port: 0,
            token: None,
            version: "0.0.0".to_owned(),
            limits,
        });
        let server = server.await.unwrap();
        Self {
            address: server.address(),
            task: tokio::spawn(async move {
                server.run_until(std::future::pending()).await.unwrap();
            }),
            _folder: folder,
        }
    }

    /// A connection on which `text` was sent.
    async fn send(&self, text: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        stream
    }

    /// The status line of a complete request.
    async fn ask(&self) -> String {
        let request = "GET /api/status HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        first_line(self.send(request).await).await
    }
}

impl Drop for LiveServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Reads until the server closes the connection.
async fn first_line(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    // A reset is a close, too.
    stream.read_to_end(&mut answer).await.unwrap_or_default();
    let answer = String::from_utf8_lossy(&answer).into_owned();
    answer.lines().next().unwrap_or_default().to_owned()
}

fn upload(bytes: usize) -> String {
    format!(
        "POST /api/exports?name=a.csv HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/csv\r\nContent-Length: {bytes}\r\n\r\nDate,"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn half_open_connections_do_not_keep_the_next_client_out() {
    let server = LiveServer::open(Limits {
        max_connections: 8,
        ..wide()
    })
    .await;
    let mut half_open = Vec::new();
    for _ in 0..300 {
        half_open.push(server.send("GET /api/status HTTP/1.1\r\nHost: loc").await);
    }
    assert_eq!(server.ask().await, "HTTP/1.1 200 OK");
    // The connection that has waited longest was closed.
    assert_eq!(first_line(half_open.remove(0)).await, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_does_not_end_is_given_up() {
    let server = LiveServer::open(Limits {
        header_timeout: SHORT,
        ..wide()
    })
    .await;
    for begun in ["", "GET /", "GET / HTTP/1.1\r\nHost: localhost\r\nX: "] {
        let answer = first_line(server.send(begun).await).await;
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 408"),
            "{answer}"
        );
    }
    assert_eq!(server.ask().await, "HTTP/1.1 200 OK");
    let large = format!("GET /?{} HTTP/1.1\r\n", "x".repeat(1 << 20));
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    // The server may close before it has read everything.
    stream.write_all(large.as_bytes()).await.unwrap_or_default();
    let answer = first_line(stream).await;
    assert!(
        answer.is_empty() || answer.starts_with("HTTP/1.1 4"),
        "{answer}"
    );
    assert_eq!(server.ask().await, "HTTP/1.1 200 OK");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_does_not_go_on_is_given_up() {
    for limits in [
        Limits {
            body_idle_timeout: SHORT,
            ..wide()
        },
        Limits {
            max_upload_time: SHORT,
            ..wide()
        },
    ] {
        let server = LiveServer::open(limits).await;
        let answer = first_line(server.send(&upload(1000)).await).await;
        assert_eq!(answer, "HTTP/1.1 408 Request Timeout");
        assert_eq!(server.ask().await, "HTTP/1.1 200 OK");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn uploads_and_event_streams_under_way_are_limited() {
    let server = LiveServer::open(Limits {
        max_uploads: 1,
        max_event_streams: 1,
        ..wide()
    })
    .await;
    let events = "GET /api/events HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    let mut listening = server.send(events).await;
    let mut begun = [0; 15];
    listening.read_exact(&mut begun).await.unwrap();
    assert_eq!(&begun, b"HTTP/1.1 200 OK");
    let refused = "HTTP/1.1 429 Too Many Requests";
    assert_eq!(first_line(server.send(events).await).await, refused);

    let expect = upload(1000).replace("\r\n\r\n", "\r\nExpect: 100-continue\r\n\r\n");
    let mut first = server.send(&expect).await;
    let mut begun = [0; 12];
    // The server has begun to read the body.
    first.read_exact(&mut begun).await.unwrap();
    assert_eq!(&begun, b"HTTP/1.1 100");
    let second = upload(5).replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n");
    assert_eq!(first_line(server.send(&second).await).await, refused);
    drop(first);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_takes_no_response_is_given_up() {
    let server = LiveServer::open(Limits {
        max_connections: 1,
        write_timeout: SHORT,
        ..wide()
    })
    .await;
    let request = "GET /api/dashboard HTTP/1.1\r\nHost: localhost\r\n\r\n";
    // Responses of some hundred MB, of which nothing is read.
    let mut greedy = TcpStream::connect(server.address).await.unwrap();
    let sending = tokio::spawn(async move {
        let requests = request.repeat(5_000);
        greedy
            .write_all(requests.as_bytes())
            .await
            .unwrap_or_default();
        greedy
    });
    assert_eq!(server.ask().await, "HTTP/1.1 200 OK");
    drop(sending.await);
}

#[tokio::test(flavor = "multi_thread")]
async fn http_2_is_not_spoken_in_clear() {
    let server = LiveServer::open(wide()).await;
    let preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    let mut stream = server.send(preface).await;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap_or_default();
    assert!(
        answer.is_empty() || answer.starts_with(b"HTTP/1.1 400"),
        "{answer:?}"
    );
}
