//! Datasets (a relation and how it is filtered) and pickers (what people choose).

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::at::At;
use super::measure::Level;

/// A relation of the catalogue, and which of its columns say when and who.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Dataset {
    pub relation: At<String>,
    /// Without it no date picker acts on the dataset.
    pub time: Option<Time>,
    pub user: Option<UserColumns>,
    /// Picker, then the column it filters here; without an entry the first column of the picker that the relation has.
    #[serde(default)]
    pub bind: BTreeMap<String, At<String>>,
}

impl Dataset {
    /// The column of a level: the user id, or the time column.
    pub fn level_column(&self, level: Level) -> Option<&str> {
        match level {
            Level::User => self.user.as_ref().map(|user| user.id.value.as_str()),
            Level::Time => self.time.as_ref().map(|time| time.column.value.as_str()),
        }
    }
}

/// The date column and the stretch of time that one row covers.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Time {
    pub column: At<String>,
    /// `day`, or `month` where the column holds the first day of a month.
    pub grain: Grain,
}

/// The key of a user and the name to show: tables group by the key, never by the name.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UserColumns {
    pub id: At<String>,
    pub label: At<String>,
    /// A whole number that tells users apart as well as `id` does: quicker to count, never shown.
    pub number: Option<At<String>>,
}

/// A stretch of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Grain {
    Day,
    Week,
    Month,
    /// 1 (Monday) to 7.
    Weekday,
    /// Day, week or month, whichever keeps the number of columns readable for the window.
    Auto,
}

/// The ids that a picker can have.
pub const PICKER_IDS: [&str; 7] = ["date", "tier", "model", "client", "account", "user", "team"];

/// Something people choose once for all sheets.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Picker {
    pub id: At<String>,
    pub kind: PickerKind,
    /// Columns that the picker filters, best first; it acts on a dataset that has one of them. Empty for dates.
    #[serde(default)]
    pub columns: Vec<At<String>>,
    /// Where its values come from; not for dates.
    pub options: Option<PickerOptions>,
    /// The meaning that names and colours its values.
    pub meaning: Option<At<String>>,
    /// For dates: so many days, ending with the data, when nothing is chosen.
    pub default_days: Option<u32>,
}

/// How many values a picker takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PickerKind {
    Dates,
    Many,
    One,
}

/// Where the values of a picker come from.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PickerOptions {
    pub dataset: At<String>,
    pub value: At<String>,
    /// A name to show; search looks in value and name.
    pub label: Option<At<String>>,
    /// More to show beside the name.
    pub detail: Option<At<String>>,
    /// The measure that puts the most used first, also of another dataset with the column `value`; without it by name.
    pub by: Option<At<String>>,
}
