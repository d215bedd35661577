//! Buckets: those of the deployment, and those that Kiro writes to.

use crate::permissions::scope::PolicyScope;
use crate::permissions::statement::{Condition, Grant, Resource, Statement};

const CREATE: &[Grant] = &[Grant::call(
    "the code bucket; CloudFormation creates the results bucket with the same action",
    &["s3:CreateBucket"],
)];

const OWN_BUCKETS: &[Grant] = &[
    Grant::call(
        "the code bucket and its protection; emptying and deleting buckets",
        &[
            "s3:DeleteBucket",
            "s3:GetBucketPolicy",
            "s3:GetBucketPublicAccessBlock",
            "s3:GetBucketTagging",
            "s3:GetBucketVersioning",
            "s3:GetEncryptionConfiguration",
            "s3:ListBucket",
            "s3:ListBucketVersions",
            "s3:PutBucketPolicy",
            "s3:PutBucketPublicAccessBlock",
            "s3:PutBucketTagging",
        ],
    ),
    Grant::cloudformation(
        "AWS::S3::Bucket and AWS::S3::BucketPolicy: what the template sets, and everything that they read",
        &[
            "s3:DeleteBucketPolicy",
            "s3:GetAccelerateConfiguration",
            "s3:GetAnalyticsConfiguration",
            "s3:GetBucketAbac",
            "s3:GetBucketAcl",
            "s3:GetBucketCORS",
            "s3:GetBucketLogging",
            "s3:GetBucketMetadataTableConfiguration",
            "s3:GetBucketNotification",
            "s3:GetBucketObjectLockConfiguration",
            "s3:GetBucketOwnershipControls",
            "s3:GetBucketWebsite",
            "s3:GetIntelligentTieringConfiguration",
            "s3:GetInventoryConfiguration",
            "s3:GetLifecycleConfiguration",
            "s3:GetMetricsConfiguration",
            "s3:GetReplicationConfiguration",
            "s3:ListTagsForResource",
            "s3:PutBucketLogging",
            "s3:PutBucketOwnershipControls",
            "s3:PutBucketVersioning",
            "s3:PutEncryptionConfiguration",
            "s3:PutLifecycleConfiguration",
            "s3:TagResource",
            "s3:UntagResource",
        ],
    ),
    Grant::documentation(
        "Athena checks the bucket of its results before each query",
        &["s3:GetBucketLocation", "s3:ListBucketMultipartUploads"],
    ),
];

const OWN_OBJECTS: &[Grant] = &[
    Grant::call(
        "the function's zip, the marker of the first run, the list of principals with grants; emptying buckets",
        &["s3:DeleteObjectVersion", "s3:GetObject", "s3:PutObject"],
    ),
    Grant::cloudformation(
        "AWS::Lambda::Function reads the zip",
        &["s3:GetObjectVersion"],
    ),
    Grant::documentation(
        "DeleteObjects requires it for objects without versions",
        &["s3:DeleteObject"],
    ),
    Grant::documentation(
        "Athena writes query results in parts",
        &["s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"],
    ),
];

const EXPORT_BUCKETS: &[Grant] = &[Grant::call(
    "whether exports exist, and whether Kiro may write them",
    &[
        "s3:GetBucketPolicy",
        "s3:GetEncryptionConfiguration",
        "s3:ListBucket",
    ],
)];

const EXPORTS: &[Grant] = &[Grant::call(
    "the header of one export of each report",
    &["s3:GetObject"],
)];

const DESCRIBE_KEYS: &[Grant] = &[Grant::call(
    "whether the key of the exports is enabled",
    &["kms:DescribeKey"],
)];

const EXPORT_KEYS: &[Grant] = &[Grant::documentation(
    "reading an export that is encrypted with your own key",
    &["kms:Decrypt"],
)];

const RESULTS_KEY: &[Grant] = &[Grant::documentation(
    "query results that are encrypted with your own key",
    &["kms:Decrypt", "kms:GenerateDataKey"],
)];

