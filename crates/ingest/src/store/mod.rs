//! The object port: what the normalizer needs of a place that keeps objects, and two such places.

mod error;
mod key_prefix;
mod local;
mod local_listing;
mod local_staging;
mod local_writer;
mod memory;
mod port;
mod remote_error;

pub use error::{StoreError, StoreErrorKind};
pub use key_prefix::key_prefix;
pub use local::LocalFolder;
pub use memory::InMemoryStore;
pub use port::{ObjectMeta, ObjectReader, ObjectStore, ObjectWriter};
pub use remote_error::RemoteErrorKind;
