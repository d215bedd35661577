//! Names of parts.

use chrono::NaiveDate;
use kiro_report::{Dataset, ObjectKey};
use sha2::{Digest, Sha256};

use super::version::VersionRecord;

/// The name of all parts of one version of one export: 16 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct PartName(String);

impl PartName {
    /// The name for this content at this key. An export that could not be read has the tag `""`.
    pub(crate) fn new(source: &ObjectKey, e_tag: &str) -> Self {
        let digest = Sha256::digest(format!("{source}|{e_tag}"));
        Self(hex::encode(&digest[..8]))
    }

    /// The digits, which are also the `part_id` of every row.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The key of the part of a dataset.
    pub(crate) fn object_key(&self, dataset: Dataset, export_date: NaiveDate) -> ObjectKey {
        ObjectKey::new(format!(
            "{}/export_date={export_date}/part-{}.parquet",
            dataset.folder(),
            self.0
        ))
    }

    /// Parses the result of [`Self::object_key`].
    pub(crate) fn parse(key: &ObjectKey) -> Option<(Self, Dataset, NaiveDate)> {
        let mut segments = key.segments();
        let folder = segments.next()?;
        let date = segments.next()?.strip_prefix("export_date=")?;
        let hex = segments
            .next()?
            .strip_prefix("part-")?
            .strip_suffix(".parquet")?;
        let dataset = Dataset::ALL
            .into_iter()
            .find(|dataset| dataset.folder() == folder)?;
        let name = Self::from_hex(hex).filter(|_| segments.next().is_none())?;
        Some((name, dataset, date.parse().ok()?))
    }

    pub(super) fn from_hex(hex: &str) -> Option<Self> {
        Self::is_hex(hex).then(|| Self(hex.to_owned()))
    }

    pub(super) fn is_hex(text: &str) -> bool {
        let is_hex = |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        text.len() == 16 && text.bytes().all(is_hex)
    }

    /// Returns true if a key is that of a part, or of a [`VersionRecord`], below any folder.
    pub(crate) fn is_part(key: &ObjectKey) -> bool {
        let text = key.as_str();
        let start = text
            .rmatch_indices('/')
            .nth(2)
            .map_or(0, |(place, _)| place + 1);
        let below = ObjectKey::new(&text[start..]);
        Self::parse(&below).is_some() || VersionRecord::parse(&below).is_some()
    }
}

#[cfg(test)]
mod tests {
    use kiro_report::{Dataset, ObjectKey};

    use super::PartName;

    #[test]
    fn a_part_is_named_by_the_key_and_the_content_of_its_source() {
        // printf '%s' 'a/b.csv|0123' | sha256sum
        let name = PartName::new(&ObjectKey::new("a/b.csv"), "0123");
        assert_eq!(name.as_str(), "b3f7e3ad774a8a75");
        let date = "2026-07-10".parse().unwrap();
        let key = name.object_key(Dataset::Facts, date);
        assert_eq!(
            key.as_str(),
            "facts/export_date=2026-07-10/part-b3f7e3ad774a8a75.parquet"
        );
        assert_eq!(PartName::parse(&key), Some((name, Dataset::Facts, date)));
    }

    #[test]
    fn a_part_of_another_destination_is_a_part_but_not_ours() {
        let key = "data/facts/export_date=2026-07-10/part-b3f7e3ad774a8a75.parquet";
        assert!(PartName::is_part(&ObjectKey::new(key)));
        assert_eq!(PartName::parse(&ObjectKey::new(key)), None);
    }

    #[test]
    fn other_files_are_no_parts() {
        for key in [
            "facts/export_date=2026-07-10/part-B3F7E3AD774A8A75.parquet",
            "facts/export_date=2026-07-10/part-b3f7e3ad.parquet",
            "facts/export_date=unknown/part-b3f7e3ad774a8a75.parquet",
            "other/export_date=2026-07-10/part-b3f7e3ad774a8a75.parquet",
            "part-b3f7e3ad774a8a75.parquet",
        ] {
            assert_eq!(PartName::parse(&ObjectKey::new(key)), None, "{key}");
            assert!(!PartName::is_part(&ObjectKey::new(key)), "{key}");
        }
    }
}
