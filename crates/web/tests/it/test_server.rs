//! The application over a few exports in a temporary folder, called without a network.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::format_push_string,
    reason = "tests"
)]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt as _;
use kiro_catalog::{Catalogue, RenderOptions};
use kiro_dashboard::{Spec, builtin_text};
use kiro_ingest::{LocalFolder, ObjectStore};
use kiro_people::{MapRow, PeopleStore, write_map};
use kiro_query::{Engine, EngineOptions};
use kiro_web::{
    Access, AppState, DashboardService, ExportWatcher, StatusChannel, WatcherOptions, app,
};
use serde_json::Value;
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tower::ServiceExt as _;

pub(crate) const HOSTILE_EMAIL: &str = "<img src=x onerror=alert(1)>@example.com";
pub(crate) const FORMULA_ID: &str = "=1+cmd|calc";

/// An export of the current report with one row per user: id, e-mail address, credits.
pub(crate) fn export(day: &str, users: &[(&str, &str, &str)]) -> String {
    let mut text = "Date,UserId,Client_Type,Chat_Conversations,Credits_Used,Overage_Cap,Overage_Credits_Used,Overage_Enabled,\
                    Subscription_Tier,Total_Messages,New_User,User_Email,Usage_Limit,auto_messages,claude_sonnet_4.5_messages\n"
        .to_owned();
    for (user, email, credits) in users {
        text.push_str(&format!("{day},\"{user}\",KIRO_IDE,4,{credits},1000,0.5,true,PRO,86,false,\"{email}\",1000,20,66\n"));
    }
    text
}

/// The application over a temporary source and data folder.
pub(crate) struct TestServer {
    app: Router,
    pub(crate) service: Arc<DashboardService>,
    folder: TempDir,
    watcher_task: JoinHandle<()>,
}

