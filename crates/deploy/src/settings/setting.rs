//! What is known about one setting before anybody has set it.

use serde_json::Value;

use super::check;

/// One setting.
#[derive(Debug)]
pub struct Setting {
    /// Its key in `[deployment]` of the file, and in `--set KEY=VALUE`.
    pub key: &'static str,
    /// Whether it stands at the top of the file, as other commands read it, too.
    pub is_shared: bool,
    /// Environment variables, ours first; the others are those of the AWS sample.
    pub environment: &'static [&'static str],
    pub kind: ValueKind,
    /// As it would be written in the environment; none where it follows from something else or is left out.
    pub default: Option<&'static str>,
    pub persistence: Persistence,
    /// One line, for people.
    pub meaning: &'static str,
    /// What is wrong with a value of the right kind.
    pub check: fn(&Value) -> Option<String>,
}

/// What a value looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueKind {
    Text,
    /// `true` or `false`.
    Flag,
    Number {
        least: u64,
        most: u64,
    },
    /// Commas between the items where it is one text.
    List,
    Choice(&'static [&'static str]),
    /// `key=value`, with commas in between where it is one text.
    Table,
}

/// What remembers a setting between two deployments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Persistence {
    /// A parameter of the stack.
    Parameter(&'static str),
    /// The stack's parameter `RememberedSettings`.
    Remembered,
    /// Nothing: it is about this machine, or needed to find the stack.
    Nothing,
    /// No setting, as it is never shown: `deploy` reads it back from the views.
    Secret,
}

impl Setting {
    /// Any text, remembered by the stack.
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

    /// A number, remembered as a parameter of the stack: its default, the least and the most.
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

    /// What an empty value sets: the default, or nothing.
    pub(super) fn unset(&self) -> Value {
        let value = self.kind.of_text(self.default.unwrap_or_default());
        // Only a kind that always has a default refuses an empty text.
        value.unwrap_or_default()
    }

    /// The key as a file has it.
    pub fn path(&self) -> String {
        if self.is_shared {
            self.key.to_owned()
        } else {
            format!("deployment.{}", self.key)
        }
    }

    /// Whether its value must not be shown.
    pub fn is_secret(&self) -> bool {
        self.persistence == Persistence::SecretInViews
    }
}
