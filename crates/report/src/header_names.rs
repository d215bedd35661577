//! What the headers of one file have named so far.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::IssueKind;

/// The models and the reported columns of one file, over all its headers.
#[derive(Debug, Default)]
pub(crate) struct HeaderNames {
    models: HashMap<String, usize>,
    reported: HashSet<(IssueKind, Arc<str>)>,
}

impl HeaderNames {
    /// The index of a model among those of the file, and whether it is new.
    pub(crate) fn model_index(&mut self, model: &str) -> (usize, bool) {
        if let Some(index) = self.models.get(model) {
            return (*index, false);
        }
        let index = self.models.len();
        self.models.insert(model.to_owned(), index);
        (index, true)
    }

    /// Returns true if the file has no issue of this kind about this column yet.
    pub(crate) fn is_new_issue(&mut self, kind: IssueKind, column: &Arc<str>) -> bool {
        self.reported.insert((kind, Arc::clone(column)))
    }

    /// How many names are kept in memory.
    pub(crate) fn len(&self) -> usize {
        self.models.len().max(self.reported.len())
    }
}
