//! Selects the choices that a report embeds, and renders their figures within a size limit.

mod dates;
mod figures;
mod filters;
mod renderer;

pub(crate) use dates::ReportDates;
pub(crate) use figures::{FigureIndex, ReportFigures};
pub(crate) use filters::PickerOptions;
pub(crate) use renderer::FigureRenderer;
