//! Figures: what the page draws for one visual and one request.

mod build;
mod empty;
mod fold;
mod model;
mod note;
mod paging;
mod pivot;
mod threshold_notes;
mod transpose;

pub use build::build_figure;
pub use model::{Empty, Figure, FigureColumn, FigurePart, OTHER};
pub use note::{Note, NoteValue};
