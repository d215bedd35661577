//! Names of parts, and the parts that exist.

use std::collections::HashMap;

use chrono::NaiveDate;
use kiro_report::{Dataset, ObjectKey};
use sha2::{Digest, Sha256};

use crate::store::ObjectMeta;

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
        let is_hex = |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        let is_name = hex.len() == 16 && hex.bytes().all(is_hex) && segments.next().is_none();
        is_name.then_some((Self(hex.to_owned()), dataset, date.parse().ok()?))
    }

    /// Returns true if a key is that of a part below any folder.
    pub(crate) fn is_part(key: &ObjectKey) -> bool {
        let text = key.as_str();
        let start = text
            .rmatch_indices('/')
            .nth(2)
            .map_or(0, |(place, _)| place + 1);
        Self::parse(&ObjectKey::new(&text[start..])).is_some()
    }
}

/// The parts of a destination, from one listing.
#[derive(Debug, Default)]
pub(crate) struct ExistingParts(HashMap<PartName, Existing>);

#[derive(Debug)]
struct Existing {
    export_date: NaiveDate,
    datasets: [Presence; Dataset::ALL.len()],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Presence {
    Absent,
    /// An empty file counts as absent: a power failure may leave one.
    Empty,
    Whole,
}

impl ExistingParts {
    /// Adds a listed object, if it is a part.
    pub(crate) fn add(&mut self, object: &ObjectMeta) {
        let Some((name, dataset, export_date)) = PartName::parse(&object.key) else {
            return;
        };
        let existing = self.0.entry(name).or_insert(Existing {
            export_date,
            datasets: [Presence::Absent; Dataset::ALL.len()],
        });
        existing.datasets[dataset as usize] = if object.bytes > 0 {
            Presence::Whole
        } else {
            Presence::Empty
        };
    }

    /// Returns true if the export is done: its facts or code part exists, which is written last.
    pub(crate) fn is_done(&self, name: &PartName) -> bool {
        self.has(name, Dataset::Facts) || self.has(name, Dataset::Code)
    }

    /// Returns true if an earlier run recorded that it could not read the export, and no later one could.
    pub(crate) fn has_recorded_failure(&self, name: &PartName) -> bool {
        self.has(name, Dataset::Issues) && !self.has(name, Dataset::Models) && !self.is_done(name)
    }

    /// Returns true if the part exists and is not empty.
    pub(crate) fn has(&self, name: &PartName, dataset: Dataset) -> bool {
        self.presence(name, dataset) == Presence::Whole
    }

    /// Returns true if the part exists, even if it is empty.
    pub(crate) fn exists(&self, name: &PartName, dataset: Dataset) -> bool {
        self.presence(name, dataset) != Presence::Absent
    }

    fn presence(&self, name: &PartName, dataset: Dataset) -> Presence {
        self.0.get(name).map_or(Presence::Absent, |existing| {
            existing.datasets[dataset as usize]
        })
    }

    /// The partition that the parts of an export are in already. They stay there, even if a file without a date in its key
    /// was touched since: in a second partition its rows would count twice.
    pub(crate) fn export_date(&self, name: &PartName) -> Option<NaiveDate> {
        self.0.get(name).map(|existing| existing.export_date)
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
