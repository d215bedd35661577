//! The status of a person, and where the map has a person from.

use serde::{Deserialize, Serialize};

/// The status of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonStatus {
    Active,
    /// The roster says so, or the directory no longer has the person.
    Left,
    /// Shown by a mask only.
    Forgotten,
}

impl PersonStatus {
    pub const ALL: [Self; 3] = [Self::Active, Self::Left, Self::Forgotten];

    /// The text in the map.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Left => "left",
            Self::Forgotten => "forgotten",
        }
    }

    pub(crate) fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }

    /// Returns true if a roster says by this status that a person has left.
    pub(crate) fn is_left(roster_status: &str) -> bool {
        const LEFT: [&str; 5] = ["left", "inactive", "leaver", "terminated", "disabled"];
        let status = roster_status.trim();
        LEFT.iter().any(|left| status.eq_ignore_ascii_case(left))
    }
}

/// Where the map has a person from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum PersonSource {
    #[serde(rename = "roster")]
    Roster,
    #[serde(rename = "directory")]
    Directory,
    #[serde(rename = "roster+directory")]
    RosterAndDirectory,
    /// A former user of the directory.
    #[serde(rename = "last_known")]
    LastKnown,
    #[serde(rename = "forgotten")]
    Forgotten,
}

impl PersonSource {
    const ALL: [Self; 5] = [
        Self::Roster,
        Self::Directory,
        Self::RosterAndDirectory,
        Self::LastKnown,
        Self::Forgotten,
    ];

    /// The text in the map.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Roster => "roster",
            Self::Directory => "directory",
            Self::RosterAndDirectory => "roster+directory",
            Self::LastKnown => "last_known",
            Self::Forgotten => "forgotten",
        }
    }

    pub(crate) fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.as_str() == text)
    }
}
