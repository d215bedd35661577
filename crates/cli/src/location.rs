//! Folders and buckets named on the command line, opened as object stores.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use kiro_delivery::{Destination, FolderDestination};
use kiro_ingest::{LocalFolder, ObjectStore, StoreError};

use crate::bucket::{BucketUrl, BucketUrlError};
use crate::command_error::CommandError;

/// A folder of this machine, or a bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Location {
    Folder(PathBuf),
    Bucket(BucketUrl),
}

impl Location {
    /// Opens it for reading. A missing bucket is reported when it is listed.
    pub(crate) async fn open(&self) -> Result<Arc<dyn ObjectStore>, CommandError> {
        match self {
            Self::Folder(path) => {
                let folder = LocalFolder::open(path);
                Ok(Arc::new(folder.map_err(|error| unusable(path, error))?))
            }
            Self::Bucket(url) => url.open().await,
        }
    }

    /// Opens it for writing. Creates a missing folder, never a bucket.
    pub(crate) async fn create(&self) -> Result<Arc<dyn ObjectStore>, CommandError> {
        match self {
            Self::Folder(path) => {
                let folder = LocalFolder::create(path);
                Ok(Arc::new(folder.map_err(|error| unusable(path, error))?))
            }
            Self::Bucket(url) => url.open().await,
        }
    }

    /// Opens it for reports. Creates a missing folder with its first file, never a bucket.
    pub(crate) async fn destination(&self) -> Result<Arc<dyn Destination>, CommandError> {
        match self {
            Self::Folder(path) => Ok(Arc::new(FolderDestination::new(path))),
            Self::Bucket(url) => url.destination().await,
        }
    }

    /// The folder, if it is one.
    pub(crate) fn folder(&self) -> Option<&Path> {
        match self {
            Self::Folder(path) => Some(path),
            Self::Bucket(_) => None,
        }
    }
}

/// A text is no location.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LocationError {
    #[error(transparent)]
    Bucket(#[from] BucketUrlError),
    #[error("expected a folder or `s3://BUCKET/PREFIX`; write `./` before the name of a folder")]
    Scheme,
}

impl FromStr for Location {
    type Err = LocationError;

    fn from_str(text: &str) -> Result<Self, LocationError> {
        if BucketUrl::has_scheme(text) {
            return Ok(Self::Bucket(text.parse()?));
        }
        if has_other_scheme(text) {
            return Err(LocationError::Scheme);
        }
        Ok(Self::Folder(PathBuf::from(text)))
    }
}

impl fmt::Display for Location {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(path) => path.display().fmt(formatter),
            Self::Bucket(url) => url.fmt(formatter),
        }
    }
}

/// Returns true for an address of another kind, or with a slip: as a path it would be a new folder of a strange name.
fn has_other_scheme(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else {
        return false;
    };
    let is_scheme = scheme.len() > 1 && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_scheme && (rest.starts_with("//") || scheme.eq_ignore_ascii_case("s3"))
}

/// Names the path that was typed; the store knows its root only as a key.
fn unusable(path: &Path, error: StoreError) -> CommandError {
    let hint = error.hint();
    let context = format!("could not {} `{}`", error.operation, path.display());
    CommandError::usage(anyhow::Error::new(error.kind).context(context)).maybe_hint(hint)
}

#[cfg(test)]
mod tests {
    use super::Location;

    #[cfg(feature = "aws")]
    #[test]
    fn an_address_of_s3_is_a_bucket_and_everything_else_a_folder() {
        let place: Location = "s3://exports/kiro/".parse().unwrap();
        assert_eq!(place.to_string(), "s3://exports/kiro");
        assert_eq!(place.folder(), None);
        for folder in ["exports", "./s3:/exports", "C:\\exports", "-"] {
            let place: Location = folder.parse().unwrap();
            assert_eq!(place, Location::Folder(folder.into()));
            assert_eq!(place.to_string(), folder);
        }
        for wrong in [
            "s3://",
            "s3:/exports",
            "s3:exports",
            "S3a://exports",
            "gs://exports",
            "https://exports",
        ] {
            assert!(wrong.parse::<Location>().is_err(), "{wrong}");
        }
    }

    #[cfg(not(feature = "aws"))]
    #[test]
    fn a_bucket_is_refused_with_the_build_that_reads_it() {
        for address in ["s3://exports/kiro", "S3://exports"] {
            let error = address.parse::<Location>().unwrap_err().to_string();
            assert!(error.contains("cargo build --release"), "{error}");
        }
        assert!("exports".parse::<Location>().is_ok());
    }
}
