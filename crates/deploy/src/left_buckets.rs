//! Buckets that the stacks of a deployment have created, found by name and tag: also those that earlier stacks have left.

use aws_sdk_s3::operation::list_buckets::ListBucketsOutput;

use crate::aws::{Aws, AwsError, Context};
use crate::names::Names;
use crate::tags;

/// Characters of a stack's name that every generated bucket name begins with: `CloudFormation` shortens long names to the 63
/// characters of a bucket name.
const MAX_STACK_CHARACTERS: usize = 20;

/// The buckets with a generated name of `stack`, the tag of the deployment and a name that `is_wanted`. `None` if the caller may
/// not list buckets.
///
/// # Errors
///
/// If the buckets or their tags cannot be read.
pub(crate) async fn left_buckets(
    aws: &Aws,
    names: &Names,
    stack: &str,
    is_wanted: impl Fn(&str) -> bool,
) -> Result<Option<Vec<String>>, AwsError> {
    let start: String = stack.chars().take(MAX_STACK_CHARACTERS).collect();
    let call = aws.clients().s3.list_buckets().prefix(&start);
    let pages = call.into_paginator().send().collect::<Result<Vec<_>, _>>();
    let pages = match pages.await.context(aws, "s3:ListBuckets", "your buckets") {
        Err(error) if error.is_denied() => return Ok(None),
        pages => pages?,
    };
    let mut found = Vec::new();
    for bucket in pages.iter().flat_map(ListBucketsOutput::buckets) {
        let Some(name) = bucket.name() else { continue };
        if !name.starts_with(&start) || !is_wanted(name) {
            continue;
        }
        let tags = aws.buckets().owned().tags(name).await?;
        if tags.get(tags::DEPLOYMENT) == Some(&names.prefix) {
            found.push(name.to_owned());
        }
    }
    Ok(Some(found))
}
