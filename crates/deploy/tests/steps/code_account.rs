//! An account with a code bucket, a stack and a function, for the steps around the function's code.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use kiro_deploy::step::Deployment;
use serde_json::{Value, json};

use crate::deployment::{action, deployment};
use crate::server::{Asked, Given, Server};

pub(crate) const ACCOUNT: &str = "123456789012";
pub(crate) const CODE: &str = "kiro-analytics-code-123456789012-eu-central-1";

/// The state of the account.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is one property")]
pub(crate) struct State {
    /// The account that owns all buckets; every other expected owner is refused.
    pub(crate) owner: &'static str,
    /// True if the buckets allow requests that name no owner.
    pub(crate) is_open: bool,
    pub(crate) has_bucket: bool,
    pub(crate) is_closed: bool,
    pub(crate) policy: Option<String>,
    /// The last `Tagging` document.
    pub(crate) tags: Option<String>,
    /// SHA-256 by the key of an object in the code bucket.
    pub(crate) objects: BTreeMap<String, String>,
    /// The stack's results bucket; no stack if it is empty.
    pub(crate) results_bucket: &'static str,
    pub(crate) has_parts: bool,
    /// Parameter `CodeKey` of the stack.
    pub(crate) code_key: String,
    /// SHA-256 of the code that the function runs.
    pub(crate) function_sha256: String,
    /// A bucket with results that is left, and the deployment that its tag names.
    pub(crate) left: (&'static str, &'static str),
    /// The function's responses, one per call.
    pub(crate) answers: Vec<Value>,
}

impl Default for State {
    fn default() -> Self {
        Self {
            owner: ACCOUNT,
            is_open: true,
            has_bucket: false,
            is_closed: false,
            policy: None,
            tags: None,
            objects: BTreeMap::new(),
            results_bucket: "",
            has_parts: false,
            code_key: String::new(),
            function_sha256: String::new(),
            left: ("kiro-analytics-data-resultsbucket-0", "kiro-analytics"),
            answers: Vec::new(),
        }
    }
}

/// The account and how it is reached.
pub(crate) struct CodeAccount {
    pub(crate) server: Server,
    pub(crate) state: Arc<Mutex<State>>,
}

impl CodeAccount {
    pub(crate) async fn new(state: State) -> Self {
        let state = Arc::new(Mutex::new(state));
        let shared = Arc::clone(&state);
        let server = Server::start(move |asked| answer(asked, &mut shared.lock().unwrap())).await;
        Self { server, state }
    }

    /// A deployment with the normalizer alone, which finds the function's zips in this folder.
    pub(crate) async fn deployment(&self, folder: &Path) -> Deployment {
        let mut deployment = Deployment {
            function_folders: vec![folder.to_owned()],
            ..deployment(&self.server).await
        };
        deployment.resolved.settings.quicksight = false;
        deployment
    }

    pub(crate) fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state.lock().unwrap());
    }

    /// Methods and paths of the requests that changed something.
    pub(crate) fn written(&self) -> Vec<String> {
        let asked = self.server.asked().into_iter();
        asked
            .filter(|asked| asked.method == "PUT")
            .map(|asked| format!("{} {}", asked.method, asked.path))
            .collect()
    }
}

fn answer(asked: &Asked, state: &mut State) -> Given {
    if asked.header("authorization").contains("/s3/aws4_request") {
        return s3(asked, state);
    }
    match action(asked) {
        "DescribeStacks" => return stack(state),
        "" => {}
        other => panic!("unexpected action {other}"),
    }
    let path = asked.path.as_str();
    if path.ends_with("/configuration") {
        return Given::json(&json!({"State": "Active", "LastUpdateStatus": "Successful",
            "CodeSha256": state.function_sha256}));
    }
    if path.ends_with("/code") {
        let order: Value = serde_json::from_str(&asked.body).unwrap();
        let key = order["S3Key"].as_str().unwrap();
        state.function_sha256 = state.objects[key].clone();
        return Given::json(&json!({}));
    }
    Given::json(&state.answers.remove(0))
}

