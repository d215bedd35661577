//! One asset in Amazon Quick Sight: its desired state, its existing state, and the change between them.
//!
//! Tags of the asset store a hash of the applied request and the state that was observed afterwards. If the observed state
//! changes without a deployment, the asset was changed outside it.

mod apply;
mod description;
mod desired;
mod existing;
mod normal_form;
mod permissions;
mod requests;
mod row_rules;
mod state_tags;
mod violations;

pub(crate) use apply::ApplyMode;
pub(crate) use description::{AssetError, Description};
pub(crate) use desired::DesiredAsset;
pub(crate) use existing::ExistingAsset;
pub(crate) use requests::AssetAddress;
pub(crate) use row_rules::RESTRICTED_BY;
pub(crate) use violations::error_text;
