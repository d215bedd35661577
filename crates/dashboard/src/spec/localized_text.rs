//! Texts in the file itself.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

/// A text in one language for all, or one per language.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum LocalizedText {
    One(String),
    PerLanguage(BTreeMap<String, String>),
}