pub(crate) struct TestResponse {
    pub(crate) status: StatusCode,
    headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl TestServer {
    pub(crate) async fn open(access: Access) -> Self {
        Self::with_exports(access, &[]).await
    }

    /// With additional exports: path below the source, and content.
    pub(crate) async fn with_exports(access: Access, more: &[(&str, String)]) -> Self {
        let (folder, source) = Self::exports(more);
        Self::over(folder, Some(source), access, builtin_text()).await
    }

    /// With an identity map.
    pub(crate) async fn with_people(people: &[MapRow]) -> Self {
        let (folder, source) = Self::exports(&[]);
        let identity = folder.path().join("data/identity");
        std::fs::create_dir_all(&identity).unwrap();
        std::fs::write(identity.join("map.parquet"), write_map(people).unwrap()).unwrap();
        Self::over(folder, Some(source), Access::default(), builtin_text()).await
    }

    /// With a dashboard of one's own, and additional exports.
    pub(crate) async fn with_dashboard(dashboard: &str, more: &[(&str, String)]) -> Self {
        let (folder, source) = Self::exports(more);
        Self::over(folder, Some(source), Access::default(), dashboard).await
    }

    fn exports(more: &[(&str, String)]) -> (TempDir, Arc<dyn ObjectStore>) {
        let folder = TempDir::new().unwrap();
        let source = folder.path().join("exports");
        std::fs::create_dir(&source).unwrap();
        for day in 1..=31 {
            let users = [
                ("u-alice", "alice@example.com", "12.5"),
                ("u-bob", HOSTILE_EMAIL, "40"),
                (FORMULA_ID, "", "7"),
            ];
            let text = export(
                &format!("2026-08-{day:02}"),
                &users[..if day % 7 < 2 { 1 } else { 3 }],
            );
            std::fs::write(
                source.join(format!(
                    "KIRO_IDE_123456789012_user_report_202608{day:02}0200.csv"
                )),
                text,
            )
            .unwrap();
        }
        std::fs::write(
            source.join("broken.csv"),
            "Date,UserId\n2026-08-01,\"never closed\n",
        )
        .unwrap();
        for (path, text) in more {
            let path = source.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let source = Arc::new(LocalFolder::open(&source).unwrap());
        (folder, source)
    }

    pub(crate) async fn read_only() -> Self {
        Self::over(
            TempDir::new().unwrap(),
            None,
            Access::default(),
            builtin_text(),
        )
        .await
    }

    /// Over this source, which need not be a folder.
    pub(crate) async fn with_source(source: Arc<dyn ObjectStore>) -> Self {
        Self::over(
            TempDir::new().unwrap(),
            Some(source),
            Access::default(),
            builtin_text(),
        )
        .await
    }

    async fn over(
        folder: TempDir,
        source: Option<Arc<dyn ObjectStore>>,
        access: Access,
        dashboard: &str,
    ) -> Self {
        let data = folder.path().join("data");
        let render = RenderOptions::default();
        let catalogue = Catalogue::render(&render).unwrap();
        let spec = Spec::load(dashboard, "mine.yaml", &catalogue, &render.settings)
            .unwrap_or_else(|errors| panic!("\n{errors}"));
        let destination = source
            .as_ref()
            .map(|_| Arc::new(LocalFolder::create(&data).unwrap()) as Arc<_>);
        let engine = Engine::open(EngineOptions {
            data,
            render,
            since: None,
            until: None,
        })
        .unwrap();
        let service = DashboardService::new(spec, engine);
        let status = Arc::new(StatusChannel::new("0.0.0", ""));
        let options = WatcherOptions {
            sources: source.into_iter().collect(),
            destination,
            clock: Arc::new(chrono::Utc::now),
            poll: Duration::from_millis(100),
            names: Arc::default(),
            people: Some(PeopleStore::open(&folder.path().join("data")).unwrap()),
            is_restricted: false,
            listener: None,
        };
        let watcher = ExportWatcher::new(Arc::clone(&service), Arc::clone(&status), options);
        let state = AppState {
            service: Arc::clone(&service),
            status: Arc::clone(&status),
            watcher: Arc::clone(&watcher),
            access: Arc::new(access),
        };
        let watcher_task = tokio::spawn(watcher.run());
        let server = Self {
            app: app(state),
            service,
            folder,
            watcher_task,
        };
        while !status.current().is_settled() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        server
    }

    pub(crate) fn source(&self) -> PathBuf {
        self.folder.path().join("exports")
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) async fn get(&self, path: &str) -> TestResponse {
        self.send(
            Request::get(path)
                .header("host", "localhost")
                .body(Body::empty())
                .unwrap(),
        )
        .await
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> TestResponse {
        let response = self.app.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        TestResponse {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }

    pub(crate) async fn stream(&self, path: &str) -> Events {
        let request = Request::get(path)
            .header("host", "localhost")
            .body(Body::empty())
            .unwrap();
        let response = self.app.clone().oneshot(request).await.unwrap();
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Events {
            body: response.into_body(),
        }
    }

    pub(crate) async fn upload(
        &self,
        files: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> TestResponse {
        let mut body = String::new();
        for (name, text) in files {
            body.push_str(&format!(
                "--edge\r\nContent-Disposition: form-data; name=\"export\"; filename=\"{name}\"\r\nContent-Type: text/csv\r\n\r\n{text}\r\n"
            ));
        }
        body.push_str("--edge--\r\n");
        let mut request = Request::builder()
            .method(Method::POST)
            .uri("/api/exports")
            .header("host", "localhost");
        request = request.header("content-type", "multipart/form-data; boundary=edge");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    pub(crate) async fn wait_for_status(&self, is_expected: impl Fn(&Value) -> bool) -> Value {
        let mut status = Value::Null;
        for _ in 0..600 {
            status = self.get("/api/status").await.json();
            if is_expected(&status) {
                return status;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the status never became what it should: {status}");
    }

    /// A table with a row per user, and the name of one of its number columns.
    pub(crate) async fn user_table(&self) -> (String, String) {
        let figure = self.get("/api/visual/p-all-users").await.json();
        let columns = figure["columns"].as_array().unwrap();
        let number = columns
            .iter()
            .find(|column| column["format"] == "credits")
            .unwrap();
        (
            "p-all-users".to_owned(),
            number["name"].as_str().unwrap().to_owned(),
        )
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        self.watcher_task.abort();
    }
}

impl TestResponse {
    pub(crate) fn header(&self, name: &str) -> String {
        self.headers
            .get(name)
            .map(|value| value.to_str().unwrap().to_owned())
            .unwrap_or_default()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }
}

pub(crate) struct Events {
    body: Body,
}

impl Events {
    pub(crate) async fn next_text(&mut self) -> String {
        let frame = self.body.frame().await.unwrap().unwrap();
        String::from_utf8(frame.into_data().unwrap().to_vec()).unwrap()
    }
}
