//! What was told: small objects that two runs cannot both claim.

#[cfg(feature = "network")]
mod bucket;
mod document;
mod error;
mod folder;
mod store;
mod told;

#[cfg(feature = "network")]
pub use bucket::BucketState;
pub use error::StateError;
pub use folder::FolderState;
pub use store::{StateStore, StoredState};
pub use told::{AlertState, Claim};
