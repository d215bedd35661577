//! The object port: what the normalizer needs of a place that keeps objects, and two such places.

mod error;
mod local;
mod local_listing;
mod local_staging;
mod local_writer;
mod memory;
mod port;

pub use error::{StoreError, StoreErrorKind};
pub use local::LocalFolder;
pub use memory::InMemoryStore;
pub use port::{ObjectMeta, ObjectReader, ObjectStore, ObjectWriter};
