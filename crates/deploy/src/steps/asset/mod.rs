//! One asset in Amazon Quick Sight: what exists, what is desired, and how one becomes the other.
//!
//! Tags of the asset remember the hash of what was sent and what the service then described. If the description changes and
//! the deployment does not, somebody else has changed the asset.

mod apply;
mod description;
mod desired;
mod existing;
mod normal_form;
mod permissions;
mod requests;
mod state_tags;
mod violations;

pub(crate) use apply::ApplyMode;
pub(crate) use description::{AssetError, Description};
pub(crate) use desired::DesiredAsset;
pub(crate) use existing::ExistingAsset;
pub(crate) use requests::AssetAddress;
pub(crate) use violations::error_text;
