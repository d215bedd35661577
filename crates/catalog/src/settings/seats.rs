//! When a seat is idle, and the plan of people who are not in the data.

use serde::{Deserialize, Serialize};

use super::sections::Section;

/// The rules of the view `seats`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Seats {
    pub idle_days: u32,
    /// A tier code; empty: unknown.
    pub default_plan: String,
}

impl Default for Seats {
    fn default() -> Self {
        Self {
            idle_days: 30,
            default_plan: String::new(),
        }
    }
}

impl Seats {
    pub(super) const SECTION: Section = Section {
        name: "seats",
        meaning: "Seats of the people that are known from a roster or a seat group, in `seats`.",
        keys: &[
            (
                "idle_days",
                "A seat is idle after this many days without activity, counted to the newest complete day.",
            ),
            (
                "default_plan",
                "The plan, by its code, that a seat costs whose user has never been in the data. Empty: the cost of such a seat is unknown.",
            ),
        ],
    };
}
