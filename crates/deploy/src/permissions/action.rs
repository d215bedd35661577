//! The actions of calls: IAM names some otherwise than the API does.

/// Calls that need no permission.
pub const FREE_CALLS: &[&str] = &["sts:GetCallerIdentity"];

/// Calls whose action has another name. From the service authorization reference.
pub const RENAMED_CALLS: &[(&str, &str)] = &[
    ("lambda:Invoke", "lambda:InvokeFunction"),
    ("s3:CompleteMultipartUpload", "s3:PutObject"),
    ("s3:CreateMultipartUpload", "s3:PutObject"),
    ("s3:DeleteObjects", "s3:DeleteObjectVersion"),
    ("s3:GetBucketEncryption", "s3:GetEncryptionConfiguration"),
    (
        "s3:GetBucketLifecycleConfiguration",
        "s3:GetLifecycleConfiguration",
    ),
    ("s3:GetPublicAccessBlock", "s3:GetBucketPublicAccessBlock"),
    ("s3:HeadBucket", "s3:ListBucket"),
    ("s3:HeadObject", "s3:GetObject"),
    ("s3:ListBuckets", "s3:ListAllMyBuckets"),
    ("s3:ListMultipartUploads", "s3:ListBucketMultipartUploads"),
    ("s3:ListObjectVersions", "s3:ListBucketVersions"),
    ("s3:ListObjects", "s3:ListBucket"),
    ("s3:ListObjectsV2", "s3:ListBucket"),
    ("s3:ListParts", "s3:ListMultipartUploadParts"),
    ("s3:PutBucketEncryption", "s3:PutEncryptionConfiguration"),
    (
        "s3:PutBucketLifecycleConfiguration",
        "s3:PutLifecycleConfiguration",
    ),
    ("s3:PutPublicAccessBlock", "s3:PutBucketPublicAccessBlock"),
    ("s3:UploadPart", "s3:PutObject"),
];

/// The action that a policy must allow for a call: `s3:ListBucket` for `s3:HeadBucket`.
pub fn action_of_call(call: &str) -> &str {
    let renamed = RENAMED_CALLS.iter().find(|(name, _)| *name == call);
    renamed.map_or(call, |(_, action)| action)
}
