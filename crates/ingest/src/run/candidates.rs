//! What a listing of the sources has for a run.

use std::sync::Arc;

use futures::StreamExt;
use futures::future::join_all;
use kiro_report::ExportKey;

use super::summary::Failure;
use crate::error_chain::error_chain;
use crate::part::{ExistingParts, PartName};
use crate::run::{NormalizeOptions, Source};
use crate::store::{ObjectMeta, ObjectStore, StoreError};

/// The exports in the window, in the order of their keys.
#[derive(Default)]
pub(super) struct Candidates {
    pub(super) exports: Vec<Candidate>,
    pub(super) ignored: u64,
    /// What could not be listed, for all we know an export each.
    pub(super) failures: Vec<Failure>,
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
    pub(super) async fn list(sources: &[Source], options: &NormalizeOptions) -> Self {
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

    /// Puts those last that an earlier run could not read, so that they never keep others from being taken.
    pub(super) fn put_noted_last(&mut self, existing: &ExistingParts) {
        self.exports
            .sort_by_cached_key(|candidate| candidate.is_noted(existing));
    }

    async fn list_one(source: &Source, options: &NormalizeOptions) -> Self {
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
                self.failures.push(Failure {
                    export: error.key.as_str().to_owned(),
                    error: error_chain(&error),
                    hint: error.hint(),
                });
                return;
            }
        };
        match ExportKey::classify(&object.key, object.modified) {
            Ok(export) if options.includes(export.time.date()) => {
                self.exports.push(Candidate {
                    store: Arc::clone(store),
                    export,
                    object,
                });
            }
            // A destination inside the source: our own parts are not worth a word.
            Err(_) if PartName::is_part(&object.key) => {}
            Ok(_) | Err(_) => self.ignored += 1,
        }
    }
}

impl Candidate {
    /// Whether an earlier run could not read it, as far as that is known without reading it again.
    pub(super) fn is_noted(&self, existing: &ExistingParts) -> bool {
        self.object
            .tag
            .as_ref()
            .is_some_and(|tag| existing.is_noted(&PartName::new(&self.export.key, tag)))
    }
}
