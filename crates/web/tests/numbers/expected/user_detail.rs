//! The expected numbers of each visual of *User detail*.

use crate::expected::facts::Facts;
use crate::expected::measures::{
    active_days, allowance, client, conversations, counters, credits, day, messages, of, overage,
    rest, sums, transposed, user, utilisation,
};
use crate::oracle::{Days_, Expected, by, max, sum, table};

pub(super) fn of_visual(facts: &Facts<'_>, visual: &str) -> Option<Expected> {
    let Facts {
        chosen,
        activity,
        models,
        code,
        ..
    } = facts;
    Some(match visual {
        "u-ranking" => table(
            activity,
            &[user()],
            &[
                credits(),
                messages(),
                conversations(),
                active_days(),
                overage(),
                max("activity_date"),
            ],
        ),
        "u-code-ranking" => table(
            code,
            &[user()],
            &[
                sums(&["chat_aicodelines", "inline_aicodelines"]),
                sum("chat_messagessent"),
                sum("inline_suggestionscount"),
                of("inline_acceptancecount", "inline_suggestionscount"),
                active_days(),
                max("activity_date"),
            ],
        ),
        "u-profile" => table(
            &chosen.totals(),
            &[user()],
            &[
                sum("active_days"),
                max("days_since_last_activity"),
                messages(),
                sum("total_conversations"),
                credits(),
                overage(),
            ],
        ),
        "u-days" => chosen.activity_kpi(active_days(), Days_::Chosen),
        "u-utilisation" | "b-kpi-utilisation" => chosen.month_figure(&utilisation()),
        "u-models" => rest(
            table(models, &[by("model_name")], &[sum("messages")]),
            0,
            11,
        ),
        "u-months" => table(
            &chosen.months(Days_::Year),
            &[by("month_start")],
            &[
                credits(),
                allowance(),
                utilisation(),
                sum("forecast_credits"),
                sum("overage_credits"),
                sum("overage_cost_usd"),
                sum("active_days"),
            ],
        ),
        "u-days-table" => table(
            activity,
            &[day(), client()],
            &[messages(), conversations(), credits(), overage()],
        ),
        "u-code-days" | "c-lines" => table(
            code,
            &[day()],
            &[sum("chat_aicodelines"), sum("inline_aicodelines")],
        ),
        "u-code" => {
            let mut measures = counters();
            measures.push((
                "code_lines",
                sums(&["chat_aicodelines", "inline_aicodelines"]),
            ));
            transposed(code, chosen.code_before().as_deref(), measures)
        }
        _ => return None,
    })
}
