//! Datasets (a relation and its filters) and pickers (the choices of the page).

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::at::At;
use super::localized_text::LocalizedText;
use super::measure::Level;

/// A relation of the catalogue, with its time and user columns.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Dataset {
    pub relation: At<String>,
    /// Without it, no date picker acts on the dataset.
    pub time: Option<Time>,
    pub user: Option<UserColumns>,
    /// Picker, then the column that it filters. Default: the first column of the picker that the relation has.
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

/// The date column and the period that one row covers.
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
    /// A whole number per `id`: faster to count and group by, never shown.
    pub number: Option<At<String>>,
}

/// A period of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Grain {
    Day,
    Week,
    Month,
    /// 1 (Monday) to 7.
    Weekday,
    /// Day, week or month, by the length of the window.
    Auto,
}

/// The ids that no picker can have: the API has query keys of these names, the page's scripts a member `constructor` of
/// every object.
pub const RESERVED_PICKER_IDS: [&str; 12] = [
    "bom",
    "constructor",
    "from",
    "lang",
    "limit",
    "name",
    "offset",
    "search",
    "sheet",
    "sort",
    "to",
    "token",
];

/// A choice that all sheets share.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Picker {
    /// Lower-case letters, digits and `_`, beginning with a letter. It is the key of the choice in addresses.
    #[schemars(regex(pattern = r"^[a-z][a-z0-9_]*$"))]
    pub id: At<String>,
    pub kind: PickerKind,
    /// Default: the text `picker.<id>`.
    pub label: Option<LocalizedText>,
    /// Columns of texts that the picker filters, in order of preference: it acts on datasets that have one. Empty for dates.
    #[serde(default)]
    pub columns: Vec<At<String>>,
    /// The source of its values; not for dates.
    pub options: Option<PickerOptions>,
    /// The meaning that names and colours its values.
    pub meaning: Option<At<String>>,
    /// The columns hold `''` where a value is unknown, and `''` can be chosen. Only for several values.
    #[serde(default)]
    pub empty: bool,
    /// In a report file, a value can be chosen together with one of the other picker that is `together`. Only for several
    /// values.
    #[serde(default)]
    pub together: bool,
    /// For dates: the length of the window, in days up to the last day of the data, when nothing is chosen.
    pub default_days: Option<u32>,
}

/// What a picker chooses: dates, several values, or one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PickerKind {
    Dates,
    Many,
    One,
}

/// The source of a picker's values.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PickerOptions {
    pub dataset: At<String>,
    /// A column of texts. NULL is not offered, `''` only with `empty`.
    pub value: At<String>,
    /// A name to show; the search covers value and name.
    pub label: Option<At<String>>,
    /// A detail to show beside the name.
    pub detail: Option<At<String>>,
    /// The measure to sort by, descending, also of another dataset with the column `value`. Default: by name.
    pub by: Option<At<String>>,
}
