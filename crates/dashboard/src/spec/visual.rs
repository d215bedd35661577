//! Visuals: what is drawn, of which measures, by which columns, and where on the sheet.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::at::At;
use super::dataset::Grain;
use super::localized_text::LocalizedText;
use super::measure::{Format, Predicate};

/// One tile of a sheet.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a key of its own in the file"
)]
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Visual {
    pub id: At<String>,
    #[serde(rename = "type")]
    pub kind: At<Kind>,
    /// Without it the text `visual.<id>.title`.
    pub title: Option<LocalizedText>,
    /// How the number is made. Without it the text `visual.<id>.subtitle`.
    pub subtitle: Option<LocalizedText>,
    /// Not for texts.
    pub dataset: Option<At<String>>,
    /// The axis, then the series; rows, then columns of a pivot.
    #[serde(default)]
    pub by: Vec<Dimension>,
    /// Columns that are constant within one row of the result, shown beside it.
    #[serde(default)]
    pub details: Vec<Detail>,
    #[serde(default)]
    pub measures: Vec<At<String>>,
    /// Measures that sort but are not shown.
    #[serde(default)]
    pub hidden: Vec<At<String>>,
    /// Only the rows for which all of this is true.
    #[serde(default, rename = "where")]
    pub only: Vec<Predicate>,
    #[serde(default)]
    pub window: Window,
    /// Pickers that must not act although the dataset has their column.
    #[serde(default)]
    pub ignore: Vec<At<String>>,
    /// Picker, then the column it filters here, for a visual that deviates from its dataset.
    #[serde(default)]
    pub bind: BTreeMap<String, At<String>>,
    /// Show the same for the period of equal length before.
    #[serde(default)]
    pub compare: bool,
    /// A small line per day below the number.
    #[serde(default)]
    pub trend: bool,
    #[serde(default)]
    pub stack: Stack,
    #[serde(default)]
    pub orientation: Orientation,
    #[serde(default)]
    pub sort: Vec<Sort>,
    /// Keep so many rows (of the first column) after sorting.
    pub limit: Option<At<u32>>,
    /// Add up what the limit cuts off, as one more row or series.
    #[serde(default)]
    pub rest: bool,
    /// A last row for everything, aggregated anew and not added up.
    #[serde(default)]
    pub totals: bool,
    /// One row per measure instead of one column.
    #[serde(default)]
    pub transpose: bool,
    /// Fold measures away that are zero everywhere, and name them.
    #[serde(default)]
    pub fold_zero: bool,
    /// Add up along the axis.
    #[serde(default)]
    pub cumulative: bool,
    #[serde(default)]
    pub show: Show,
    pub click: Option<Click>,
    pub layout: At<Area>,
}

/// What a visual is drawn as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Kpi,
    Bar,
    Line,
    Area,
    Donut,
    Scatter,
    Heatmap,
    Table,
    Pivot,
    Text,
    Status,
}

/// What the rows of the result are made by: a column or a bucket.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Dimension {
    pub column: Option<At<String>>,
    pub bucket: Option<At<String>>,
    /// For dates.
    pub grain: Option<At<Grain>>,
    /// The meaning that names and colours its values.
    pub meaning: Option<At<String>>,
    /// For a series: the largest so many, the others as one.
    pub limit: Option<u32>,
}

impl Dimension {
    /// The name of its column or bucket.
    pub fn source(&self) -> Option<&str> {
        let source = self.column.as_ref().or(self.bucket.as_ref());
        source.map(|name| name.value.as_str())
    }
}

/// A column beside the key: its value is the same on every row of the group.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Detail {
    pub column: Option<At<String>>,
    /// The bucket that the row's user falls into.
    pub bucket: Option<At<String>>,
    pub meaning: Option<At<String>>,
    pub format: Option<Format>,
}

impl Detail {
    /// The name of its column or bucket.
    pub fn source(&self) -> Option<&str> {
        let source = self.column.as_ref().or(self.bucket.as_ref());
        source.map(|name| name.value.as_str())
    }
}

/// The period that a visual covers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Window {
    /// The chosen dates.
    #[default]
    Range,
    /// The calendar month of the last chosen day, up to that day.
    Month,
    /// Twelve calendar months, the last of them that of the last chosen day.
    Year,
    /// All data: the date picker does not act.
    All,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Stack {
    /// Side by side: for numbers that do not add up, such as distinct users.
    #[default]
    None,
    Stacked,
    /// Shares of the whole.
    Percent,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Orientation {
    #[default]
    Vertical,
    Horizontal,
}

/// Sort by a measure or column of the visual.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sort {
    pub by: At<String>,
    #[serde(default)]
    pub order: Order,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    #[default]
    Desc,
    Asc,
}

/// When a visual is there at all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Show {
    #[default]
    Always,
    /// Only while a user is chosen.
    User,
    /// Only while no user is chosen.
    NoUser,
}

/// A click on a row chooses a value and opens a sheet.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Click {
    pub sheet: At<String>,
    pub picker: At<String>,
    /// The column of the visual that the value comes from.
    pub from: At<String>,
}

/// A place on the grid of 12 columns; visuals that are never shown together may share it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Area {
    pub x: u32,
    pub y: u32,
    pub w: u32,
    pub h: u32,
}
