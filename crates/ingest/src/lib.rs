//! Turns Kiro exports into typed, partitioned Parquet, from any object store into any other.
//!
//! Owns the object port, the Parquet encoding, the names of parts and the run. It knows nothing of SQL, of a
//! dashboard or of AWS; it reads no clock and no environment.

mod error_chain;
mod export;
mod part;
mod run;
mod store;

pub use error_chain::error_chain;
pub use run::{
    ExportOutcome, ExportStatus, Failure, Intake, NoProgress, NormalizeOptions, Progress, RunError,
    RunErrorKind, RunSummary, Source, normalize, normalize_intake,
};
pub use store::{
    InMemoryStore, LocalFolder, ObjectMeta, ObjectReader, ObjectStore, ObjectWriter,
    RemoteErrorKind, StoreError, StoreErrorKind, key_prefix,
};
