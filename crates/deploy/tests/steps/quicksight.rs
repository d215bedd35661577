//! A double of Amazon Quick Sight for a deployment's assets: stores requests, and fails on demand.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};

use kiro_deploy::step::Deployment;
use serde_json::{Value, json};

use crate::deployment::{ALICE, deployment};
use crate::server::{Asked, Given, Server};

/// Folders in paths, and the names of the same kinds in ARNs and in answers.
const KINDS: [(&str, &str, &str); 5] = [
    ("dashboards", "dashboard", "Dashboard"),
    ("analyses", "analysis", "Analysis"),
    ("data-sets", "dataset", "DataSet"),
    ("data-sources", "datasource", "DataSource"),
    ("themes", "theme", "Theme"),
];

#[derive(Debug, Clone, Default)]
pub(crate) struct FakeAsset {
    pub(crate) status: String,
    /// The last request.
    pub(crate) body: Value,
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) permissions: BTreeMap<String, Value>,
    pub(crate) errors: Value,
    pub(crate) version: i64,
    pub(crate) updated: f64,
    /// Imports of a dataset, the oldest first: id and status. A running one ends when it is described.
    pub(crate) ingestions: Vec<(String, &'static str)>,
}

#[derive(Debug, Default)]
pub(crate) struct State {
    /// By folder and id: `analyses/kiro-analytics-kiro`.
    pub(crate) assets: BTreeMap<String, FakeAsset>,
    /// The next creations or updates in a folder are refused: method and folder, code, message.
    pub(crate) refusals: VecDeque<(&'static str, &'static str, &'static str)>,
    /// The next creations in a folder fail: folder, errors.
    pub(crate) failures: VecDeque<(&'static str, Value)>,
    /// How many of the next imports fail.
    pub(crate) failed_imports: usize,
}

pub(crate) struct QuickSight {
    pub(crate) server: Server,
    state: Arc<Mutex<State>>,
}

impl QuickSight {
    pub(crate) async fn start() -> Self {
        let state: Arc<Mutex<State>> = Arc::default();
        let known = Arc::clone(&state);
        let server = Server::start(move |asked| answer(asked, &mut known.lock().unwrap())).await;
        Self { server, state }
    }

    pub(crate) async fn deployment(&self) -> Deployment {
        deployment(&self.server).await
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Adds an asset of the deployment `kiro-analytics`.
    pub(crate) fn add(&self, path: &str, status: &str) {
        let tag = ("kiro-analytics:deployment", "kiro-analytics");
        let asset = FakeAsset {
            status: status.to_owned(),
            body: json!({"Name": "Kiro"}),
            tags: [(tag.0.to_owned(), tag.1.to_owned())].into(),
            permissions: [(ALICE.to_owned(), json!([]))].into(),
            errors: json!([]),
            version: 1,
            updated: 1.0,
            ingestions: Vec::new(),
        };
        self.state().assets.insert(path.to_owned(), asset);
    }

    /// Requests that change something: method and path.
    pub(crate) fn changes(&self) -> Vec<String> {
        let asked = self.server.asked().into_iter();
        asked
            .filter(|asked| asked.method != "GET" && !asked.body.starts_with("Action="))
            .filter(|asked| !is_of_glue(asked))
            .map(|asked| {
                let path = asked.path.trim_start_matches("/accounts/123456789012/");
                format!("{} {path}", asked.method)
            })
            .collect()
    }
}

fn refused(status: u16, code: &str, message: &str) -> Given {
    Given {
        headers: vec![("x-amzn-errortype", code.to_owned())],
        ..Given::text(status, &json!({"Message": message}).to_string())
    }
}

/// Returns true for a call of the catalogue, which has no tables.
fn is_of_glue(asked: &Asked) -> bool {
    asked.header("x-amz-target").starts_with("AWSGlue.")
}

fn answer(asked: &Asked, state: &mut State) -> Given {
    if is_of_glue(asked) {
        return Given::json(&json!({"TableList": []}));
    }
    if asked.body.starts_with("Action=") {
        let text = "<ErrorResponse><Error><Code>ValidationError</Code><Message>Stack does not exist</Message></Error></ErrorResponse>";
        return Given::text(400, text);
    }
    let (path, query) = asked.path.split_once('?').unwrap_or((&asked.path, ""));
    let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
    let body: Value = serde_json::from_str(&asked.body).unwrap_or_default();
    match segments.as_slice() {
        ["resources", arn, "tags"] => tags(asked, arn, &body, state),
        [_, _, "restore", folder, id] => {
            let key = format!("{folder}/{id}");
            let restored = state.assets.get_mut(&key).unwrap();
            "CREATION_SUCCESSFUL".clone_into(&mut restored.status);
            Given::json(&json!({}))
        }
        [_, _, folder] if asked.method == "GET" => list(folder, state),
        [_, _, folder, rest @ ..] => {
            let member = KINDS.iter().find(|kind| kind.0 == *folder).unwrap().2;
            let own = body[format!("{member}Id")].as_str().map(str::to_owned);
            let id = own.unwrap_or_else(|| (*rest.first().unwrap()).to_owned());
            asset(
                asked,
                folder,
                &id,
                rest.get(1..).unwrap_or_default(),
                query,
                &body,
                state,
            )
        }
        _ => panic!("unexpected request {} {path}", asked.method),
    }
}

fn list(folder: &str, state: &State) -> Given {
    let (_, segment, member) = KINDS.iter().find(|kind| kind.0 == folder).unwrap();
    let list = match folder {
        "dashboards" => "DashboardSummaryList",
        "analyses" => "AnalysisSummaryList",
        "data-sets" => "DataSetSummaries",
        "data-sources" => "DataSources",
        _ => "ThemeSummaryList",
    };
    let listed = state.assets.iter().filter_map(|(key, asset)| {
        let id = key.strip_prefix(&format!("{folder}/"))?;
        let arn = format!("arn:aws:quicksight:eu-central-1:123456789012:{segment}/{id}");
        let rules = &asset.body["RowLevelPermissionDataSet"];
        Some(json!({
            format!("{member}Id"): id, "Arn": arn, "Name": id, "Status": asset.status, "RowLevelPermissionDataSet": rules
        }))
    });
    Given::json(&json!({ list: listed.collect::<Vec<_>>() }))
}

fn tags(asked: &Asked, arn: &str, body: &Value, state: &mut State) -> Given {
    let arn = arn.replace("%3A", ":").replace("%2F", "/");
    let resource = arn.rsplit(':').next().unwrap();
    let (segment, id) = resource.split_once('/').unwrap();
    let folder = KINDS.iter().find(|kind| kind.1 == segment).unwrap().0;
    let Some(asset) = state.assets.get_mut(&format!("{folder}/{id}")) else {
        return refused(404, "ResourceNotFoundException", "no such resource");
    };
    if asked.method == "POST" {
        asset.tags.extend(tag_map(&body["Tags"]));
    }
    let tags = asset.tags.iter();
    let tags: Vec<Value> = tags
        .map(|(key, value)| json!({"Key": key, "Value": value}))
        .collect();
    Given::json(&json!({"Tags": tags}))
}

fn tag_map(tags: &Value) -> BTreeMap<String, String> {
    let text = |tag: &Value, name: &str| tag[name].as_str().unwrap().to_owned();
    let tags = tags.as_array().into_iter().flatten();
    tags.map(|tag| (text(tag, "Key"), text(tag, "Value")))
        .collect()
}

fn asset(
    asked: &Asked,
    folder: &str,
    id: &str,
    rest: &[&str],
    query: &str,
    body: &Value,
    state: &mut State,
) -> Given {
    let key = format!("{folder}/{id}");
    let what = format!("{} {folder}", asked.method);
    if rest.is_empty() && state.refusals.front().is_some_and(|next| next.0 == what) {
        let (_, code, message) = state.refusals.pop_front().unwrap();
        return refused(400, code, message);
    }
    if asked.method == "POST" && rest.is_empty() {
        if state.assets.contains_key(&key) {
            return refused(409, "ResourceExistsException", "it exists");
        }
        let mut created = FakeAsset {
            status: "CREATION_SUCCESSFUL".to_owned(),
            body: body.clone(),
            tags: tag_map(&body["Tags"]),
            errors: json!([]),
            version: 1,
            updated: 1.0,
            ..FakeAsset::default()
        };
        if folder == "data-sets" {
            created.ingestions.push(("initial".to_owned(), "RUNNING"));
        }
        change_permissions(&mut created, &body["Permissions"], &Value::Null);
        if state.failures.front().is_some_and(|next| next.0 == folder) {
            created.errors = state.failures.pop_front().unwrap().1;
            "CREATION_FAILED".clone_into(&mut created.status);
        }
        state.assets.insert(key, created);
        return Given::json(&json!({}));
    }
    let Some(found) = state.assets.get_mut(&key) else {
        return refused(404, "ResourceNotFoundException", "no such resource");
    };
    match (asked.method.as_str(), rest) {
        ("GET", ["permissions"]) => {
            let held = found.permissions.iter();
            let held: Vec<Value> = held
                .map(|(principal, actions)| json!({"Principal": principal, "Actions": actions}))
                .collect();
            Given::json(&json!({"Permissions": held}))
        }
        ("GET", ["definition"]) => Given::json(&found.body),
        ("GET", ["ingestions"]) => {
            let listed = found.ingestions.iter().rev().map(ingestion);
            Given::json(&json!({"Ingestions": listed.collect::<Vec<_>>()}))
        }
        ("PUT", ["ingestions", id]) => {
            found.ingestions.push(((*id).to_owned(), "RUNNING"));
            Given::json(&json!({"IngestionId": id}))
        }
        ("GET", ["ingestions", id]) => {
            let mut ingestions = found.ingestions.iter_mut();
            let asked = ingestions.find(|(known, _)| known == id).unwrap();
            if asked.1 == "RUNNING" {
                let fails = state.failed_imports > 0;
                state.failed_imports = state.failed_imports.saturating_sub(1);
                asked.1 = if fails { "FAILED" } else { "COMPLETED" };
            }
            Given::json(&json!({"Ingestion": ingestion(asked)}))
        }
        ("GET", []) => Given::json(&described(folder, found)),
        ("PUT" | "POST", ["permissions"]) => {
            change_permissions(found, &body["GrantPermissions"], &body["RevokePermissions"]);
            Given::json(&json!({}))
        }
        ("PUT", ["versions", _]) => Given::json(&json!({})),
        ("PUT", []) if found.status == "CREATION_FAILED" || found.status == "DELETED" => {
            refused(409, "ConflictException", "it cannot be changed")
        }
        ("PUT", []) => {
            found.body = body.clone();
            found.version += 1;
            found.updated += 1.0;
            let arn = format!("arn:aws:quicksight:::{key}/version/{}", found.version);
            Given::json(&json!({"VersionArn": arn}))
        }
        ("DELETE", []) if folder == "analyses" && !query.contains("force-delete") => {
            "DELETED".clone_into(&mut found.status);
            Given::json(&json!({}))
        }
        ("DELETE", []) => {
            state.assets.remove(&key);
            Given::json(&json!({}))
        }
        other => panic!("unexpected request {other:?}"),
    }
}

fn ingestion((id, status): &(String, &'static str)) -> Value {
    json!({"Arn": "arn", "IngestionId": id, "IngestionStatus": status, "CreatedTime": 1.0})
}

fn change_permissions(asset: &mut FakeAsset, grants: &Value, revocations: &Value) {
    for grant in grants.as_array().into_iter().flatten() {
        let principal = grant["Principal"].as_str().unwrap().to_owned();
        asset
            .permissions
            .insert(principal, grant["Actions"].clone());
    }
    for revocation in revocations.as_array().into_iter().flatten() {
        asset
            .permissions
            .remove(revocation["Principal"].as_str().unwrap());
    }
}

fn described(folder: &str, asset: &FakeAsset) -> Value {
    let member = KINDS.iter().find(|kind| kind.0 == folder).unwrap().2;
    let mut document = asset.body.clone();
    document["LastUpdatedTime"] = json!(asset.updated);
    match folder {
        "dashboards" | "themes" => {
            let mut version = json!({"Status": asset.status, "VersionNumber": asset.version, "Errors": asset.errors});
            version["BaseThemeId"] = asset.body["BaseThemeId"].clone();
            version["Configuration"] = asset.body["Configuration"].clone();
            document["Version"] = version;
        }
        "data-sources" => {
            document["Status"] = json!(asset.status);
            document["ErrorInfo"] = asset.errors[0].clone();
        }
        _ => {
            document["Status"] = json!(asset.status);
            document["Errors"] = asset.errors.clone();
        }
    }
    json!({ member: document })
}
