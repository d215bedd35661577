//! The expected numbers of each visual of *Teams*.

use kiro_dashboard_sql::Value;

use crate::expected::facts::Facts;
use crate::expected::measures::{credits, kpi, messages, rest, subscribers, sums, user};
use crate::oracle::{
    Days_, Expected, Row, Take, by, distinct, distinct_if, divide, max, sum, table,
};

#[expect(clippy::too_many_lines, reason = "one line per visual")]
pub(super) fn of_visual(facts: &Facts<'_>, visual: &str) -> Option<Expected> {
    let Facts {
        chosen,
        models,
        month_rows,
        ..
    } = facts;
    let seats = chosen.seats();
    Some(match visual {
        "t-kpi-people" => chosen.month_kpi(subscribers()),
        "t-kpi-active" => chosen.month_figure(&divide(active_users(), subscribers())),
        "t-kpi-credits" => chosen.month_figure(&credits()),
        "t-kpi-overage" => chosen.month_figure(&sum("overage_cost_usd")),
        "t-kpi-fees" => chosen.month_figure(&sum("monthly_fee_usd")),
        "t-kpi-cost" => chosen.month_figure(&cost()),
        "t-teams" => table(
            month_rows,
            &[by("team")],
            &[
                subscribers(),
                active_users(),
                divide(active_users(), subscribers()),
                messages(),
                credits(),
                sum("overage_credits"),
                sum("overage_cost_usd"),
                sum("monthly_fee_usd"),
                cost(),
            ],
        ),
        "t-trend" => {
            let rows = with_team(&chosen.months(Days_::Year));
            rest(
                table(&rows, &[by("month_start"), by("team")], &[credits()]),
                1,
                11,
            )
        }
        "t-cost-trend" => {
            let rows = with_team(&chosen.months(Days_::Year));
            rest(
                table(&rows, &[by("month_start"), by("team")], &[cost()]),
                1,
                11,
            )
        }
        "t-models" => rest(
            table(
                &with_team(models),
                &[by("team"), by("model_name")],
                &[sum("messages")],
            ),
            1,
            8,
        ),
        "t-cost-centers" => table(
            month_rows,
            &[by("cost_center")],
            &[
                subscribers(),
                active_users(),
                credits(),
                sum("overage_cost_usd"),
                sum("monthly_fee_usd"),
                cost(),
            ],
        ),
        "t-members" => table(
            month_rows,
            &[user()],
            &[
                sum("active_days"),
                messages(),
                credits(),
                sum("overage_credits"),
                sum("overage_cost_usd"),
                sum("monthly_fee_usd"),
            ],
        ),
        "t-kpi-known" => kpi(known()(&seats), None),
        "t-kpi-adoption" => kpi(divide(known_active(), known())(&seats), None),
        "t-kpi-never-used" => kpi(never_used()(&seats), None),
        "t-kpi-idle" => kpi(idle()(&seats), None),
        "t-kpi-leaving" => kpi(leaving()(&seats), None),
        "t-kpi-unused" => kpi(sum("wasted_usd")(&seats), None),
        "t-seat-states" => table(&seats, &[by("seat_state")], &[distinct("person_id")]),
        "t-seat-teams" => table(
            &seats,
            &[by("team")],
            &[
                known(),
                known_active(),
                divide(known_active(), known()),
                never_used(),
                idle(),
                leaving(),
                sum("wasted_usd"),
            ],
        ),
        "t-seats" => table(
            &seats,
            &[by("person_id")],
            &[
                max("days_since_last_activity"),
                sum("monthly_fee_usd"),
                sum("wasted_usd"),
            ],
        ),
        _ => return None,
    })
}

fn with_team<'r>(rows: &[&'r Row]) -> Vec<&'r Row> {
    let rows = rows.iter().copied();
    rows.filter(|row| !row.get("team").is_null()).collect()
}

fn cost() -> Take {
    sums(&["overage_cost_usd", "monthly_fee_usd"])
}

fn active_users() -> Take {
    distinct_if("user_id", |row| row.number("active_days") > 0.0)
}

fn is_known(row: &Row) -> bool {
    row.get("is_known") == Value::Flag(true)
}

fn known() -> Take {
    distinct_if("person_id", is_known)
}

fn known_active() -> Take {
    distinct_if("person_id", |row| {
        is_known(row) && row.text("seat_state") == "active"
    })
}

fn never_used() -> Take {
    distinct_if("person_id", |row| row.text("seat_state") == "never_used")
}

fn idle() -> Take {
    distinct_if("person_id", |row| row.text("seat_state") == "idle")
}

fn leaving() -> Take {
    distinct_if("person_id", |row| {
        ["leaving", "left"].contains(&row.text("seat_state").as_str())
    })
}
