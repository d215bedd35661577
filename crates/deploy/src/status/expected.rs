//! Problems of what settings and stack require and the account lacks.

use chrono::NaiveDate;
use kiro_catalog::Catalogue;
use kiro_config::Config;
use kiro_dashboard::Spec;
use kiro_dashboard_quicksight::datasets;

use super::{Status, StatusProblem, StatusRequest};
use crate::names::Names;
use crate::settings::language;
use crate::step::ErrorCategory;
use crate::steps::assets_of;

const DEPLOY_HINT: &str = "`kiro-analytics deploy` creates it again";

/// The data sets of the built-in dashboard that are missing. For another dashboard only its file lists them, so it is not
/// checked.
pub(super) fn missing_data_sets(
    names: &Names,
    settings: &Config,
    status: &Status,
) -> Vec<StatusProblem> {
    let exists = |id: &String| {
        status.data_sets.iter().any(|data_set| data_set.id == *id)
            || status
                .problems
                .iter()
                .any(|problem| problem.what.contains(&format!("`{id}`")))
    };
    let missing = needed(names, settings).into_iter().filter(|id| !exists(id));
    missing
        .map(|id| {
            StatusProblem::new(
                ErrorCategory::Aws,
                format!("missing: data set `{id}`"),
                DEPLOY_HINT,
            )
        })
        .collect()
}

fn needed(names: &Names, settings: &Config) -> Vec<String> {
    if settings.dashboard != "builtin" {
        return Vec::new();
    }
    let Ok(catalogue) = Catalogue::render(&names.render_options(settings)) else {
        return Vec::new();
    };
    let Ok(spec) = Spec::builtin(&catalogue, &settings.views) else {
        return Vec::new();
    };
    let assets = assets_of(names, settings);
    let found = datasets(&spec, &catalogue, &assets, language(settings)).unwrap_or_default();
    found.into_iter().map(|data_set| data_set.id).collect()
}

/// A problem if the newest day is older than the settings allow. The alarm comes a day later.
pub(super) fn stale(request: &StatusRequest<'_>, status: &Status) -> Option<StatusProblem> {
    let newest = status.newest_day.as_deref()?;
    let date: NaiveDate = newest.parse().ok()?;
    let days = (request.now.date_naive() - date).num_days();
    let allowed = request.settings.stale_after_days;
    (u64::try_from(days).is_ok_and(|days| days > allowed)).then(|| {
        StatusProblem::new(
            ErrorCategory::Data,
            format!("the newest day is {newest}, {days} days ago: more than the {allowed} of `stale_after_days`"),
            "`kiro-analytics preflight` checks whether exports still arrive, `kiro-analytics logs` whether they can be read",
        )
    })
}
