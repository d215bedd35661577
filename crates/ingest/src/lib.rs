//! Turns Kiro exports into typed, partitioned Parquet, from any object store into any other.
//!
//! Owns the object port, the Parquet encoding, the names of parts and the run. It knows nothing of SQL, of a
//! dashboard or of AWS; it reads no clock and no environment.

mod run;
mod store;

pub use run::{
    Dataset, ExportOutcome, ExportStatus, Failure, NoProgress, NormalizeOptions, Progress,
    RunError, RunErrorKind, RunSummary, normalize,
};
pub use store::{
    InMemoryStore, LocalFolder, ObjectMeta, ObjectReader, ObjectStore, ObjectWriter, StoreError,
    StoreErrorKind,
};
