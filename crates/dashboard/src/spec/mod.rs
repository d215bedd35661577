//! The model of `dashboards/*.yaml`. The types decide which keys are allowed where, the checks whether they make sense.

mod at;
mod dataset;
mod document;
mod localized_text;
mod measure;
mod visual;

pub use at::At;
pub use dataset::{
    Dataset, Grain, Picker, PickerKind, PickerOptions, RESERVED_PICKER_IDS, Time, UserColumns,
};
pub use document::{Colour, Colours, Document, Need, Sheet};
pub use localized_text::LocalizedText;
pub use measure::{
    Bucket, Comparison, Condition, Format, Formula, Level, Literal, Measure, Predicate, Rule,
    Threshold, WrittenThreshold,
};
pub use visual::{
    Area, Click, Detail, Dimension, Kind, Order, Orientation, Show, Sort, Stack, Visual, Window,
};
