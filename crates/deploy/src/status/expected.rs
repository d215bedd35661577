//! Problems of what settings and stack require and the account lacks.

use chrono::NaiveDate;
use kiro_catalog::Catalogue;
use kiro_config::Config;
use kiro_dashboard::Spec;
use kiro_dashboard_quicksight::{DataSet, RULES, datasets};

use super::{Status, StatusProblem, StatusRequest};
use crate::names::Names;
use crate::settings::language;
use crate::step::ErrorCategory;
use crate::steps::assets_of;

const DEPLOY_HINT: &str = "`kiro-analytics deploy` creates it again";

/// The datasets of the built-in dashboard that are missing. For another dashboard only its file lists them, so it is not
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
    let ids = needed(names, settings).into_iter().map(|found| found.id);
    let missing = ids.filter(|id| !exists(id));
    missing
        .map(|id| {
            StatusProblem::new(
                ErrorCategory::Aws,
                format!("missing: dataset `{id}`"),
                DEPLOY_HINT,
            )
        })
        .collect()
}

/// Datasets whose rows are not restricted as the settings say. For another dashboard than the built-in one only its file lists
/// them, so it is not checked.
pub(super) fn wrong_rules(names: &Names, settings: &Config, status: &Status) -> Vec<StatusProblem> {
    let own_id = names.dataset_id(RULES);
    let own = names.quicksight_arn(&format!("dataset/{own_id}"));
    let problem = |what: String, hint| StatusProblem::new(ErrorCategory::Usage, what, hint);
    if !settings.restricts_rows() {
        let restricted = status.data_sets.iter();
        let restricted = restricted
            .filter(|data_set| data_set.id == own_id || data_set.rules.as_ref() == Some(&own));
        return restricted
            .map(|data_set| {
                let what = if data_set.id == own_id {
                    format!("`row_rules` is off, and dataset `{own_id}` is still there")
                } else {
                    format!(
                        "dataset `{}` is restricted although `row_rules` is off",
                        data_set.id
                    )
                };
                problem(what, "`kiro-analytics deploy` removes the rules")
            })
            .collect();
    }
    let required = needed(names, settings).into_iter();
    let required = required.filter(|found| found.body["RowLevelPermissionDataSet"].is_object());
    let open = required.filter_map(|required| {
        let mut existing = status.data_sets.iter();
        let found = existing.find(|data_set| data_set.id == required.id)?;
        (found.rules.as_ref() != Some(&own)).then(|| {
            let what = format!(
                "dataset `{}` is not restricted: everybody who can open the dashboard sees all of its rows",
                required.id
            );
            problem(what, "`kiro-analytics deploy` restricts it")
        })
    });
    open.collect()
}

fn needed(names: &Names, settings: &Config) -> Vec<DataSet> {
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
    datasets(&spec, &catalogue, &assets, language(settings)).unwrap_or_default()
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
