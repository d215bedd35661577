//! The declaration of a setting.

use std::ops::RangeInclusive;

use serde_json::Value;

use crate::declarations::SETTINGS;
use crate::value::Kind;

/// One setting.
#[derive(Debug)]
pub struct Setting {
    /// Its key in the file, and in `--set KEY=VALUE`.
    pub key: &'static str,
    /// The heading of its group in the reference.
    pub group: &'static str,
    pub scope: Scope,
    pub kind: Kind,
    /// The limits of a number.
    pub range: RangeInclusive<u64>,
    /// In the form of an environment variable; none if it is optional or derived from other settings.
    pub default: Option<&'static str>,
    /// Environment variables of the AWS sample; see [`Self::environment`].
    pub sample: &'static [&'static str],
    pub persistence: Persistence,
    /// Its value must not be shown.
    pub secret: bool,
    /// Returns the problem of a value of the right kind. That of a secret does not repeat the value.
    pub check: fn(&Value) -> Option<String>,
    /// One line for help and documentation, in lower case and without a full stop.
    pub meaning: &'static str,
    /// Further sentences for the example file.
    pub note: &'static str,
    /// A value in TOML for the example file, where the default is none.
    pub example: &'static str,
}

/// The commands that read a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Those that read local data. At the top level of the file.
    Local,
    /// All. At the top level of the file.
    Shared,
    /// Those of a deployment. In the section `[deployment]` of the file.
    Deployment,
}

/// Where a setting is stored between deployments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Persistence {
    /// In its own parameter of the stack.
    Parameter(&'static str),
    /// In the JSON of the stack's parameter `RememberedSettings`.
    StackJson,
    /// Not stored: it concerns this machine, or is needed to find the stack.
    None,
    /// Only in the text of the deployed views, from which `deploy` reads it back. Never shown.
    SecretInViews,
}

/// Every setting of a deployment, in the order of the output.
pub fn deployment_settings() -> impl Iterator<Item = &'static Setting> {
    SETTINGS
        .iter()
        .filter(|setting| setting.scope != Scope::Local)
}

/// The setting with this key.
pub fn setting(key: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.key == key)
}

impl Setting {
    /// An optional text of a deployment, stored in the stack's JSON.
    pub(crate) const DEFAULTS: Self = Self {
        key: "",
        group: "",
        scope: Scope::Deployment,
        kind: Kind::Text,
        range: 0..=u64::MAX,
        default: None,
        sample: &[],
        persistence: Persistence::StackJson,
        secret: false,
        check: |_| None,
        meaning: "",
        note: "",
        example: "",
    };

    /// The environment variables: first kiro-analytics' own, then those of the AWS sample.
    pub fn environment(&self) -> Vec<String> {
        let own = format!("KIRO_ANALYTICS_{}", self.key.to_uppercase());
        let sample = self.sample.iter().map(|name| (*name).to_owned());
        std::iter::once(own).chain(sample).collect()
    }

    /// The declared default as a value.
    pub(crate) fn default_value(&self) -> Option<Value> {
        self.parse_text(self.default?).ok()
    }

    /// The value of an empty text: the default, or nothing.
    pub(crate) fn unset(&self) -> Value {
        let value = self.parse_text(self.default.unwrap_or_default());
        // Only kinds that always have a default reject an empty text.
        value.unwrap_or_default()
    }

    /// The key in the file, with its section.
    pub fn path(&self) -> String {
        match self.scope {
            Scope::Local | Scope::Shared => self.key.to_owned(),
            Scope::Deployment => format!("deployment.{}", self.key),
        }
    }

    /// Returns true if its value must not be shown.
    pub fn is_secret(&self) -> bool {
        self.secret || self.persistence == Persistence::SecretInViews
    }

    /// The meaning and the note as sentences: the comment above the setting in a file.
    pub fn comment(&self) -> String {
        let mut letters = self.meaning.chars();
        let first = letters
            .next()
            .map(|letter| letter.to_uppercase().to_string());
        let sentence = format!("{}{}.", first.unwrap_or_default(), letters.as_str());
        if self.note.is_empty() {
            return sentence;
        }
        format!("{sentence} {}", self.note)
    }
}