fn stack(state: &State) -> Given {
    if state.results_bucket.is_empty() {
        let body = "<ErrorResponse><Error><Code>ValidationError</Code><Message>Stack does not exist</Message></Error></ErrorResponse>";
        return Given::text(400, body);
    }
    let output = |key: &str, value: &str| {
        format!("<member><OutputKey>{key}</OutputKey><OutputValue>{value}</OutputValue></member>")
    };
    let body = format!(
        "<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>kiro-analytics-data</StackName>\
         <CreationTime>2026-07-01T00:00:00Z</CreationTime><StackStatus>CREATE_COMPLETE</StackStatus><Outputs>{}{}</Outputs>\
         <Parameters><member><ParameterKey>CodeKey</ParameterKey><ParameterValue>{}</ParameterValue></member></Parameters>\
         </member></Stacks></DescribeStacksResult></DescribeStacksResponse>",
        output("ResultsBucketName", state.results_bucket),
        output("NormalizerName", "f"),
        state.code_key,
    );
    Given::text(200, &body)
}

fn s3(asked: &Asked, state: &mut State) -> Given {
    let expected = asked.header("x-amz-expected-bucket-owner");
    let is_refused = if expected.is_empty() {
        state.owner != ACCOUNT && !state.is_open
    } else {
        expected != state.owner
    };
    if is_refused {
        return Given::text(
            403,
            "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>",
        );
    }
    let (path, query) = asked.path.split_once('?').unwrap_or((&asked.path, ""));
    let path = path.trim_matches('/');
    let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
    if bucket == CODE {
        return code_bucket(asked, query, key, state);
    }
    let (left, deployment) = state.left;
    if bucket.is_empty() {
        let list = format!(
            "<ListAllMyBucketsResult><Buckets><Bucket><Name>{left}</Name></Bucket></Buckets></ListAllMyBucketsResult>"
        );
        return Given::text(200, &list);
    }
    if query.contains("tagging") {
        let tags = format!(
            "<Tagging><TagSet><Tag><Key>kiro-analytics:deployment</Key><Value>{deployment}</Value></Tag></TagSet></Tagging>"
        );
        return Given::text(200, &tags);
    }
    // The exports, and the parts.
    let is_exports = bucket == "example-kiro-reports";
    let body = if is_exports || state.has_parts {
        "<ListBucketResult><CommonPrefixes><Prefix>x/</Prefix></CommonPrefixes><Contents><Key>x</Key><Size>1</Size></Contents></ListBucketResult>"
    } else {
        "<ListBucketResult/>"
    };
    Given::text(200, body)
}

fn code_bucket(asked: &Asked, query: &str, key: &str, state: &mut State) -> Given {
    let missing = || {
        Given::text(
            404,
            "<Error><Code>NoSuchThing</Code><Message>none</Message></Error>",
        )
    };
    let asks = |name: &str| query.split(['&', '=']).any(|part| part == name);
    let found = |document: &Option<String>| {
        document
            .as_ref()
            .map_or_else(missing, |document| Given::text(200, document))
    };
    match (asked.method.as_str(), key) {
        ("HEAD" | "GET", _) if !state.has_bucket => missing(),
        ("HEAD", "") => Given {
            headers: vec![("x-amz-bucket-region", "eu-central-1".to_owned())],
            ..Given::text(200, "")
        },
        ("GET", "") if asks("publicAccessBlock") && !state.is_closed => missing(),
        ("GET", "") if asks("publicAccessBlock") => Given::text(
            200,
            "<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>true</IgnorePublicAcls>\
             <BlockPublicPolicy>true</BlockPublicPolicy><RestrictPublicBuckets>true</RestrictPublicBuckets></PublicAccessBlockConfiguration>",
        ),
        ("GET", "") if asks("policy") => found(&state.policy),
        ("GET", "") if asks("tagging") => found(&state.tags),
        ("PUT", "") => {
            match query.split(['&', '=']).next().unwrap() {
                "publicAccessBlock" => state.is_closed = true,
                "policy" => state.policy = Some(asked.body.clone()),
                "tagging" => state.tags = Some(asked.body.clone()),
                _ => state.has_bucket = true,
            }
            Given::text(200, "")
        }
        ("HEAD", key) => state.objects.get(key).map_or_else(missing, |sha256| Given {
            headers: vec![("x-amz-checksum-sha256", sha256.clone())],
            ..Given::text(200, "")
        }),
        ("PUT", key) => {
            let sha256 = asked.header("x-amz-checksum-sha256").to_owned();
            state.objects.insert(key.to_owned(), sha256);
            Given::text(200, "")
        }
        (method, _) => panic!("unexpected {method} {}", asked.path),
    }
}
