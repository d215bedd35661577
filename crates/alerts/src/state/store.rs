//! The port of the state: whole objects, replaced only if nothing else has replaced them.

use futures::future::BoxFuture;

use super::StateError;

/// An object as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredState {
    pub content: Vec<u8>,
    /// Changes whenever the content does.
    pub version: String,
}

/// Where the state is kept. Names are relative, with `/`.
pub trait StateStore: Send + Sync {
    /// Reads an object; `None` if it does not exist.
    fn read<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<StoredState>, StateError>>;

    /// Writes an object whole. `expected` is the version that it replaces, `None` if there must be no object yet. Returns false,
    /// and changes nothing, if the object is another one.
    fn replace<'a>(
        &'a self,
        name: &'a str,
        content: Vec<u8>,
        expected: Option<&'a str>,
    ) -> BoxFuture<'a, Result<bool, StateError>>;
}
