//! The types that `dashboards/*.yaml` is written in. They say what may stand where, the checks say what it must mean.

mod at;
mod dataset;
mod document;
mod measure;
mod visual;

pub use at::At;
pub use dataset::{Dataset, Grain, Picker, PickerKind, PickerOptions, Time, UserColumns};
pub use document::{Colour, Colours, Document, Sheet};
pub use measure::{
    Bucket, Comparison, Condition, Format, Formula, Level, Literal, Measure, Predicate, Rule,
    Threshold, WrittenThreshold,
};
pub use visual::{
    Area, Click, Detail, Dimension, Kind, Order, Orientation, Show, Sort, Stack, Visual, Window,
    Words,
};
