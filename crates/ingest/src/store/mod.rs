//! The object port: the store that the normalizer reads and writes, and two implementations.

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
pub use port::{ObjectMeta, ObjectReader, ObjectStore, ObjectWriter, PutMode};
pub use remote_error::RemoteErrorKind;
