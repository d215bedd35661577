//! When the newest export arrived in its bucket. A bucket that the caller may not read is no problem: only the function needs it.

use chrono::{DateTime, Utc};
use kiro_config::Config;

use crate::aws::Aws;
use crate::newest_export::newest_export;

/// Maximum number of folders that are searched: a search takes some requests for each.
const MAX_FOLDERS: usize = 16;

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
        let mut newest = Self::None;
        for folder in &folders {
            match newest_export(&aws.buckets(), folder).await {
                Ok(found) => {
                    let modified = found.and_then(|found| found.modified);
                    if modified > newest.time() {
                        newest = modified.map_or(newest, Self::At);
                    }
                }
                Err(error) if error.is_denied() => {
                    return Self::Unknown(format!("you may not list `{}`", folder.bucket));
                }
                Err(error) => {
                    return Self::Unknown(format!(
                        "`{}` could not be listed ({})",
                        folder.bucket, error.code
                    ));
                }
            }
        }
        newest
    }

    pub(crate) fn time(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::At(time) => Some(*time),
            Self::None | Self::Unknown(_) => None,
        }
    }
}
