//! Texts by key: titles, subtitles, labels and messages, one file per language.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// The languages of the page.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    #[default]
    En,
    Zh,
    Ko,
}

impl Language {
    pub const ALL: [Self; 3] = [Self::En, Self::Zh, Self::Ko];

    /// The language code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Zh => "zh",
            Self::Ko => "ko",
        }
    }

    /// The language of a tag such as `ko-KR`; none if the page does not have it.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        Self::ALL
            .into_iter()
            .find(|language| primary.eq_ignore_ascii_case(language.code()))
    }

    const fn file(self) -> &'static str {
        match self {
            Self::En => include_str!("../../../dashboards/texts/en.yaml"),
            Self::Zh => include_str!("../../../dashboards/texts/zh.yaml"),
            Self::Ko => include_str!("../../../dashboards/texts/ko.yaml"),
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.code())
    }
}

/// The texts of one language, by keys such as `visual.a-credits.title`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Texts(BTreeMap<String, String>);

/// The nested form of the file.
#[derive(Deserialize)]
#[serde(untagged)]
enum Node {
    Text(String),
    Group(BTreeMap<String, Node>),
}

impl Texts {
    /// The built-in texts.
    pub fn builtin(language: Language) -> Result<Self, String> {
        Self::parse(language.file())
    }

    /// Reads a file of nested groups; a text's key is the path of its groups, joined with full stops.
    ///
    /// # Errors
    ///
    /// The message of the YAML reader.
    pub fn parse(yaml: &str) -> Result<Self, String> {
        let root: BTreeMap<String, Node> =
            serde_saphyr::from_str(yaml).map_err(|error| error.without_snippet().to_string())?;
        let mut texts = BTreeMap::new();
        for (key, node) in root {
            flatten(key, node, &mut texts);
        }
        Ok(Self(texts))
    }

    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    pub(crate) fn insert(&mut self, key: String, text: String) {
        self.0.insert(key, text);
    }

    pub(crate) fn into_map(self) -> BTreeMap<String, String> {
        self.0
    }
}

fn flatten(key: String, node: Node, texts: &mut BTreeMap<String, String>) {
    match node {
        Node::Text(text) => {
            texts.insert(key, text);
        }
        Node::Group(group) => {
            for (name, node) in group {
                flatten(format!("{key}.{name}"), node, texts);
            }
        }
    }
}
