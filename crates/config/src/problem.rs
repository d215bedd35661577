//! Origins of values, and problems with them.

use std::fmt;

use kiro_catalog::{did_you_mean, nearest};
use serde::Serialize;

use crate::setting::{Scope, Setting, setting};

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "from", content = "place")]
pub enum Origin {
    Flag(String),
    Environment(String),
    /// `kiro-analytics.toml:12`
    File(String),
    Stack,
    Default,
    /// Not set: optional, or derived from other settings.
    Unset,
}

/// A problem of a setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub origin: Origin,
    /// The key of a setting, the path of any other key in the file, or empty if the text names the keys.
    pub key: String,
    pub text: String,
}

/// All problems, reported together.
#[derive(Debug, Clone, Default, PartialEq, Eq, thiserror::Error)]
#[error("{}", lines(.0))]
pub struct Problems(pub Vec<Problem>);

impl Problem {
    /// An unknown key, with the nearest of the known ones.
    pub(crate) fn unknown<'a>(
        key: &str,
        origin: Origin,
        word: &str,
        known: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let near = nearest(word, known);
        Self {
            origin,
            key: key.to_owned(),
            text: format!("unknown setting{}", did_you_mean(near.as_deref())),
        }
    }

    /// Returns true if only the commands of a deployment read the setting.
    pub fn is_of_deployment(&self) -> bool {
        match setting(&self.key) {
            Some(setting) => setting.scope == Scope::Deployment,
            None => self.key.starts_with("deployment."),
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Flag(name) | Self::Environment(name) | Self::File(name) => name,
            Self::Stack => "the deployed stack",
            Self::Default => "default",
            Self::Unset => "not set",
        })
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !matches!(self.origin, Origin::Unset | Origin::Default) {
            write!(formatter, "{}: ", self.origin)?;
        }
        if !self.key.is_empty() {
            let name = setting(&self.key).map_or_else(|| self.key.clone(), Setting::path);
            write!(formatter, "`{name}`: ")?;
        }
        formatter.write_str(&self.text)
    }
}

fn lines(problems: &[Problem]) -> String {
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    lines.join("\n")
}
