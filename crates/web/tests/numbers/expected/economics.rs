//! The expected numbers of each visual of *Economics*.

use crate::expected::facts::Facts;
use crate::expected::measures::{
    active_days, client, conversations, credits, day, has_overage, has_overage_on, in_plan,
    messages, overage, per_message, per_user, user, users,
};
use crate::oracle::{
    Days_, Expected, Row, by, distinct_if, divide, max_if, mean_per, month, table, times,
};

pub(super) fn of_visual(facts: &Facts<'_>, visual: &str) -> Option<Expected> {
    let Facts {
        chosen,
        activity,
        year,
        ..
    } = facts;
    Some(match visual {
        "e-kpi-per-user" => chosen.activity_kpi(per_user(), Days_::Chosen),
        "e-kpi-per-message" => chosen.activity_kpi(per_message(), Days_::Chosen),
        "e-kpi-overage" | "u-overage" => chosen.activity_kpi(overage(), Days_::Chosen),
        "e-kpi-overage-share" => chosen.activity_kpi(divide(overage(), credits()), Days_::Chosen),
        "e-kpi-overage-cost" => chosen.activity_kpi(times(overage(), 0.04), Days_::Chosen),
        "e-users-by-tier" => table(activity, &[by("user_tier")], &[users()]),
        "e-credits-by-tier" => table(
            activity,
            &[by("user_tier")],
            &[in_plan(), overage(), credits()],
        ),
        "e-credits-per-user" => table(activity, &[by("user_tier")], &[per_user()]),
        "e-credits-per-message" => table(activity, &[by("user_tier")], &[per_message()]),
        "e-unit-econ-table" => table(
            activity,
            &[by("user_tier")],
            &[
                users(),
                messages(),
                credits(),
                per_user(),
                per_message(),
                overage(),
                divide(overage(), credits()),
                distinct_if("user_id", has_overage),
            ],
        ),
        "e-daily" | "u-credits-line" => table(activity, &[day()], &[in_plan(), overage()]),
        "e-overage-trend" => table(activity, &[day()], &[overage()]),
        "e-overage-limit" => table(
            activity,
            &[by("user_tier")],
            &[mean_per("user_id", max_if("overage_cap", has_overage_on))],
        ),
        "e-monthly" => table(year, &[month("activity_date")], &[in_plan(), overage()]),
        "e-top-users" => table(activity, &[user()], &[in_plan(), overage(), credits()]).top(10, 2),
        "e-overage-users" => {
            let rows: Vec<&Row> = activity
                .iter()
                .copied()
                .filter(|row| has_overage(row))
                .collect();
            let measures = [
                overage(),
                times(overage(), 0.04),
                active_days(),
                max_if("overage_cap", has_overage_on),
            ];
            table(&rows, &[user()], &measures)
        }
        "e-clients" => table(
            activity,
            &[client()],
            &[
                users(),
                messages(),
                conversations(),
                credits(),
                per_user(),
                per_message(),
                overage(),
            ],
        ),
        "e-credit-detail" => table(
            activity,
            &[user(), client()],
            &[
                credits(),
                overage(),
                max_if("overage_cap", has_overage_on),
                messages(),
            ],
        ),
        _ => return None,
    })
}
