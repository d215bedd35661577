//! Visuals: their type, measures, dimensions, and place on the sheet.

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
    /// Default: the text `visual.<id>.title`.
    pub title: Option<LocalizedText>,
    /// How the number is computed. Default: the text `visual.<id>.subtitle`.
    pub subtitle: Option<LocalizedText>,
    /// Not for texts.
    pub dataset: Option<At<String>>,
    /// The axis, then the series; rows, then columns of a pivot.
    #[serde(default)]
    pub by: Vec<Dimension>,
    /// Columns beside a row, with one value per row.
    #[serde(default)]
    pub details: Vec<Detail>,
    #[serde(default)]
    pub measures: Vec<At<String>>,
    /// Measures that sort but are not shown.
    #[serde(default)]
    pub hidden: Vec<At<String>>,
    /// Only rows that meet all conditions count.
    #[serde(default, rename = "where")]
    pub only: Vec<Predicate>,
    #[serde(default)]
    pub window: Window,
    /// Pickers that do not act although the dataset has their column.
    #[serde(default)]
    pub ignore: Vec<At<String>>,
    /// Picker, then the column that it filters, instead of the dataset's.
    #[serde(default)]
    pub bind: BTreeMap<String, At<String>>,
    /// Show the period before, too.
    #[serde(default)]
    pub compare: bool,
    /// A line per day below the number.
    #[serde(default)]
    pub trend: bool,
    #[serde(default)]
    pub stack: Stack,
    #[serde(default)]
    pub orientation: Orientation,
    #[serde(default)]
    pub sort: Vec<Sort>,
    /// Maximum values of the first dimension, after sorting.
    pub limit: Option<At<u32>>,
    /// Show the sum of the rows beyond the limit as one more row or series.
    #[serde(default)]
    pub rest: bool,
    /// A last row with totals, aggregated over all rows and not added up.
    #[serde(default)]
    pub totals: bool,
    /// One row per measure instead of one column.
    #[serde(default)]
    pub transpose: bool,
    /// Hide measures that are zero everywhere, and name them in a note.
    #[serde(default)]
    pub fold_zero: bool,
    /// Running totals along the axis.
    #[serde(default)]
    pub cumulative: bool,
    #[serde(default)]
    pub show: Show,
    pub click: Option<Click>,
    pub layout: At<Area>,
}

/// The type of a visual.
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

/// A dimension of the result: a column or a bucket.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Dimension {
    pub column: Option<At<String>>,
    pub bucket: Option<At<String>>,
    /// For dates.
    pub grain: Option<At<Grain>>,
    /// The meaning that names and colours its values.
    pub meaning: Option<At<String>>,
    /// For a series: the maximum number of series; the others are added up as one.
    pub limit: Option<u32>,
}

impl Dimension {
    /// The name of its column or bucket.
    pub fn source(&self) -> Option<&str> {
        let source = self.column.as_ref().or(self.bucket.as_ref());
        source.map(|name| name.value.as_str())
    }
}

/// A column or bucket beside a row, with one value per row.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Detail {
    pub column: Option<At<String>>,
    /// The bucket of the row's user.
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

/// When a visual is shown.
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

/// A click on a row: chooses a value in a picker and opens a sheet.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Click {
    pub sheet: At<String>,
    pub picker: At<String>,
    /// The column of the chosen value.
    pub from: At<String>,
}

/// An area of the grid of 12 columns; visuals that are never shown together may overlap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Area {
    pub x: u32,
    pub y: u32,
    pub w: u32,
    pub h: u32,
}