pub(crate) fn buckets(scope: &PolicyScope) -> Vec<Statement> {
    let mut all = vec![
        Statement::new("CreateBuckets", own_buckets(scope), CREATE),
        Statement::new("OwnBuckets", own_buckets(scope), OWN_BUCKETS).when(in_own_account(scope)),
        Statement::new("OwnObjects", own_objects(scope), OWN_OBJECTS).when(in_own_account(scope)),
    ];
    if !scope.exports.is_empty() {
        all.push(Statement::new(
            "ExportBuckets",
            export_buckets(scope),
            EXPORT_BUCKETS,
        ));
        all.push(Statement::new("Exports", exports(scope), EXPORTS));
    }
    all.extend(keys(scope));
    all
}

/// A condition that excludes a bucket of the same name in another account.
fn in_own_account(scope: &PolicyScope) -> Condition {
    Condition {
        examples: vec![scope.account.clone()],
        ..Condition::equals("aws:ResourceAccount", &["${aws:PrincipalAccount}"])
    }
}

/// Buckets whose names do not begin with the prefix.
fn named_buckets(scope: &PolicyScope) -> Vec<&str> {
    let own = format!("{}-", scope.prefix);
    let named = [
        Some(scope.code_bucket.as_str()),
        scope.existing_results_bucket.as_deref(),
    ];
    let named = named.into_iter().flatten();
    named.filter(|name| !name.starts_with(&own)).collect()
}

fn own_buckets(scope: &PolicyScope) -> Vec<Resource> {
    let example = scope.s3_arn(&format!("{}-resultsbucket-1", scope.data_stack()));
    let mut all = vec![Resource::new(scope.s3_arn(&scope.owned()), example)];
    for name in named_buckets(scope) {
        all.push(Resource::new(scope.s3_arn(name), scope.s3_arn(name)));
    }
    all
}

fn own_objects(scope: &PolicyScope) -> Vec<Resource> {
    let example = scope.s3_arn(&format!(
        "{}-resultsbucket-1/query-results/1.csv",
        scope.data_stack()
    ));
    let pattern = scope.s3_arn(&format!("{}/*", scope.owned()));
    let mut all = vec![Resource::new(pattern, example)];
    for name in named_buckets(scope) {
        let object = |rest: &str| scope.s3_arn(&format!("{name}/{rest}"));
        all.push(Resource::new(object("*"), object("functions/1.zip")));
    }
    all
}

fn export_buckets(scope: &PolicyScope) -> Vec<Resource> {
    let mut all: Vec<Resource> = Vec::new();
    for location in &scope.exports {
        let arn = scope.s3_arn(&location.bucket);
        if !all.iter().any(|resource| resource.pattern == arn) {
            all.push(Resource::new(arn.clone(), arn));
        }
    }
    all
}

fn exports(scope: &PolicyScope) -> Vec<Resource> {
    let locations = scope.exports.iter();
    locations
        .map(|location| {
            let below = match location.prefix.as_str() {
                "" => format!("{}/*", location.bucket),
                prefix => format!("{}/{prefix}/*", location.bucket),
            };
            let example = format!("{}/{}", location.bucket, location.example_key);
            Resource::new(scope.s3_arn(&below), scope.s3_arn(&example))
        })
        .collect()
}

fn keys(scope: &PolicyScope) -> Vec<Statement> {
    let arns = |keys: &[String]| -> Vec<Resource> {
        keys.iter().map(|key| Resource::new(key, key)).collect()
    };
    let mut all = Vec::new();
    let described = if scope.exports_kms_keys.is_empty() {
        // The key is read from the bucket's configuration, and nothing is decrypted.
        vec![Resource::pattern(scope.arn("kms", "key/*"))]
    } else {
        arns(&scope.exports_kms_keys)
    };
    all.push(Statement::new("DescribeKeys", described, DESCRIBE_KEYS));
    if !scope.exports_kms_keys.is_empty() {
        let keys = arns(&scope.exports_kms_keys);
        all.push(Statement::new("ExportKeys", keys, EXPORT_KEYS));
    }
    if let Some(key) = &scope.results_kms_key {
        let keys = arns(std::slice::from_ref(key));
        all.push(Statement::new("ResultsKey", keys, RESULTS_KEY));
    }
    all
}
