//! A real S3 server over HTTP: started by the first test that wants it, stopped with the process.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// Ends the server when its standard input is closed, which happens however the test process ends.
const SUPERVISOR: &str = r#""$0" 2>&1 & server=$!
cat >/dev/null
kill $server 2>/dev/null
wait $server
rm -rf "$TMPDIR""#;

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    _process: Child,
}

impl Server {
    /// The one of this test process.
    pub(crate) fn shared() -> &'static Self {
        static SERVER: OnceLock<Server> = OnceLock::new();
        SERVER.get_or_init(Self::start)
    }

    /// One request without a signature, as the emulator allows. The answer with its head.
    pub(crate) fn ask(&self, method: &str, path: &str, body: &str) -> String {
        self.ask_with(method, path, "", body)
    }

    /// The same with more headers, each with its end of line.
    pub(crate) fn ask_with(&self, method: &str, path: &str, headers: &str, body: &str) -> String {
        let mut server = TcpStream::connect(self.address).unwrap();
        let length = body.len();
        write!(
            server,
            "{method} {path} HTTP/1.1\r\nHost: {}\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}",
            self.address
        )
        .unwrap();
        let mut answer = String::new();
        server.read_to_string(&mut answer).unwrap();
        answer
    }

    /// Makes a bucket that no other test knows.
    pub(crate) fn new_bucket(&self) -> String {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("bucket-{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let answer = self.ask("PUT", &format!("/{name}"), "");
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        name
    }

    fn start() -> Self {
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap();
        let folder = tempfile::tempdir().unwrap().keep();
        let mut process = Command::new("sh")
            .args(["-c", SUPERVISOR, &emulator()])
            .env("BIND_HOST", "127.0.0.1")
            .env("GATEWAY_PORT", port.port().to_string())
            .env("IOT_MTLS_ENABLED", "0")
            .env("MINISTACK_ACCOUNT_ID", "123456789012")
            .env("TMPDIR", &folder)
            .env("S3_DATA_DIR", folder.join("s3"))
            .env("STATE_DIR", folder.join("state"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap());
        let mut log = String::new();
        while !log.contains("Running on http") {
            assert_ne!(lines.read_line(&mut log).unwrap(), 0, "no server: {log}");
        }
        // No test reads it, and the server must not wait for a reader.
        std::thread::spawn(move || lines.read_to_end(&mut Vec::new()));
        Self {
            address: port,
            _process: process,
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the test command says where it is"
)]
fn emulator() -> String {
    if let Ok(path) = std::env::var("KIRO_MINISTACK") {
        return path;
    }
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scripts/lib/ministack");
    let found = Command::new(script)
        .stderr(Stdio::inherit())
        .output()
        .unwrap();
    assert!(found.status.success(), "the emulator is not there");
    String::from_utf8(found.stdout).unwrap().trim().to_owned()
}
