//! The expected numbers of each visual of *Activity & Trends*.

use crate::expected::facts::Facts;
use crate::expected::measures::{
    client, conversations, credits, day, is_new, messages, rest, users,
};
use crate::oracle::{
    Days_, Expected, by, distinct_if, less, max, mean_per, min, sum, table, week, weekday,
};

pub(super) fn of_visual(facts: &Facts<'_>, visual: &str) -> Option<Expected> {
    let Facts {
        chosen,
        activity,
        models,
        fleet_days,
        tier_days,
        ..
    } = facts;
    Some(match visual {
        "a-kpi-users" => chosen.activity_kpi(users(), Days_::Chosen),
        "a-kpi-daily" => chosen.activity_kpi(mean_per("activity_date", users()), Days_::Chosen),
        "a-kpi-messages" | "u-msgs" => chosen.activity_kpi(messages(), Days_::Chosen),
        "a-kpi-conversations" | "u-conversations" => {
            chosen.activity_kpi(conversations(), Days_::Chosen)
        }
        "a-kpi-credits" | "e-kpi-credits" | "u-credits" => {
            chosen.activity_kpi(credits(), Days_::Chosen)
        }
        "a-kpi-new" => chosen.activity_kpi(distinct_if("user_id", is_new), Days_::Chosen),
        "a-credits" => table(activity, &[day(), client()], &[credits()]),
        "a-active" => table(activity, &[day(), client()], &[users()]),
        "a-tier-trend" => table(
            tier_days,
            &[day(), by("subscription_tier")],
            &[sum("active_users")],
        ),
        "a-new-returning" => table(
            activity,
            &[day()],
            &[
                distinct_if("user_id", is_new),
                less(users(), distinct_if("user_id", is_new)),
            ],
        ),
        "a-messages" | "u-daily" => table(activity, &[day(), client()], &[messages()]),
        "a-models" | "u-model-days" => rest(
            table(models, &[day(), by("model_name")], &[sum("messages")]),
            1,
            11,
        ),
        "a-rolling" => table(
            fleet_days,
            &[day()],
            &[
                max("active_users"),
                max("rolling_7_users"),
                max("rolling_30_users"),
            ],
        ),
        "a-clients" | "u-clients" => table(activity, &[client()], &[messages()]),
        "a-weekdays" => table(
            activity,
            &[week("activity_date"), weekday("activity_date")],
            &[messages()],
        ),
        "a-model-table" => table(
            models,
            &[by("model_name")],
            &[
                sum("messages"),
                users(),
                min("activity_date"),
                max("activity_date"),
            ],
        ),
        _ => return None,
    })
}
