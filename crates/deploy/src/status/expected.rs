//! What should be there by settings and stack, and is not.

use chrono::NaiveDate;
use kiro_curate::Catalogue;
use kiro_dashboard::Spec;
use kiro_dashboard_quicksight::datasets;

use super::{Status, StatusProblem, StatusQuestion};
use crate::names::Names;
use crate::settings::DeploymentSettings;
use crate::step::Blame;
use crate::steps::assets_of;

const MAKE_AGAIN: &str = "`kiro-analytics deploy` makes it again";

/// The data sets of the built-in dashboard that are missing. Which ones another dashboard needs, only its file says.
pub(super) fn missing_data_sets(
    names: &Names,
    settings: &DeploymentSettings,
    status: &Status,
) -> Vec<StatusProblem> {
    let is_there = |id: &String| {
        status.data_sets.iter().any(|data_set| data_set.id == *id)
            || status
                .problems
                .iter()
                .any(|problem| problem.what.contains(&format!("`{id}`")))
    };
    let missing = needed(names, settings)
        .into_iter()
        .filter(|id| !is_there(id));
    missing
        .map(|id| StatusProblem::new(Blame::Aws, format!("missing: data set `{id}`"), MAKE_AGAIN))
        .collect()
}

fn needed(names: &Names, settings: &DeploymentSettings) -> Vec<String> {
    if settings.dashboard != "builtin" {
        return Vec::new();
    }
    let Ok(catalogue) = Catalogue::render(&settings.render_options(names)) else {
        return Vec::new();
    };
    let Ok(spec) = Spec::builtin(&catalogue, &settings.views) else {
        return Vec::new();
    };
    let assets = assets_of(names, settings);
    let found = datasets(&spec, &catalogue, &assets, settings.language()).unwrap_or_default();
    found.into_iter().map(|data_set| data_set.id).collect()
}

/// A problem if the newest day is older than the settings allow: the alarm for that comes a day later.
pub(super) fn stale(question: &StatusQuestion<'_>, status: &Status) -> Option<StatusProblem> {
    let newest = status.newest_day.as_deref()?;
    let date: NaiveDate = newest.parse().ok()?;
    let days = (question.now.date_naive() - date).num_days();
    let allowed = question.settings.stale_after_days;
    (u64::try_from(days).is_ok_and(|days| days > allowed)).then(|| {
        StatusProblem::new(
            Blame::Data,
            format!("the newest day is {newest}, {days} days ago: more than the {allowed} of `stale_after_days`"),
            "`kiro-analytics preflight` looks whether exports still come, `kiro-analytics logs` whether they can be read",
        )
    })
}
