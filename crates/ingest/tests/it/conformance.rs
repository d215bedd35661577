//! The stores of this crate conform.

use kiro_ingest::{InMemoryStore, LocalFolder};

use crate::kiro_exports::runtime;
use crate::store_suite::suite;

#[test]
fn the_store_in_memory_conforms() {
    runtime().block_on(suite(&InMemoryStore::new()));
}

#[test]
fn a_local_folder_conforms() {
    let folder = tempfile::tempdir().unwrap();
    let store = LocalFolder::create(folder.path()).unwrap();
    runtime().block_on(suite(&store));
}
