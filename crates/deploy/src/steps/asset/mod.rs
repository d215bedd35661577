//! One asset in Amazon Quick Sight: what is there, what shall be there, and the way from one to the other.
//!
//! What we wrote is remembered in two of its tags: the hash of what was sent, and the hash of what the service then described.
//! If the description has changed and we have not, somebody else has.

mod look;
mod making;
mod marks;
mod permissions;
mod wanted;

pub(crate) use look::Look;
pub(crate) use wanted::WantedAsset;
