//! The expected numbers of each visual of *People*.

use crate::expected::facts::{Facts, pivot};
use crate::expected::measures::{
    active_days, by_user, conversations, credits, is_new, kpi, messages, number, overage, rest,
    user, users,
};
use crate::oracle::{
    Days_, Expected, Key, Row, by, count_if, distinct_if, divide, less, max, mean_per, min, sum,
    table, users_from, week,
};

#[expect(clippy::too_many_lines, reason = "one line per visual")]
pub(super) fn of_visual(facts: &Facts<'_>, visual: &str) -> Option<Expected> {
    let Facts {
        chosen,
        activity,
        models,
        ..
    } = facts;
    Some(match visual {
        "p-funnel-1" => chosen.activity_kpi(users_from(active_days(), 1.0), Days_::Chosen),
        "p-funnel-8" => {
            chosen.activity_kpi(users_from(active_days(), chosen.scaled(8.0)), Days_::Chosen)
        }
        "p-funnel-20" => chosen.activity_kpi(
            users_from(active_days(), chosen.scaled(20.0)),
            Days_::Chosen,
        ),
        "p-kpi-days" => chosen.activity_kpi(mean_per("user_id", active_days()), Days_::Chosen),
        "p-kpi-losing-interest" => kpi(
            distinct_if("user_id", |row| row.text("losing_interest") == "Yes")(&chosen.movers()),
            None,
        ),
        "p-kpi-silent" => kpi(
            count_if(|row| row.number("days_since_last_activity") >= 30.0)(&chosen.totals()),
            None,
        ),
        "p-all-users" => table(
            activity,
            &[user()],
            &[
                messages(),
                conversations(),
                credits(),
                overage(),
                active_days(),
                max("activity_date"),
            ],
        ),
        "p-user-daily" => {
            let axis = if chosen.length() <= 62.0 {
                by as fn(&'static str) -> Key
            } else {
                week
            };
            pivot(activity, axis)
        }
        "p-segments" => {
            let (many_days, many_messages, some_days) = (
                chosen.scaled(20.0),
                chosen.scaled(5000.0),
                chosen.scaled(8.0),
            );
            by_user(activity, |rows| {
                let (days, messages) = (number(&active_days(), rows), number(&messages(), rows));
                if days >= many_days || messages >= many_messages {
                    "intensive"
                } else if days >= some_days {
                    "regular"
                } else {
                    "light"
                }
            })
        }
        "p-volume" => {
            let high = (chosen.scaled(3000.0), chosen.scaled(200.0));
            let medium = (chosen.scaled(800.0), chosen.scaled(50.0));
            by_user(activity, |rows| {
                let (messages, conversations) =
                    (number(&messages(), rows), number(&conversations(), rows));
                if messages >= high.0 || conversations >= high.1 {
                    "high"
                } else if messages >= medium.0 || conversations >= medium.1 {
                    "medium"
                } else {
                    "low"
                }
            })
        }
        "p-recency" => table(&chosen.totals(), &[by("recency")], &[users()]),
        "p-by-model" => {
            let top = table(models, &[user()], &[sum("messages")]).top(15, 0);
            let rows: Vec<&Row> = models
                .iter()
                .copied()
                .filter(|row| top.rows.contains_key(&row.text("user_id")))
                .collect();
            rest(
                table(&rows, &[user(), by("model_name")], &[sum("messages")]),
                1,
                8,
            )
        }
        "p-movers" => table(
            &chosen.movers(),
            &[user()],
            &[
                sum("prior_messages"),
                sum("recent_messages"),
                less(sum("recent_messages"), sum("prior_messages")),
                divide(
                    less(sum("recent_messages"), sum("prior_messages")),
                    sum("prior_messages"),
                ),
                sum("usual_active_days"),
                sum("recent_active_days"),
                max("days_since_last_activity"),
                sum("abs_delta"),
            ],
        ),
        "p-silent" => {
            let rows = chosen.totals();
            let rows: Vec<&Row> = rows
                .into_iter()
                .filter(|row| row.number("days_since_last_activity") >= 14.0)
                .collect();
            table(
                &rows,
                &[user()],
                &[
                    max("days_since_last_activity"),
                    sum("active_days"),
                    credits(),
                ],
            )
        }
        "p-new" => {
            let rows: Vec<&Row> = activity.iter().copied().filter(|row| is_new(row)).collect();
            table(
                &rows,
                &[user()],
                &[min("activity_date"), messages(), credits()],
            )
        }
        _ => return None,
    })
}
