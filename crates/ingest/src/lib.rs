//! Turns Kiro exports into typed, partitioned Parquet, from any object store into any other.
//!
//! Owns the object port, the Parquet encoding, the names of parts and the run. Does not know SQL, dashboards or AWS; reads
//! no clock and no environment.

mod error_chain;
mod export;
mod part;
mod run;
mod same_content;
mod store;

pub use error_chain::error_chain;
pub use run::{
    ExportFailure, ExportOutcome, ExportSource, ExportStatus, NoProgress, NormalizeOptions,
    Progress, RunError, RunErrorKind, RunInput, RunSummary, normalize, normalize_input,
};
pub use same_content::{ContentHash, ContentHasher, find_same_content};
pub use store::{
    InMemoryStore, LocalFolder, ObjectMeta, ObjectReader, ObjectStore, ObjectWriter, PutMode,
    RemoteErrorKind, StoreError, StoreErrorKind, key_prefix,
};
