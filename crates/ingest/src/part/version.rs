//! Records of the contents of an export that replaced one another.
//!
//! The name of a part does not tell its export. Where an export may have replaced another content of the same key, the
//! listing has to tell which content was written last: one small object per replacement says so in its name.

use chrono::{NaiveDateTime, TimeDelta};
use kiro_report::ObjectKey;
use sha2::{Digest, Sha256};

use super::name::PartName;

/// The folder of the records below the destination. It is no dataset: no query reads it.
const FOLDER: &str = "versions";
const TIME_FORMAT: &str = "%Y%m%d%H%M%S";

/// The record that a content of an export was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct VersionRecord {
    pub(super) source: SourceHash,
    pub(super) processed_time: String,
    pub(super) part: PartName,
}

/// 16 hexadecimal digits of the SHA-256 of an export's key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct SourceHash(String);

impl SourceHash {
    pub(super) fn of(source: &ObjectKey) -> Self {
        Self(hex::encode(&Sha256::digest(source.as_str())[..8]))
    }
}

impl VersionRecord {
    pub(crate) fn new(source: &ObjectKey, processed_time: &str, part: &PartName) -> Self {
        Self {
            source: SourceHash::of(source),
            processed_time: processed_time.to_owned(),
            part: part.clone(),
        }
    }

    /// The key of the record: `versions/<hash of the export's key>/<processed_ts>-<part_id>.txt`.
    pub(crate) fn object_key(&self) -> ObjectKey {
        let (source, part) = (&self.source.0, self.part.as_str());
        ObjectKey::new(format!(
            "{FOLDER}/{source}/{}-{part}.txt",
            self.processed_time
        ))
    }

    /// Parses the result of [`Self::object_key`].
    pub(super) fn parse(key: &ObjectKey) -> Option<Self> {
        let mut segments = key.segments();
        let source = segments.next().filter(|folder| *folder == FOLDER);
        let source = source.and_then(|_| segments.next())?;
        let name = segments.next()?.strip_suffix(".txt")?;
        let (time, part) = name.split_once('-')?;
        let is_record = segments.next().is_none()
            && PartName::is_hex(source)
            && time.len() == 14
            && time.bytes().all(|digit| digit.is_ascii_digit());
        is_record.then_some(())?;
        Some(Self {
            source: SourceHash(source.to_owned()),
            processed_time: time.to_owned(),
            part: PartName::from_hex(part)?,
        })
    }
}

/// The contents of an export that were written last.
#[derive(Debug)]
pub(super) struct NewestVersion {
    pub(super) processed_time: String,
    /// Several only if runs wrote them in the same second.
    pub(super) parts: Vec<PartName>,
}

impl NewestVersion {
    pub(super) fn of(record: VersionRecord) -> Self {
        Self {
            processed_time: record.processed_time,
            parts: vec![record.part],
        }
    }

    pub(super) fn add(&mut self, record: VersionRecord) {
        match record.processed_time.cmp(&self.processed_time) {
            std::cmp::Ordering::Less => {}
            std::cmp::Ordering::Equal => self.parts.push(record.part),
            std::cmp::Ordering::Greater => *self = Self::of(record),
        }
    }

    /// `processed_time`, or a second after this version if it is not later: a clock may be behind that of an earlier run.
    pub(super) fn time_after(&self, processed_time: &str) -> String {
        if processed_time > self.processed_time.as_str() {
            return processed_time.to_owned();
        }
        let next = NaiveDateTime::parse_from_str(&self.processed_time, TIME_FORMAT).ok();
        let next = next.and_then(|time| time.checked_add_signed(TimeDelta::seconds(1)));
        next.map_or_else(
            || processed_time.to_owned(),
            |time| time.format(TIME_FORMAT).to_string(),
        )
    }
}

#[cfg(test)]
mod tests {
    use kiro_report::ObjectKey;

    use super::{NewestVersion, PartName, VersionRecord};

    fn record(time: &str, content: &str) -> VersionRecord {
        let source = ObjectKey::new("a/b.csv");
        VersionRecord::new(&source, time, &PartName::new(&source, content))
    }

    #[test]
    fn a_record_is_its_key() {
        let record = record("20260711030000", "0123");
        // printf '%s' 'a/b.csv' | sha256sum
        let key = "versions/1c31892cca1230ab/20260711030000-b3f7e3ad774a8a75.txt";
        assert_eq!(record.object_key().as_str(), key);
        assert_eq!(VersionRecord::parse(&ObjectKey::new(key)), Some(record));
        for other in [
            key.replace("versions", "facts"),
            key.replace("2026", "x026"),
            key.replace(".txt", ""),
            format!("{key}/x"),
            key.replace("b3f7", "B3F7"),
        ] {
            assert_eq!(VersionRecord::parse(&ObjectKey::new(other)), None);
        }
    }

    #[test]
    fn the_newest_version_is_the_last_written_and_the_next_is_later() {
        let (old, new) = (record("20260711030000", "a"), record("20260711235959", "b"));
        let same_second = record("20260711235959", "c");
        let mut newest = NewestVersion::of(new.clone());
        newest.add(old);
        newest.add(same_second.clone());
        assert_eq!(newest.parts, [new.part, same_second.part]);
        assert_eq!(newest.time_after("20260801000000"), "20260801000000");
        assert_eq!(newest.time_after("20260711235959"), "20260712000000");
        assert_eq!(newest.time_after("20260101000000"), "20260712000000");
    }
}
