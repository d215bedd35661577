//! The whole file: colours, datasets, pickers, measures, buckets, sheets.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::at::At;
use super::dataset::{Dataset, Picker};
use super::localized_text::LocalizedText;
use super::measure::{Bucket, Measure};
use super::visual::Visual;

/// A dashboard file.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// The version of this format: 1.
    pub version: At<u32>,
    /// The dashboard's name. Default: the text `dashboard.title`.
    pub title: Option<LocalizedText>,
    pub colours: Colours,
    /// The relations of the catalogue that the dashboard reads, by the name used below.
    pub datasets: BTreeMap<String, At<Dataset>>,
    /// The choices of the page, in display order.
    pub pickers: Vec<Picker>,
    pub measures: BTreeMap<String, At<Measure>>,
    /// Groups of users (or days), each by its own measures inside the window.
    #[serde(default)]
    pub buckets: BTreeMap<String, At<Bucket>>,
    /// The dates of the data: the oldest and newest day over the time columns of these datasets.
    pub days: Vec<At<String>>,
    /// The day that windows end on when nothing is chosen. Default: the newest day.
    pub anchor: Option<Anchor>,
    pub sheets: Vec<Sheet>,
}

/// The day that windows end on: the maximum of a date column.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Anchor {
    pub dataset: At<String>,
    pub column: At<String>,
}

/// One tab.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sheet {
    pub id: At<String>,
    /// Default: the text `sheet.<id>`.
    pub title: Option<LocalizedText>,
    /// What the sheet is about. Quick Sight has no sheet whose source is off.
    pub needs: Option<Need>,
    /// The pickers shown on this sheet.
    pub pickers: Vec<At<String>>,
    pub visuals: Vec<Visual>,
}

/// A source of data that a deployment can be without.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// Names, teams and seats.
    IdentityMap,
}

/// Colours by meaning, and the palette for other values. Each colour is used once.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Colours {
    /// Colours of values without a pinned colour, in order of use.
    pub palette: Vec<At<Colour>>,
    /// Meaning, then value, then colour: `tier: {Pro: …}`. A meaning without colours only names its values.
    pub meanings: BTreeMap<String, BTreeMap<String, At<Colour>>>,
}

/// A colour, as `#rrggbb`, for the light and for the dark page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Colour {
    #[schemars(regex(pattern = r"^#[0-9A-Fa-f]{6}$"))]
    pub light: String,
    #[schemars(regex(pattern = r"^#[0-9A-Fa-f]{6}$"))]
    pub dark: String,
}
