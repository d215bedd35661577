//! What was sent: small objects that two runs cannot both claim.

mod alert_state;
#[cfg(feature = "network")]
mod bucket;
mod document;
mod error;
mod folder;
mod store;

pub use alert_state::{AlertState, Claim};
#[cfg(feature = "network")]
pub use bucket::BucketState;
pub use error::StateError;
pub use folder::FolderState;
pub use store::{StateStore, StoredState};
