//! One visual of the file as one visual of `QuickSight`, with the same id, title and subtitle.

mod bar;
mod compile;
mod compiled_visual;
mod donut;
mod heatmap;
mod kpi;
mod line;
mod order;
mod parts;
mod pivot;
mod plot;
mod scatter;
mod table;

pub(crate) use compile::compile_visual;
