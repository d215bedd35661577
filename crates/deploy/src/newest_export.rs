//! The newest export below a folder. Searches folder by folder, newest first, and never lists a whole bucket.

use chrono::{DateTime, Utc};
use kiro_config::SourceFolder;
use kiro_report::{ExportKey, ObjectKey};

use crate::aws::{AwsError, Buckets, ListedObject};

/// Maximum number of listings for one folder.
const MAX_LISTINGS: usize = 40;
/// Maximum number of objects listed in a folder: an hour has fewer exports.
const MAX_OBJECTS: i32 = 200;

/// An export, identified by its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NewestExport {
    pub(crate) bucket: String,
    pub(crate) export: ExportKey,
    /// When the object was written.
    pub(crate) modified: Option<DateTime<Utc>>,
}

/// The newest export of a folder; none if nothing is found.
pub(crate) async fn newest_export(
    buckets: &Buckets<'_>,
    folder: &SourceFolder,
) -> Result<Option<NewestExport>, AwsError> {
    // Each Region has a folder; in it, the greatest name is the newest.
    let bucket = folder.bucket.as_str();
    let level = |prefix: String| async move {
        let listing = buckets
            .listing(bucket, &prefix)
            .level()
            .max_keys(MAX_OBJECTS);
        listing.page(None).await
    };
    let top = level(folder.folder.clone()).await?;
    let mut listings = 1;
    let mut newest = best(bucket, &top.objects);
    for region in top.folders {
        let mut waiting = vec![region];
        while let Some(prefix) = waiting.pop() {
            if listings >= MAX_LISTINGS {
                break;
            }
            listings += 1;
            let mut found = level(prefix).await?;
            if let Some(export) = best(bucket, &found.objects) {
                if newest
                    .as_ref()
                    .is_none_or(|known| known.export.time < export.export.time)
                {
                    newest = Some(export);
                }
                break;
            }
            found.folders.sort();
            waiting.append(&mut found.folders);
        }
    }
    Ok(newest)
}

fn best(bucket: &str, objects: &[ListedObject]) -> Option<NewestExport> {
    let exports = objects.iter().filter_map(|object| {
        let key = ObjectKey::new(object.key.as_str());
        let export = ExportKey::classify(&key, DateTime::UNIX_EPOCH).ok()?;
        Some((export, object.modified))
    });
    let (export, modified) =
        exports.max_by_key(|(export, _)| (export.time, export.key.as_str().to_owned()))?;
    Some(NewestExport {
        bucket: bucket.to_owned(),
        export,
        modified,
    })
}
