//! The newest export below a folder, found folder by folder from the newest on: a bucket is never listed as a whole.

use chrono::DateTime;
use kiro_report::{ExportKey, ObjectKey};

use crate::aws::{AwsError, Buckets};
use crate::settings::SourceFolder;

/// So many listings at most for one folder.
const MOST_LISTINGS: usize = 40;
/// So many objects of a folder are looked at: more exports of one hour there are not.
const MOST_OBJECTS: i32 = 200;

/// One export, found by its key alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NewestExport {
    pub(super) bucket: String,
    pub(super) export: ExportKey,
}

/// What lies right below a prefix.
struct Level {
    folders: Vec<String>,
    objects: Vec<String>,
}

/// The newest export of a folder; none if nothing is found.
pub(super) async fn newest_export(
    buckets: &Buckets<'_>,
    place: &SourceFolder,
) -> Result<Option<NewestExport>, AwsError> {
    // Regions lie side by side; in each, the greatest name is the newest.
    let top = level(buckets, &place.bucket, &place.folder).await?;
    let mut listings = 1;
    let mut newest = best(&place.bucket, &top.objects);
    for region in top.folders {
        let mut waiting = vec![region];
        while let Some(prefix) = waiting.pop() {
            if listings >= MOST_LISTINGS {
                break;
            }
            listings += 1;
            let mut found = level(buckets, &place.bucket, &prefix).await?;
            if let Some(export) = best(&place.bucket, &found.objects) {
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

fn best(bucket: &str, keys: &[String]) -> Option<NewestExport> {
    let exports = keys.iter().filter_map(|key| {
        ExportKey::classify(&ObjectKey::new(key.as_str()), DateTime::UNIX_EPOCH).ok()
    });
    let newest = exports.max_by_key(|export| (export.time, export.key.as_str().to_owned()))?;
    Some(NewestExport {
        bucket: bucket.to_owned(),
        export: newest,
    })
}

async fn level(buckets: &Buckets<'_>, bucket: &str, prefix: &str) -> Result<Level, AwsError> {
    let call = buckets
        .client()
        .list_objects_v2()
        .bucket(bucket)
        .prefix(prefix)
        .delimiter("/")
        .max_keys(MOST_OBJECTS);
    let page = call.send().await.map_err(|error| {
        buckets.error(
            "ListObjectsV2",
            &format!("`s3://{bucket}/{prefix}`"),
            &error,
        )
    })?;
    let folders = page.common_prefixes().iter();
    let objects = page.contents().iter();
    Ok(Level {
        folders: folders
            .filter_map(|folder| folder.prefix().map(str::to_owned))
            .collect(),
        objects: objects
            .filter_map(|object| object.key().map(str::to_owned))
            .collect(),
    })
}
