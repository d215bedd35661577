//! The dashboard as SQL and figures: requests, the statements of a visual, and what their rows look like on the page.
//!
//! [`visual_query`] compiles a visual of a [`Spec`](kiro_dashboard::Spec) for a [`Request`], [`build_figure`] turns the
//! results into a [`Figure`]. No engine and no clock: the days of the data and the selection are values.

mod column;
mod compile;
mod data_window;
mod error;
mod figure;
mod literal;
mod picker_options;
mod query;
mod request;
mod selection;
mod span;
mod table_view;
mod value;

pub use column::{ColumnRole, ValueType};
pub use compile::{
    Facet, FacetedQuery, FacetedResults, FacetedStatement, faceted_query, visual_query,
};
pub use data_window::{DataWindow, data_window_query, first_day_query, read_first_day};
pub use error::RequestError;
pub use figure::{Empty, Figure, FigureColumn, FigurePart, Note, NoteValue, OTHER, build_figure};
pub use picker_options::{
    ChoiceRow, options_query, read_options, read_single_valued_pickers, single_valued_pickers_query,
};
pub use query::{LocalQuery, Role, Statement};
pub use request::Request;
pub use selection::{Selection, SelectionError};
pub use span::Span;
pub use table_view::TableView;
pub use value::{ResultSet, Value};
