//! An unknown name is refused wherever a request chooses something, with the nearest name: never the numbers of everyone.
#![expect(clippy::too_many_lines, reason = "a table")]

use axum::http::StatusCode;
use kiro_web::Access;

use crate::test_server::TestServer;

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_name_is_refused_with_the_nearest_one() {
    let server = TestServer::open(Access::default()).await;
    let (table, column) = server.user_table().await;
    for (path, expected) in [
        (
            "/api/visual/a-credits?acount=999",
            "did you mean `account`?",
        ),
        ("/api/visual/a-credits?Tier=Pro", "did you mean `tier`?"),
        (
            "/api/visual/a-credits?fromm=2026-08-01",
            "did you mean `from`?",
        ),
        // The built-in dashboard has no picker of cost centres.
        (
            "/api/visual/a-credits?cost_center=Pro",
            "unknown parameter `cost_center`, expected one of `sort`",
        ),
        (
            "/api/visual/a-credits?regoin=eu-west-1",
            "did you mean `region`?",
        ),
        ("/api/visual/a-credits?team=", "expected a value for `team`"),
        ("/api/visual/a-credits?date=x", "unknown parameter `date`"),
        (
            "/api/visual/a-credits?sheet=people",
            "unknown parameter `sheet`",
        ),
        (
            "/api/visual/a-credits.csv?acount=999",
            "did you mean `account`?",
        ),
        ("/api/visual/a-credits?=x", "unknown parameter ``"),
        ("/api/visual/a-credits?tier", "expected a value for `tier`"),
        (
            "/api/visual/a-credits?tier=Pro&tier=",
            "expected a value for `tier`",
        ),
        ("/api/visual/a-credits?from=", "expected a value for `from`"),
        (
            "/api/visual/a-credits?user=a&user=b",
            "expected one value for `user`",
        ),
        (
            "/api/visual/a-credits?limit=ten",
            "expected a whole number for `limit`",
        ),
        (
            "/api/visual/a-credits?offset=-1",
            "expected a whole number for `offset`",
        ),
        (
            "/api/visual/a-credits.csv?lang=tlh",
            "expected one of `en`, `zh`, `ko`",
        ),
        (
            "/api/visual/a-credits.csv?bom=yes",
            "expected one of `0`, `1`",
        ),
        (
            "/api/dashboard?lang=tlh",
            "expected one of `en`, `zh`, `ko`",
        ),
        ("/api/dashboard?language=ko", "unknown parameter `language`"),
        ("/api/options/tier?serach=x", "did you mean `search`?"),
        ("/api/options/tier?limit=x", "expected a whole number"),
        ("/api/status?tier=Pro", "none is expected"),
        ("/api/events?tier=Pro", "none is expected"),
        ("/?acount=999", "did you mean `account`?"),
        ("/?cost_center=x", "unknown parameter `cost_center`"),
        ("/?sheet=peopel", "did you mean `people`?"),
        ("/?lang=tlh", "expected one of"),
        ("/?tier=", "expected a value for `tier`"),
    ] {
        let answer = server.get(path).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path}");
        assert!(
            answer.text().contains(expected),
            "{path}: {}",
            answer.text()
        );
    }
    for (sort, expected) in [
        (
            format!("{column}s:asc"),
            format!("did you mean `{column}`?"),
        ),
        (format!("{column}:up"), "expected `<column>:asc`".to_owned()),
    ] {
        let answer = server
            .get(&format!("/api/visual/{table}?sort={sort}"))
            .await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{sort}");
        assert!(answer.text().contains(&expected), "{}", answer.text());
    }
    for (path, expected) in [
        ("/api/visual/a-credit", "did you mean `a-credits`?"),
        ("/api/options/teir", "did you mean `tier`?"),
    ] {
        let answer = server.get(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert!(answer.text().contains(expected), "{}", answer.text());
    }
    let upload = server
        .send(
            axum::http::Request::post("/api/exports?nmae=a.csv")
                .header("host", "localhost")
                .header("content-type", "text/csv")
                .body("x".into())
                .unwrap(),
        )
        .await;
    assert_eq!(upload.status, StatusCode::BAD_REQUEST);
    assert!(upload.text().contains("did you mean `name`?"));
}

#[tokio::test(flavor = "multi_thread")]
async fn known_names_are_accepted_and_an_unknown_value_shows_nobody() {
    let server = TestServer::open(Access::default()).await;
    for path in [
        "/",
        "/?sheet=people&lang=ko-KR&from=2026-08-01&to=2026-08-02&tier=Pro&tier=Power&account=&client=&region=&team=x&token=x",
        "/api/dashboard?lang=zh&token=x",
        "/api/visual/a-credits?account=&client=&region=&team=x&search=&lang=en&bom=0",
        "/api/options/tier?search=&limit=3",
        "/api/status",
    ] {
        let answer = server.get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
    }
    let (table, _) = server.user_table().await;
    let nobody = server
        .get(&format!("/api/visual/{table}?account=999"))
        .await;
    assert_eq!(nobody.json()["total_rows"], 0);
}
