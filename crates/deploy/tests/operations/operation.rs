//! The operation of a request.

use crate::server::Asked;

/// Kinds of assets as paths have them, and as operations do: one, and many.
const ASSETS: [(&str, &str, &str); 5] = [
    ("dashboards", "Dashboard", "Dashboards"),
    ("analyses", "Analysis", "Analyses"),
    ("data-sets", "DataSet", "DataSets"),
    ("data-sources", "DataSource", "DataSources"),
    ("themes", "Theme", "Themes"),
];

/// The name of the operation, as the protocol encodes it.
pub(crate) fn operation(asked: &Asked) -> String {
    let target = asked.header("x-amz-target");
    if let Some((_, name)) = target.split_once('.') {
        return name.to_owned();
    }
    if let Some(form) = asked.body.strip_prefix("Action=") {
        return form.split('&').next().unwrap_or_default().to_owned();
    }
    let signature = asked.header("authorization");
    let (path, query) = asked
        .path
        .split_once('?')
        .unwrap_or((asked.path.as_str(), ""));
    let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
    if signature.contains("/s3/") {
        return of_bucket(&asked.method, &segments, query).to_owned();
    }
    if signature.contains("/quicksight/") {
        return of_quicksight(&asked.method, &segments);
    }
    match segments.as_slice() {
        ["2016-08-19", ..] => "GetAccountSettings".to_owned(),
        ["2015-03-31", "functions", _, "configuration"] => "GetFunctionConfiguration".to_owned(),
        ["schedules", _] => "GetSchedule".to_owned(),
        ["service", _, "operation", name] | [name] => (*name).to_owned(),
        _ => panic!("unexpected request {} {}", asked.method, asked.path),
    }
}

fn of_bucket(method: &str, segments: &[&str], query: &str) -> &'static str {
    let asks = |name: &str| {
        query
            .split('&')
            .any(|part| part.split('=').next() == Some(name))
    };
    match (method, segments) {
        ("GET", [""]) => "ListBuckets",
        ("HEAD", [_]) => "HeadBucket",
        ("HEAD", _) => "HeadObject",
        ("GET", [_]) if asks("encryption") => "GetBucketEncryption",
        ("GET", [_]) if asks("versioning") => "GetBucketVersioning",
        ("GET", [_]) if asks("publicAccessBlock") => "GetPublicAccessBlock",
        ("GET", [_]) if asks("policy") => "GetBucketPolicy",
        ("GET", [_]) if asks("tagging") => "GetBucketTagging",
        ("GET", [_]) if asks("versions") => "ListObjectVersions",
        ("GET", [_]) if asks("list-type") => "ListObjectsV2",
        ("GET", _) => "GetObject",
        ("PUT", [_]) if asks("tagging") => "PutBucketTagging",
        ("POST", [_]) if asks("delete") => "DeleteObjects",
        ("DELETE", [_]) => "DeleteBucket",
        _ => panic!("unexpected request {method} {segments:?} {query}"),
    }
}

fn of_quicksight(method: &str, segments: &[&str]) -> String {
    let verb = match method {
        "GET" => "Describe",
        "DELETE" => "Delete",
        _ => "Create",
    };
    let asset = |folder: &str| ASSETS.iter().find(|(name, ..)| *name == folder);
    match segments {
        ["account", _] => "DescribeAccountSubscription".to_owned(),
        ["resources", _, "tags"] => "ListTagsForResource".to_owned(),
        [_, _, "namespaces", _, "users", _] => "DescribeUser".to_owned(),
        [_, _, "namespaces", _, "groups", _] => "DescribeGroup".to_owned(),
        [_, _, "data-sets", _, "ingestions"] => "ListIngestions".to_owned(),
        [_, _, "data-sets", _, "ingestions", _] => format!("{verb}Ingestion"),
        [_, _, folder] => format!("List{}", asset(folder).unwrap().2),
        [_, _, folder, _] => format!("{verb}{}", asset(folder).unwrap().1),
        _ => panic!("unexpected request {method} {segments:?}"),
    }
}

/// Returns true if an operation changes something, by its name.
pub(crate) fn is_mutating(operation: &str) -> bool {
    let reading = [
        "Get", "List", "Describe", "Search", "BatchGet", "Simulate", "Validate", "Head",
    ];
    !reading.iter().any(|verb| operation.starts_with(verb))
}
