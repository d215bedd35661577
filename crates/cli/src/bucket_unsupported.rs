//! Takes the place of `bucket.rs` in a program that is built without the feature `aws`: every bucket is refused.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use kiro_delivery::Destination;
use kiro_ingest::ObjectStore;

use crate::command_error::CommandError;

/// No bucket: a value of this type does not exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BucketUrl(Infallible);

#[derive(Debug, thiserror::Error)]
#[error(
    "this program was built without AWS and reads folders alone; `cargo build --release` builds it with AWS"
)]
pub(crate) struct BucketUrlError;

impl BucketUrl {
    /// Returns true if `text` is an address of S3 and not a path.
    pub(crate) fn has_scheme(text: &str) -> bool {
        text.get(..5)
            .is_some_and(|scheme| scheme.eq_ignore_ascii_case("s3://"))
    }

    #[expect(
        clippy::unused_async,
        reason = "as in `bucket.rs`, which waits for a sign-in"
    )]
    pub(crate) async fn open(&self) -> Result<Arc<dyn ObjectStore>, CommandError> {
        match self.0 {}
    }

    #[expect(
        clippy::unused_async,
        reason = "as in `bucket.rs`, which waits for a sign-in"
    )]
    pub(crate) async fn destination(&self) -> Result<Arc<dyn Destination>, CommandError> {
        match self.0 {}
    }
}

impl FromStr for BucketUrl {
    type Err = BucketUrlError;

    fn from_str(_: &str) -> Result<Self, BucketUrlError> {
        Err(BucketUrlError)
    }
}

impl fmt::Display for BucketUrl {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {}
    }
}

/// No object: a value of this type does not exist.
#[derive(Debug, Clone)]
pub(crate) struct ObjectUrl(Infallible);

impl ObjectUrl {
    #[expect(
        clippy::unused_async,
        reason = "as in `bucket.rs`, which waits for a sign-in"
    )]
    pub(crate) async fn read(&self, _max_bytes: usize) -> Result<Vec<u8>, CommandError> {
        match self.0 {}
    }
}

impl FromStr for ObjectUrl {
    type Err = BucketUrlError;

    fn from_str(_: &str) -> Result<Self, BucketUrlError> {
        Err(BucketUrlError)
    }
}

impl fmt::Display for ObjectUrl {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {}
    }
}
