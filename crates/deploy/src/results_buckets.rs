//! Results buckets that earlier stacks of a deployment have left, found by their tag.

use aws_sdk_s3::operation::list_buckets::ListBucketsOutput;

use crate::aws::{Aws, AwsError, Context};
use crate::identity_remains::is_identity_bucket;
use crate::names::Names;
use crate::tags;

/// Characters of a stack's name that every generated bucket name begins with: `CloudFormation` shortens long names to the 63
/// characters of a bucket name.
const MAX_STACK_CHARACTERS: usize = 20;

/// The buckets that carry the deployment's tag, without the one for the function's code. Empty if the caller may not list
/// buckets.
///
/// # Errors
///
/// If the buckets or their tags cannot be read.
pub(crate) async fn results_buckets(aws: &Aws, names: &Names) -> Result<Vec<String>, AwsError> {
    let stack = names.data_stack();
    let start: String = stack.chars().take(MAX_STACK_CHARACTERS).collect();
    let call = aws.clients().s3.list_buckets().prefix(&start);
    let pages = call.into_paginator().send().collect::<Result<Vec<_>, _>>();
    let pages = match pages.await.context(aws, "s3:ListBuckets", "your buckets") {
        Err(error) if error.is_denied() => return Ok(Vec::new()),
        pages => pages?,
    };
    let code = names.default_code_bucket();
    let listed = pages.iter().flat_map(ListBucketsOutput::buckets);
    let candidates = listed
        .filter_map(|bucket| bucket.name())
        .filter(|name| name.starts_with(&start) && *name != code && !is_identity_bucket(name));
    let mut found = Vec::new();
    for bucket in candidates {
        let tags = aws.buckets().owned().tags(bucket).await?;
        if tags.get(tags::DEPLOYMENT) == Some(&names.prefix) {
            found.push(bucket.to_owned());
        }
    }
    Ok(found)
}
