//! When the newest export arrived in its bucket. A bucket that the caller may not read is no problem: only the function needs it.

use chrono::{DateTime, Utc};
use futures::stream::{self, StreamExt};
use kiro_config::{Config, SourceFolder};

use crate::aws::{Aws, AwsError};
use crate::newest_export::newest_export;

/// Maximum number of folders that are searched: a search takes some requests for each.
const MAX_FOLDERS: usize = 64;
/// Maximum concurrent searches.
const CONCURRENCY: usize = 8;

/// The arrival of the newest export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ExportArrival {
    At(DateTime<Utc>),
    None,
    /// With the reason.
    Unknown(String),
}

impl ExportArrival {
    /// Searches the report folders of the settings.
    pub(crate) async fn find(aws: &Aws, settings: &Config) -> Self {
        let folders = settings.source_folders(aws.account());
        if folders.len() > MAX_FOLDERS {
            return Self::Unknown(format!("{} folders are too many to search", folders.len()));
        }
        let searches = folders.iter().map(|folder| async move {
            let found = newest_export(&aws.buckets(), folder).await;
            (
                folder,
                found.map(|found| found.and_then(|newest| newest.modified)),
            )
        });
        let searches: Vec<_> = searches.collect();
        let found: Vec<_> = stream::iter(searches).buffered(CONCURRENCY).collect().await;
        let mut newest = None;
        for (folder, modified) in found {
            match modified {
                Ok(modified) => newest = newest.max(modified),
                Err(error) => return Self::unreadable(folder, &error),
            }
        }
        newest.map_or(Self::None, Self::At)
    }

    fn unreadable(folder: &SourceFolder, error: &AwsError) -> Self {
        let bucket = &folder.bucket;
        Self::Unknown(if error.is_denied() {
            format!("you may not list `{bucket}`")
        } else {
            format!("`{bucket}` could not be listed ({})", error.code)
        })
    }

    pub(crate) fn time(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::At(time) => Some(*time),
            Self::None | Self::Unknown(_) => None,
        }
    }
}
