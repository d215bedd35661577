//! What a deployment without identity mapping still has of names: a stack, and buckets.

use aws_sdk_s3::operation::list_buckets::ListBucketsOutput;

use crate::aws::{Aws, AwsError, Context};
use crate::names::Names;
use crate::stack::Stack;
use crate::stack_resources::StackResource;
use crate::tags;

/// Parts of the generated names of the buckets: of the map, and of its access logs.
const BUCKET_MARKS: [&str; 2] = ["-mapbucket-", "-accesslogs-"];
/// Characters of a stack's name that every generated bucket name begins with.
const MAX_STACK_CHARACTERS: usize = 20;

/// The stack and the buckets that hold names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct IdentityRemains {
    pub(crate) stack: Option<Stack>,
    /// The buckets of the stack and those that earlier stacks have left, the map before its access logs.
    pub(crate) buckets: Vec<String>,
}

impl IdentityRemains {
    /// Finds them. Buckets that the caller may not list are left out.
    ///
    /// # Errors
    ///
    /// If a call fails.
    pub(crate) async fn find(aws: &Aws, names: &Names) -> Result<Self, AwsError> {
        let stack = Stack::find(aws, &names.identity_stack()).await?;
        let mut buckets = Vec::new();
        if let Some(stack) = &stack {
            for resource in StackResource::of_stack(aws, stack.address()).await? {
                if resource.kind == "AWS::S3::Bucket" && !resource.physical_id.is_empty() {
                    buckets.push(resource.physical_id);
                }
            }
        }
        for bucket in left_buckets(aws, names).await? {
            if !buckets.contains(&bucket) {
                buckets.push(bucket);
            }
        }
        let mut existing = Vec::new();
        for bucket in buckets {
            if aws.buckets().owned().head(&bucket).await?.is_some() {
                existing.push(bucket);
            }
        }
        existing.sort_by_key(|bucket| !bucket.contains(BUCKET_MARKS[0]));
        Ok(Self {
            stack,
            buckets: existing,
        })
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.stack.is_none() && self.buckets.is_empty()
    }

    /// "bucket `a`", "stack `b`"
    pub(crate) fn named(&self) -> Vec<String> {
        let buckets = self
            .buckets
            .iter()
            .map(|bucket| format!("bucket `{bucket}`"));
        let stack = self.stack.iter();
        let stack = stack.map(|stack| format!("stack `{}` with its key", stack.name));
        buckets.chain(stack).collect()
    }
}

/// Returns true for the name of a bucket of an identity stack.
pub(crate) fn is_identity_bucket(name: &str) -> bool {
    BUCKET_MARKS.iter().any(|mark| name.contains(mark))
}

/// The buckets of earlier identity stacks, by their tag.
async fn left_buckets(aws: &Aws, names: &Names) -> Result<Vec<String>, AwsError> {
    let stack = names.identity_stack();
    let start: String = stack.chars().take(MAX_STACK_CHARACTERS).collect();
    let call = aws.clients().s3.list_buckets().prefix(&start);
    let pages = call.into_paginator().send().collect::<Result<Vec<_>, _>>();
    let pages = match pages.await.context(aws, "s3:ListBuckets", "your buckets") {
        Err(error) if error.is_denied() => return Ok(Vec::new()),
        pages => pages?,
    };
    let listed = pages.iter().flat_map(ListBucketsOutput::buckets);
    let candidates = listed
        .filter_map(|bucket| bucket.name())
        .filter(|name| name.starts_with(&start) && is_identity_bucket(name));
    let mut found = Vec::new();
    for bucket in candidates {
        let tags = aws.buckets().owned().tags(bucket).await?;
        if tags.get(tags::DEPLOYMENT) == Some(&names.prefix) {
            found.push(bucket.to_owned());
        }
    }
    Ok(found)
}
