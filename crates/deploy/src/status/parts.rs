//! The parts in the results bucket: their number, size, and days.

use serde::Serialize;

use crate::aws::{Aws, AwsError};

/// Maximum number of pages, of a thousand objects each. Further parts are not counted.
const MAX_PAGES: usize = 30;

/// The parts below `normalized/`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Parts {
    pub bucket: String,
    pub parts: u64,
    pub bytes: u64,
    /// The first day of the exports.
    pub first_export_day: Option<String>,
    pub newest_export_day: Option<String>,
    /// True if there are more parts than were counted.
    pub is_cut: bool,
}

/// Counts the parts; none without a bucket.
pub(super) async fn count(aws: &Aws, bucket: &str) -> Result<Option<Parts>, AwsError> {
    if bucket.is_empty() {
        return Ok(None);
    }
    let buckets = aws.buckets().owned();
    let mut found = Parts {
        bucket: bucket.to_owned(),
        ..Parts::default()
    };
    let listing = buckets.listing(bucket, "normalized/");
    let mut next = None;
    for page in 0.. {
        if page == MAX_PAGES {
            found.is_cut = true;
            break;
        }
        let listed = listing.page(next).await?;
        for object in &listed.objects {
            found.add(&object.key, object.bytes);
        }
        next = listed.next;
        if next.is_none() {
            break;
        }
    }
    Ok(Some(found))
}

impl Parts {
    fn add(&mut self, key: &str, bytes: u64) {
        if !key.ends_with(".parquet") {
            return;
        }
        self.parts += 1;
        self.bytes += bytes;
        let day = key
            .split("export_date=")
            .nth(1)
            .and_then(|rest| rest.get(..10));
        let Some(day) = day.filter(|_| key.contains("/facts/") || key.contains("/code/")) else {
            return;
        };
        if self
            .first_export_day
            .as_deref()
            .is_none_or(|first| day < first)
        {
            self.first_export_day = Some(day.to_owned());
        }
        if self
            .newest_export_day
            .as_deref()
            .is_none_or(|newest| day > newest)
        {
            self.newest_export_day = Some(day.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Parts;

    #[test]
    fn days_are_those_of_exports() {
        let mut parts = Parts::default();
        parts.add("normalized/facts/export_date=2026-07-10/part-0.parquet", 10);
        parts.add("normalized/code/export_date=2026-07-02/part-1.parquet", 5);
        parts.add("normalized/issues/export_date=2026-08-01/part-1.parquet", 1);
        parts.add("normalized/facts/marker", 100);
        assert_eq!((parts.parts, parts.bytes), (3, 16));
        assert_eq!(parts.first_export_day.as_deref(), Some("2026-07-02"));
        assert_eq!(parts.newest_export_day.as_deref(), Some("2026-07-10"));
    }
}
