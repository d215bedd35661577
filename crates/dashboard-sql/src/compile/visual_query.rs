//! The statements of a visual.

use kiro_dashboard::Spec;
use kiro_dashboard::spec::{Kind, Show};

use super::plan::VisualPlan;
use super::statements::statements;
use crate::error::RequestError;
use crate::query::LocalQuery;
use crate::request::Request;

/// The SQL of a visual for a request. No statements: there is no data, or the visual is hidden until a user is chosen.
pub fn visual_query(
    spec: &Spec,
    visual_id: &str,
    request: &Request,
) -> Result<LocalQuery, RequestError> {
    let visual = spec.visual(visual_id)?;
    if visual.kind.value == Kind::Text {
        return Err(RequestError::NoData {
            visual: visual_id.to_owned(),
        });
    }
    let span = request.chosen_span(spec);
    let hidden = match visual.show {
        Show::Always => false,
        Show::User => !request.has_user(spec),
        Show::NoUser => request.has_user(spec),
    };
    // What is wrong with exports is shown before any row could be read.
    let needs_rows = visual.dataset.as_ref().is_none_or(|name| {
        spec.dataset(name).map_or(true, |dataset| {
            dataset.time.is_some() || dataset.user.is_some()
        })
    });
    if span.is_none() && needs_rows || hidden {
        return Ok(LocalQuery::default());
    }
    let plan = VisualPlan::new(spec, visual, request)?;
    Ok(statements(&plan)?)
}
