//! Every endpoint, called directly: responses, rejections, headers, downloads, uploads.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::body::{Body, Bytes};
use axum::http::{Method, Request, StatusCode, header};
use kiro_web::{Access, Token};
use serde_json::Value;

use crate::test_server::{FORMULA_ID, HOSTILE_EMAIL, TestServer, export};

#[tokio::test(flavor = "multi_thread")]
async fn the_page_and_its_files_carry_the_safety_headers() {
    let server = TestServer::open(Access::default()).await;
    let page = server.get("/").await;
    assert_eq!(page.status, StatusCode::OK);
    let policy = page.header("content-security-policy");
    for part in [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "frame-ancestors 'none'",
        "form-action 'none'",
        "base-uri 'none'",
    ] {
        assert!(policy.contains(part), "{policy}");
    }
    assert!(!policy.contains("unsafe"), "{policy}");
    assert_eq!(page.header("x-content-type-options"), "nosniff");
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    assert_eq!(page.header("x-frame-options"), "DENY");
    let text = page.text();
    assert!(
        !text.contains("style=") && !text.contains("onclick"),
        "nothing inline"
    );
    let mut files = 0;
    for address in text.split('"').filter(|part| part.starts_with("/assets/")) {
        let file = server.get(address).await;
        assert_eq!(file.status, StatusCode::OK, "{address}");
        assert!(file.header("cache-control").contains("immutable"));
        let known = Request::get(address)
            .header("host", "localhost")
            .header("if-none-match", file.header("etag"));
        assert_eq!(
            server.send(known.body(Body::empty()).unwrap()).await.status,
            StatusCode::NOT_MODIFIED
        );
        files += 1;
    }
    assert_eq!(files, 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_weighs_less_than_two_megabytes() {
    let server = TestServer::open(Access::default()).await;
    let page = server.get("/").await.text();
    let mut bytes = page.len();
    for address in page.split('"').filter(|part| part.starts_with("/assets/")) {
        let request = Request::get(address)
            .header("host", "localhost")
            .header("accept-encoding", "gzip");
        let file = server.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(file.header("content-encoding"), "gzip");
        bytes += file.body.len();
    }
    assert!(bytes < 700_000, "{bytes} bytes");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_host_is_refused() {
    let server = TestServer::open(Access::default()).await;
    for (host, expected) in [
        ("localhost", StatusCode::OK),
        ("localhost:8080", StatusCode::OK),
        ("127.0.0.1:1", StatusCode::OK),
        ("[::1]:80", StatusCode::OK),
        ("LOCALHOST", StatusCode::OK),
        ("evil.example", StatusCode::MISDIRECTED_REQUEST),
        ("localhost.evil.example", StatusCode::MISDIRECTED_REQUEST),
        ("127.0.0.1.evil.example", StatusCode::MISDIRECTED_REQUEST),
        ("169.254.169.254", StatusCode::MISDIRECTED_REQUEST),
        ("", StatusCode::MISDIRECTED_REQUEST),
    ] {
        for path in ["/", "/api/status", "/healthz"] {
            let request = Request::get(path)
                .header("host", host)
                .body(Body::empty())
                .unwrap();
            assert_eq!(server.send(request).await.status, expected, "{host} {path}");
        }
    }
    let without = server
        .send(Request::get("/").body(Body::empty()).unwrap())
        .await;
    assert_eq!(without.status, StatusCode::MISDIRECTED_REQUEST);
    let two = Request::get("/")
        .header("host", "localhost")
        .header("host", "evil.example")
        .body(Body::empty())
        .unwrap();
    assert_eq!(
        server.send(two).await.status,
        StatusCode::MISDIRECTED_REQUEST
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn no_path_leads_out_of_the_page() {
    let server = TestServer::open(Access::default()).await;
    for path in [
        "/assets/../Cargo.toml",
        "/assets/x/../../etc/passwd",
        "/assets/%2e%2e/%2e%2e/etc/passwd",
        "/assets/x/..%2f..%2fetc%2fpasswd",
        "/assets/x/app.js",
        "//etc/passwd",
        "/etc/passwd",
        "/.git/config",
        "/api",
        "/api/visual/",
    ] {
        let answer = server.get(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert!(!answer.header("content-security-policy").is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_configured_token_is_required() {
    let token = Token::new("0123456789abcdef").unwrap();
    let server = TestServer::open(Access {
        host: Some("0.0.0.0".to_owned()),
        token: Some(token),
    })
    .await;
    assert_eq!(server.get("/").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(
        server.get("/api/status").await.status,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(
        server.get("/?token=wrong").await.status,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(server.get("/healthz").await.status, StatusCode::OK);

    let with_bearer = |value: &str| {
        Request::get("/api/status")
            .header("host", "server.example:80")
            .header("authorization", value)
            .body(Body::empty())
            .unwrap()
    };
    assert_eq!(
        server
            .send(with_bearer("Bearer 0123456789abcdef"))
            .await
            .status,
        StatusCode::OK
    );
    assert_eq!(
        server
            .send(with_bearer("Bearer 0123456789abcdeF"))
            .await
            .status,
        StatusCode::UNAUTHORIZED
    );

    let first = server.get("/?sheet=people&token=0123456789abcdef").await;
    assert_eq!(first.status, StatusCode::SEE_OTHER);
    assert_eq!(first.header("location"), "/?sheet=people");
    for foreign in ["//evil.example", "/\\evil.example"] {
        let path = format!("{foreign}?token=0123456789abcdef");
        let redirect = server.get(&path).await;
        assert_eq!(redirect.status, StatusCode::SEE_OTHER, "{path}");
        assert_eq!(redirect.header("location"), "/", "{path}");
    }
    let cookie = first.header("set-cookie");
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"),
        "{cookie}"
    );
    let pair = cookie.split(';').next().unwrap();
    let second = Request::get("/")
        .header("host", "localhost")
        .header("cookie", format!("a=b; {pair}"))
        .body(Body::empty())
        .unwrap();
    assert_eq!(server.send(second).await.status, StatusCode::OK);
    assert!(Token::new("short").is_none() && Token::new("with spaces in it, and long").is_none());
    assert!(Token::generate().unwrap().reveal().len() >= 32);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_dashboard_has_three_languages() {
    let server = TestServer::open(Access::default()).await;
    let mut titles = Vec::new();
    for language in ["en", "zh", "ko"] {
        let page = server
            .get(&format!("/api/dashboard?lang={language}"))
            .await
            .json();
        assert_eq!(page["language"], language);
        assert_eq!(page["days"]["to"], "2026-08-31");
        titles.push(page["sheets"][0]["title"].clone());
        assert!(page["texts"]["picker.all"].is_string() && page["texts"]["menu.csv"].is_string());
    }
    assert_ne!(titles[0], titles[1]);
    let regional = server.get("/api/dashboard?lang=zh-CN").await.json();
    assert_eq!(regional["language"], "zh");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_visual_answers_for_several_selections() {
    let server = TestServer::open(Access::default()).await;
    let page = server.get("/api/dashboard").await.json();
    let user = server.get("/api/options/user?limit=1").await.json()[0]["value"]
        .as_str()
        .unwrap()
        .to_owned();
    let mut asked = 0;
    for visual in page["sheets"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|sheet| sheet["visuals"].as_array().unwrap())
    {
        if visual["kind"] == "text" {
            continue;
        }
        let id = visual["id"].as_str().unwrap();
        for selection in [
            "",
            "from=2026-08-01&to=2026-08-31",
            "tier=Pro&client=KIRO_IDE",
            &format!("user={user}"),
        ] {
            let answer = server.get(&format!("/api/visual/{id}?{selection}")).await;
            assert_eq!(
                answer.status,
                StatusCode::OK,
                "{id} {selection}: {}",
                answer.text()
            );
            let figure = answer.json();
            assert_eq!(figure["id"], id);
            let width = figure["columns"].as_array().unwrap().len();
            assert!(
                figure["rows"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .all(|row| row.as_array().unwrap().len() == width),
                "{id}"
            );
            asked += 1;
        }
    }
    assert!(asked > 100, "{asked}");
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_are_sorted_searched_and_paged() {
    let server = TestServer::open(Access::default()).await;
    let (table, column) = server.user_table().await;
    let whole = server
        .get(&format!(
            "/api/visual/{table}?from=2026-08-01&to=2026-08-31"
        ))
        .await
        .json();
    let place = whole["columns"]
        .as_array()
        .unwrap()
        .iter()
        .position(|one| one["name"] == column.as_str())
        .unwrap();
    let page = server
        .get(&format!(
            "/api/visual/{table}?from=2026-08-01&to=2026-08-31&sort={column}:asc&offset=1&limit=2"
        ))
        .await
        .json();
    assert_eq!(page["total_rows"], whole["total_rows"]);
    let rows = page["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 2);
    assert!(rows[0][place].as_f64() <= rows[1][place].as_f64());
    let found = server
        .get(&format!(
            "/api/visual/{table}?from=2026-08-01&to=2026-08-31&search=onerror"
        ))
        .await
        .json();
    assert_eq!(found["total_rows"], 1, "{found}");
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_names_stay_text_and_downloads_run_nothing() {
    let server = TestServer::open(Access::default()).await;
    let (table, _) = server.user_table().await;
    let figure = server
        .get(&format!(
            "/api/visual/{table}?from=2026-08-01&to=2026-08-31"
        ))
        .await;
    assert_eq!(figure.header("content-type"), "application/json");
    assert!(figure.text().contains(HOSTILE_EMAIL));
    let csv = server
        .get(&format!(
            "/api/visual/{table}.csv?from=2026-08-01&to=2026-08-31"
        ))
        .await;
    assert_eq!(csv.status, StatusCode::OK);
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(
        csv.header("content-disposition"),
        format!("attachment; filename=\"kiro-{table}.csv\"")
    );
    let text = csv.text();
    assert!(
        text.contains(&format!("'{FORMULA_ID}")) || text.contains(&format!("\"'{FORMULA_ID}\"")),
        "{text}"
    );
    for line in text.lines() {
        for cell in line.split(',').map(|cell| cell.trim_start_matches('"')) {
            assert!(!cell.starts_with(['=', '@', '+']), "{line}");
        }
    }
    let marked = server.get(&format!("/api/visual/{table}.csv?bom=1")).await;
    assert!(marked.body.starts_with("\u{feff}".as_bytes()));
}

#[tokio::test(flavor = "multi_thread")]
async fn nonsense_is_answered_with_its_reason() {
    let server = TestServer::open(Access::default()).await;
    for (path, status) in [
        ("/api/visual/nothing", StatusCode::NOT_FOUND),
        ("/api/visual/nothing.csv", StatusCode::NOT_FOUND),
        ("/api/options/nothing", StatusCode::NOT_FOUND),
        ("/api/options/date", StatusCode::BAD_REQUEST),
        (
            "/api/visual/nothing?from=yesterday",
            StatusCode::BAD_REQUEST,
        ),
        (
            "/api/visual/nothing?from=2026-02-02&to=2026-02-01",
            StatusCode::BAD_REQUEST,
        ),
    ] {
        let answer = server.get(path).await;
        assert_eq!(answer.status, status, "{path}");
        assert!(answer.json()["error"].as_str().unwrap().len() > 10);
    }
    let dates = server.get("/api/options/date").await.json();
    assert_eq!(dates["error"], "picker `date` has no list of values");
    let injected = server
        .get("/api/options/user?search=%27%29%20OR%201%3D1%20--&limit=5")
        .await;
    assert_eq!(injected.json().as_array().unwrap().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_status_says_what_was_read_and_what_was_not() {
    let server = TestServer::open(Access::default()).await;
    assert_eq!(server.get("/healthz").await.status, StatusCode::OK);
    let status = server.get("/api/status").await.json();
    assert_eq!(status["state"], "ready");
    assert_eq!(status["newest_day"], "2026-08-31");
    assert_eq!(status["exports"]["failed"], 1);
    assert_eq!(status["failures"][0]["export"], "broken.csv");
    assert!(!status["data_version"].as_str().unwrap().is_empty());
    let mut events = server.stream("/api/events").await;
    let first = events.next_text().await;
    assert!(
        first.contains("event: status") && first.contains("\"ready\""),
        "{first}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn uploads_are_added_once_and_bad_files_are_named() {
    let server = TestServer::open(Access::default()).await;
    let before = server.get("/api/status").await.json()["data_version"].clone();
    let export = export("2026-09-01", &[("u-new", "new@example.com", "10")]);
    let files = [
        (
            "KIRO_IDE_123456789012_user_report_202609020000.csv",
            export.as_str(),
        ),
        ("../../escape.csv", "no,report\n1,2\n"),
        ("notes.txt", "hello"),
    ];
    let answer = server.upload(&files, &[]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let answer = answer.json();
    assert_eq!(
        (&answer["added"], &answer["known"]),
        (&Value::from(1), &Value::from(0)),
        "{answer}"
    );
    let failed: Vec<&str> = answer["failed"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["export"].as_str().unwrap())
        .collect();
    assert_eq!(failed, ["escape.csv", "notes.txt"]);
    let status = server.get("/api/status").await.json();
    assert_eq!(status["newest_day"], "2026-09-01");
    assert_ne!(status["data_version"], before);
    let again = server.upload(&files[..1], &[]).await.json();
    assert_eq!(
        (&again["added"], &again["known"]),
        (&Value::from(0), &Value::from(1))
    );
    assert!(!server.source().join("escape.csv").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_page_itself_may_upload_and_only_exports() {
    let server = TestServer::open(Access::default()).await;
    let files = [("a.csv", "x")];
    for header in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.example"),
    ] {
        assert_eq!(
            server.upload(&files, &[header]).await.status,
            StatusCode::FORBIDDEN,
            "{header:?}"
        );
    }
    // One statement of the browser does not outweigh the other.
    let mixed = [
        ("sec-fetch-site", "same-origin"),
        ("origin", "https://evil.example"),
    ];
    let mixed = server.upload(&files, &mixed).await;
    assert_eq!(mixed.status, StatusCode::FORBIDDEN);
    for header in [
        ("sec-fetch-site", "same-origin"),
        ("origin", "http://localhost"),
    ] {
        assert_eq!(
            server.upload(&files, &[header]).await.status,
            StatusCode::OK,
            "{header:?}"
        );
    }
    let post = |kind: &str, body: Vec<u8>| {
        let request = Request::builder()
            .method(Method::POST)
            .uri("/api/exports")
            .header("host", "localhost");
        request
            .header(header::CONTENT_TYPE, kind)
            .body(Body::from(body))
            .unwrap()
    };
    assert_eq!(
        server
            .send(post("application/json", b"{}".to_vec()))
            .await
            .status,
        StatusCode::UNSUPPORTED_MEDIA_TYPE
    );
    let packed = server
        .send(post("text/csv", b"PK\x03\x04rest".to_vec()))
        .await
        .json();
    assert!(
        packed["failed"][0]["error"]
            .as_str()
            .unwrap()
            .contains("compressed"),
        "{packed}"
    );
    let many: Vec<(String, &str)> = (0..501)
        .map(|number| (format!("{number}.csv"), "x"))
        .collect();
    let many: Vec<(&str, &str)> = many
        .iter()
        .map(|(name, text)| (name.as_str(), *text))
        .collect();
    assert_eq!(
        server.upload(&many, &[]).await.status,
        StatusCode::PAYLOAD_TOO_LARGE
    );
    let get = server.get("/api/exports").await;
    assert_eq!(get.status, StatusCode::METHOD_NOT_ALLOWED);
}

/// A body of `mebibytes` MiB between a head and a tail, and the number of MiB read from it.
fn large_body(head: &str, mebibytes: u32, tail: &str) -> (Body, Arc<AtomicU32>) {
    let read = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&read);
    let piece = Bytes::from(vec![b'x'; 1 << 20]);
    let pieces = (0..mebibytes).map(move |_| {
        counted.fetch_add(1, Ordering::SeqCst);
        piece.clone()
    });
    let (head, tail) = ([head.to_owned().into()], [tail.to_owned().into()]);
    let pieces = head.into_iter().chain(pieces).chain(tail);
    let stream = futures::stream::iter(pieces.map(Ok::<_, std::io::Error>));
    (Body::from_stream(stream), read)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_beyond_the_limit_is_refused_and_read_no_further() {
    let server = TestServer::open(Access::default()).await;
    let (body, read) = large_body("", 600, "");
    let request = Request::post("/api/exports")
        .header("host", "localhost")
        .header(header::CONTENT_TYPE, "text/csv");
    let answer = server.send(request.body(body).unwrap()).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(answer.text().contains("256 MiB"), "{}", answer.text());
    let read = read.load(Ordering::SeqCst);
    assert!((256..=260).contains(&read), "read {read} MiB");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_with_a_file_beyond_the_limit_adds_the_others() {
    let server = TestServer::open(Access::default()).await;
    let part = |name: &str| {
        format!(
            "--edge\r\nContent-Disposition: form-data; name=\"export\"; filename=\"{name}\"\r\n\r\n"
        )
    };
    let export = export("2026-09-01", &[("u-new", "new@example.com", "10")]);
    let name = "KIRO_IDE_123456789012_user_report_202609020000.csv";
    let tail = format!("\r\n{}{export}\r\n--edge--\r\n", part(name));
    let (body, _) = large_body(&part("large.csv"), 257, &tail);
    let request = Request::post("/api/exports")
        .header("host", "localhost")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge");
    let answer = server.send(request.body(body).unwrap()).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let answer = answer.json();
    assert_eq!(answer["added"], 1, "{answer}");
    assert_eq!(answer["failed"][0]["export"], "large.csv", "{answer}");
    let error = answer["failed"][0]["error"].as_str().unwrap();
    assert_eq!(error, "the file is larger than 256 MiB");
}

#[tokio::test(flavor = "multi_thread")]
async fn new_exports_in_the_source_are_noticed() {
    let server = TestServer::open(Access::default()).await;
    let before = server.get("/api/status").await.json();
    let export = export("2026-09-03", &[("u-late", "late@example.com", "10")]);
    std::fs::write(
        server
            .source()
            .join("KIRO_IDE_123456789012_user_report_202609040000.csv"),
        export,
    )
    .unwrap();
    let after = server
        .wait_for_status(|status| status["newest_day"] == "2026-09-03")
        .await;
    assert_ne!(after["data_version"], before["data_version"]);
    assert_eq!(
        after["exports"]["seen"].as_u64().unwrap(),
        before["exports"]["seen"].as_u64().unwrap() + 1
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_cannot_be_written_is_shown_but_not_added_to() {
    let server = TestServer::read_only().await;
    let status = server.get("/api/status").await.json();
    assert_eq!(status["state"], "empty");
    assert_eq!(
        server.upload(&[("a.csv", "x")], &[]).await.status,
        StatusCode::CONFLICT
    );
    let page = server.get("/api/dashboard").await.json();
    assert_eq!(page["days"], Value::Null);
    let figure = server.get("/api/visual/a-credits").await.json();
    assert!(figure["empty"]["reason"].is_string(), "{figure}");
}
