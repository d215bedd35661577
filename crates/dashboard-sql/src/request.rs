//! What decides the figure of a visual: the selection, the days of the data, the page of a table.

use kiro_dashboard::Spec;

use crate::data_window::DataWindow;
use crate::selection::Selection;
use crate::span::Span;
use crate::table_view::TableView;

/// The request for a visual.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Request {
    pub selection: Selection,
    pub data: DataWindow,
    pub view: TableView,
}

impl Request {
    /// The chosen days: of the date picker, else the default number of days; none without data.
    pub fn chosen_span(&self, spec: &Spec) -> Option<Span> {
        self.selection.span(self.data.days, spec.default_days())
    }

    /// Returns true if a user is chosen.
    pub fn has_user(&self, spec: &Spec) -> bool {
        let picker = spec.user_picker();
        picker.is_some_and(|picker| self.selection.is_chosen(&picker.id))
    }
}
