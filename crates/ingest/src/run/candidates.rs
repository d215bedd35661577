//! What a listing of the source has for a run.

use futures::StreamExt;
use kiro_report::ExportKey;

use super::summary::{Failure, chain};
use crate::part::PartName;
use crate::run::NormalizeOptions;
use crate::store::{ObjectMeta, ObjectStore};

/// The exports in the window, in the order of their keys.
#[derive(Debug, Default)]
pub(super) struct Candidates {
    pub(super) exports: Vec<(ExportKey, ObjectMeta)>,
    pub(super) ignored: u64,
    /// What could not be listed, for all we know an export each.
    pub(super) failures: Vec<Failure>,
}

impl Candidates {
    pub(super) async fn list(source: &dyn ObjectStore, options: &NormalizeOptions) -> Self {
        let mut candidates = Self::default();
        let mut listing = source.list("");
        while let Some(object) = listing.next().await {
            match object {
                Ok(object) => candidates.add(object, options),
                Err(error) => {
                    let failure = Failure {
                        export: error.key.as_str().to_owned(),
                        error: chain(&error),
                        hint: error.hint(),
                    };
                    candidates.failures.push(failure);
                }
            }
        }
        candidates
            .exports
            .sort_unstable_by(|(one, _), (other, _)| one.key.cmp(&other.key));
        candidates
    }

    fn add(&mut self, object: ObjectMeta, options: &NormalizeOptions) {
        match ExportKey::classify(&object.key, object.modified) {
            Ok(export) if options.includes(export.time.date()) => {
                self.exports.push((export, object));
            }
            // A destination inside the source: our own parts are not worth a word.
            Err(_) if PartName::is_part(&object.key) => {}
            Ok(_) | Err(_) => self.ignored += 1,
        }
    }
}
