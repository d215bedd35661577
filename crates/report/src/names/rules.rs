//! The configured rules about names.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Configured names. Each alias is a spelling with the name that replaces it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NameRules {
    /// Headers, with the header of a known column.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub header_aliases: BTreeMap<String, String>,
    /// Values of `Client_Type`, with a client in upper snake case.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub client_aliases: BTreeMap<String, String>,
    /// Values of `Subscription_Tier`, with a canonical tier code.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub tier_aliases: BTreeMap<String, String>,
    /// Models without `_messages`, with a model.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub model_aliases: BTreeMap<String, String>,
    /// Headers that end with `_messages` and are no models, with or without that ending.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub excluded_models: Vec<String>,
}

impl NameRules {
    /// Returns true if every name is taken as it is.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
