//! Where a roster is read from: a file, an object of S3 or standard input.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use kiro_people::MAX_ROSTER_BYTES;

use crate::bucket::{BucketUrl, ObjectUrl};
use crate::command_error::CommandError;
use crate::location::LocationError;

/// A roster as named on the command line.
#[derive(Debug, Clone)]
pub(crate) enum RosterSource {
    StandardInput,
    File(PathBuf),
    Object(ObjectUrl),
}

impl RosterSource {
    /// Reads it; one byte more than a roster may have, so that a larger one shows.
    pub(crate) async fn read(&self) -> Result<Vec<u8>, CommandError> {
        let mut content = Vec::new();
        match self {
            Self::StandardInput => {
                at_most(io::stdin().lock())
                    .read_to_end(&mut content)
                    .map_err(|error| unreadable("standard input", error))?;
            }
            Self::File(path) => {
                let file = File::open(path).map_err(|error| unusable(path, error))?;
                at_most(file)
                    .read_to_end(&mut content)
                    .map_err(|error| unusable(path, error))?;
            }
            Self::Object(url) => content = url.read(MAX_ROSTER_BYTES + 1).await?,
        }
        Ok(content)
    }

    /// The name that messages and the state have.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::StandardInput => "standard input".to_owned(),
            Self::File(path) => path.file_name().map_or_else(
                || path.display().to_string(),
                |name| name.to_string_lossy().into_owned(),
            ),
            Self::Object(url) => url.to_string(),
        }
    }
}

impl FromStr for RosterSource {
    type Err = LocationError;

    fn from_str(text: &str) -> Result<Self, LocationError> {
        if text == "-" {
            return Ok(Self::StandardInput);
        }
        if BucketUrl::has_scheme(text) {
            return Ok(Self::Object(text.parse()?));
        }
        Ok(Self::File(PathBuf::from(text)))
    }
}

fn at_most(source: impl Read) -> impl Read {
    source.take(MAX_ROSTER_BYTES as u64 + 1)
}

fn unusable(path: &Path, error: io::Error) -> CommandError {
    unreadable(&path.display().to_string(), error).hint("check the path")
}

fn unreadable(what: &str, error: io::Error) -> CommandError {
    CommandError::usage(anyhow::Error::new(error).context(format!("could not read `{what}`")))
}
