//! The parts that exist at a destination.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use chrono::NaiveDate;
use kiro_report::{Dataset, ExportKey, ObjectKey, TimeSource};

use super::name::PartName;
use super::version::{NewestVersion, SourceHash, VersionRecord};
use crate::store::ObjectMeta;

/// The parts of a destination, from one listing.
#[derive(Debug, Default)]
pub(crate) struct ExistingParts {
    parts: HashMap<PartName, Existing>,
    newest_versions: HashMap<SourceHash, NewestVersion>,
    /// Done exports of each partition that the sources have not listed in this run, so far.
    unlisted: HashMap<NaiveDate, AtomicU64>,
}

#[derive(Debug)]
struct Existing {
    export_date: NaiveDate,
    datasets: [Presence; Dataset::ALL.len()],
    /// The sources list this content in this run.
    is_listed: AtomicBool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Presence {
    Absent,
    /// An empty file counts as absent: a power failure may leave one.
    Empty,
    Whole,
}

impl Existing {
    /// The facts or code part exists, which is written last.
    fn is_done(&self) -> bool {
        [Dataset::Facts, Dataset::Code]
            .iter()
            .any(|dataset| self.datasets[*dataset as usize] == Presence::Whole)
    }
}

impl ExistingParts {
    /// Adds a listed object, if it is a part or a version record.
    pub(crate) fn add(&mut self, object: &ObjectMeta) {
        let Some((name, dataset, export_date)) = PartName::parse(&object.key) else {
            if let Some(record) = VersionRecord::parse(&object.key) {
                self.add_version(record);
            }
            return;
        };
        let existing = self.parts.entry(name).or_insert_with(|| Existing {
            export_date,
            datasets: [Presence::Absent; Dataset::ALL.len()],
            is_listed: AtomicBool::new(false),
        });
        let was_done = existing.is_done();
        existing.datasets[dataset as usize] = if object.bytes > 0 {
            Presence::Whole
        } else {
            Presence::Empty
        };
        if existing.is_done() && !was_done {
            let unlisted = self.unlisted.entry(existing.export_date).or_default();
            *unlisted.get_mut() += 1;
        }
    }

    fn add_version(&mut self, record: VersionRecord) {
        if let Some(newest) = self.newest_versions.get_mut(&record.source) {
            newest.add(record);
        } else {
            let source = record.source.clone();
            self.newest_versions
                .insert(source, NewestVersion::of(record));
        }
    }

    /// Notes that the sources list this content.
    pub(crate) fn mark_listed(&self, name: &PartName) {
        let done = self.parts.get(name).filter(|existing| existing.is_done());
        if let Some(existing) = done
            && !existing.is_listed.swap(true, Ordering::Relaxed)
            && let Some(unlisted) = self.unlisted.get(&existing.export_date)
        {
            unlisted.fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// Returns true if the export was written after this content with another one, which no source lists in this run: this
    /// content was restored. Known once all sources have been compared.
    pub(crate) fn is_restored(&self, source: &ObjectKey, name: &PartName) -> bool {
        let is_listed = |part: &PartName| {
            let existing = self.parts.get(part);
            existing.is_some_and(|existing| existing.is_listed.load(Ordering::Relaxed))
        };
        self.newest_versions
            .get(&SourceHash::of(source))
            .is_some_and(|newest| {
                !newest.parts.contains(name) && !newest.parts.iter().any(is_listed)
            })
    }

    /// Returns true if another content of this export may be done, as far as the listing tells.
    pub(crate) fn may_have_version(&self, export: &ExportKey, export_date: NaiveDate) -> bool {
        let has_unlisted = |unlisted: &AtomicU64| unlisted.load(Ordering::Relaxed) > 0;
        let in_partition = || match export.time_source {
            TimeSource::Name | TimeSource::Folders => {
                self.unlisted.get(&export_date).is_some_and(has_unlisted)
            }
            // Another content may be in another partition.
            TimeSource::Modified => self.unlisted.values().any(has_unlisted),
        };
        self.newest_versions
            .contains_key(&SourceHash::of(&export.key))
            || in_partition()
    }

    /// The `processed_ts` of a run that begins at `processed_time`, for this export: later than that of its other contents.
    pub(crate) fn processed_time(&self, source: &ObjectKey, processed_time: &str) -> String {
        let newest = self.newest_versions.get(&SourceHash::of(source));
        newest.map_or_else(
            || processed_time.to_owned(),
            |newest| newest.time_after(processed_time),
        )
    }

    /// Returns true if the export is done: its facts or code part exists, which is written last.
    pub(crate) fn is_done(&self, name: &PartName) -> bool {
        self.parts.get(name).is_some_and(Existing::is_done)
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
        self.parts.get(name).map_or(Presence::Absent, |existing| {
            existing.datasets[dataset as usize]
        })
    }

    /// The partition that the parts of an export are in already. They stay there, even if a file without a date in its key
    /// was touched since: in a second partition its rows would count twice.
    pub(crate) fn export_date(&self, name: &PartName) -> Option<NaiveDate> {
        self.parts.get(name).map(|existing| existing.export_date)
    }
}
