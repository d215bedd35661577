//! What a deployment without identity mapping still has of names: a stack, and buckets.

use crate::aws::{Aws, AwsError};
use crate::left_buckets::left_buckets;
use crate::names::Names;
use crate::stack::Stack;
use crate::stack_resources::StackResource;

/// Parts of the generated names of the buckets: of the map, and of its access logs.
const BUCKET_MARKS: [&str; 2] = ["-mapbucket-", "-accesslogs-"];

/// The stack and the buckets that hold names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct IdentityRemains {
    pub(crate) stack: Option<Stack>,
    /// The buckets of the stack and those that earlier stacks have left, the map before its access logs.
    pub(crate) buckets: Vec<String>,
    /// True if the caller may not list buckets: those that earlier stacks have left are not known.
    pub(crate) is_incomplete: bool,
}

impl IdentityRemains {
    /// Finds them. Without the permission to list buckets, only the stack's own ones.
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
        let left = left_buckets(aws, names, &names.identity_stack(), is_identity_bucket).await?;
        let is_incomplete = left.is_none();
        for bucket in left.into_iter().flatten() {
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
            is_incomplete,
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
