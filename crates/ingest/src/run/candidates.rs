//! The exports that the sources list.

use std::sync::Arc;

use futures::StreamExt;
use futures::future::join_all;
use kiro_report::ExportKey;

use super::summary::ExportFailure;
use crate::error_chain::error_chain;
use crate::part::{ExistingParts, PartName};
use crate::run::{ExportSource, NormalizeOptions};
use crate::store::{ObjectMeta, ObjectStore, StoreError};

/// The exports of the run's days, in the order of their keys.
#[derive(Default)]
pub(super) struct Candidates {
    pub(super) exports: Vec<Candidate>,
    pub(super) ignored: u64,
    /// Keys that could not be listed. Each counts as an export.
    pub(super) failures: Vec<ExportFailure>,
    pub(super) transient_failures: u64,
    pub(super) remote_failures: u64,
}

/// One export of one source.
pub(super) struct Candidate {
    pub(super) store: Arc<dyn ObjectStore>,
    pub(super) export: ExportKey,
    pub(super) object: ObjectMeta,
}

impl Candidates {
    pub(super) async fn list(sources: &[ExportSource], options: &NormalizeOptions) -> Self {
        let listings = sources.iter().map(|source| Self::list_one(source, options));
        let mut all = Self::default();
        for found in join_all(listings).await {
            all.exports.extend(found.exports);
            all.ignored += found.ignored;
            all.failures.extend(found.failures);
            all.transient_failures += found.transient_failures;
            all.remote_failures += found.remote_failures;
        }
        all.exports
            .sort_by(|one, other| one.export.key.cmp(&other.export.key));
        all
    }

    /// Puts exports last that an earlier run could not read, so that they do not use up the limits of the run, and marks the
    /// contents that are listed. Reads nothing.
    pub(super) fn compare(&mut self, existing: &ExistingParts) {
        self.exports.sort_by_cached_key(|candidate| {
            let name = candidate.listed_name();
            name.is_some_and(|name| {
                existing.mark_listed(&name);
                existing.has_recorded_failure(&name)
            })
        });
    }

    async fn list_one(source: &ExportSource, options: &NormalizeOptions) -> Self {
        let mut candidates = Self::default();
        let Some(only) = &source.only else {
            let mut listing = source.store.list("");
            while let Some(object) = listing.next().await {
                candidates.add(&source.store, object, options);
            }
            return candidates;
        };
        for key in only {
            let mut listing = source.store.list(key.as_str());
            while let Some(object) = listing.next().await {
                if object.as_ref().map_or(true, |object| object.key == *key) {
                    candidates.add(&source.store, object, options);
                }
            }
        }
        candidates
    }

    fn add(
        &mut self,
        store: &Arc<dyn ObjectStore>,
        object: Result<ObjectMeta, StoreError>,
        options: &NormalizeOptions,
    ) {
        let object = match object {
            Ok(object) => object,
            Err(error) => {
                self.transient_failures += u64::from(error.is_transient());
                self.remote_failures += u64::from(error.is_remote());
                self.failures.push(ExportFailure {
                    export: error.key.as_str().to_owned(),
                    error: error_chain(&error),
                    hint: error.hint(),
                });
                return;
            }
        };
        match ExportKey::classify(&object.key, object.last_modified) {
            Ok(export) if options.includes(export.time.date()) => {
                self.exports.push(Candidate {
                    store: Arc::clone(store),
                    export,
                    object,
                });
            }
            // The destination may lie inside the source.
            Err(_) if PartName::is_part(&object.key) => {}
            Ok(_) | Err(_) => self.ignored += 1,
        }
    }
}

impl Candidate {
    /// Returns true if an earlier run is known to have failed to read it. Reads nothing.
    pub(super) fn has_recorded_failure(&self, existing: &ExistingParts) -> bool {
        let name = self.listed_name();
        name.is_some_and(|name| existing.has_recorded_failure(&name))
    }

    /// The name of its parts, if the listing tells it.
    fn listed_name(&self) -> Option<PartName> {
        let e_tag = self.object.e_tag.as_ref()?;
        Some(PartName::new(&self.export.key, e_tag))
    }
}
