//! Texts in the file itself.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

/// One text for all languages, or a text per language code.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum LocalizedText {
    One(String),
    PerLanguage(BTreeMap<String, String>),
}
