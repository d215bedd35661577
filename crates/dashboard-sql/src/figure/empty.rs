//! Why a figure is empty.

use kiro_dashboard::spec::Show;

use super::model::Empty;
use crate::compile::VisualPlan;
use crate::value::Value;

/// The reason for a visual without statements.
pub(super) fn why_no_query(plan: &VisualPlan<'_>) -> Empty {
    match plan.visual.show {
        Show::User if !plan.request.has_user(plan.spec) => Empty::because("no_user"),
        _ => Empty::because("no_data"),
    }
}

/// The reason for a visual without rows.
pub(super) fn why_empty(plan: &VisualPlan<'_>) -> Empty {
    if plan.request.data.days.is_none() {
        return Empty::because("no_data");
    }
    let selection = &plan.request.selection;
    let narrowed = plan.spec.document().pickers.iter().any(|picker| {
        plan.spec.acting_column(plan.visual, picker).is_some() && selection.is_chosen(&picker.id)
    });
    let is_headline = plan.visual.by.is_empty();
    Empty::because(if is_headline && plan.spec.lacks_fees(plan.visual) {
        "no_fees"
    } else if narrowed {
        "narrowed"
    } else if plan.spec.needs_identity(plan.visual) {
        "no_people"
    } else {
        "no_rows"
    })
}

/// Returns true if there are no rows, or if a headline has no number.
pub(super) fn matches_nothing(plan: &VisualPlan<'_>, rows: &[Vec<Value>]) -> bool {
    let no_number = |row: &Vec<Value>| row.iter().all(Value::is_null);
    rows.is_empty() || (plan.visual.by.is_empty() && rows.iter().all(no_number))
}
