//! The declaration of a setting.

use serde_json::Value;

use super::check;

/// One setting.
#[derive(Debug)]
pub struct Setting {
    /// Its key in `[deployment]` of the file, and in `--set KEY=VALUE`.
    pub key: &'static str,
    /// True if it is at the top level of the file, because other commands also read it.
    pub is_shared: bool,
    /// Environment variables: first kiro-analytics' own, then those of the AWS sample.
    pub environment: &'static [&'static str],
    pub kind: ValueKind,
    /// In the form of an environment variable; none if it is optional or derived from other settings.
    pub default: Option<&'static str>,
    pub persistence: Persistence,
    /// One line for help and documentation.
    pub meaning: &'static str,
    /// Returns the problem of a value of the right kind.
    pub check: fn(&Value) -> Option<String>,
}

/// The type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueKind {
    Text,
    /// `true` or `false`.
    Flag,
    Number {
        least: u64,
        most: u64,
    },
    /// As one text: items separated by commas.
    List,
    Choice(&'static [&'static str]),
    /// As one text: `key=value` pairs separated by commas.
    Table,
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

impl Setting {
    /// A text, stored in the stack's JSON.
    pub(super) const fn text(
        key: &'static str,
        environment: &'static [&'static str],
        meaning: &'static str,
    ) -> Self {
        Self {
            key,
            is_shared: false,
            environment,
            kind: ValueKind::Text,
            default: None,
            persistence: Persistence::StackJson,
            meaning,
            check: check::anything,
        }
    }

    /// A number, stored in its own parameter of the stack: default, minimum and maximum.
    pub(super) const fn number(
        key: &'static str,
        environment: &'static [&'static str],
        parameter: &'static str,
        (default, least, most): (&'static str, u64, u64),
        meaning: &'static str,
    ) -> Self {
        Self {
            kind: ValueKind::Number { least, most },
            default: Some(default),
            persistence: Persistence::Parameter(parameter),
            ..Self::text(key, environment, meaning)
        }
    }

    /// The value of an empty text: the default, or nothing.
    pub(super) fn unset(&self) -> Value {
        let value = self.kind.of_text(self.default.unwrap_or_default());
        // Only kinds that always have a default reject an empty text.
        value.unwrap_or_default()
    }

    /// The key in the file.
    pub fn path(&self) -> String {
        if self.is_shared {
            self.key.to_owned()
        } else {
            format!("deployment.{}", self.key)
        }
    }

    /// Returns true if its value must not be shown.
    pub fn is_secret(&self) -> bool {
        self.persistence == Persistence::SecretInViews
    }
}
