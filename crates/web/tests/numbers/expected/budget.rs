//! The expected numbers of each visual of *Budget*.

use kiro_dashboard_sql::Value;

use crate::expected::facts::{Facts, pivot};
use crate::expected::measures::{
    allowance, credits, day, forecast, is_no_former, only, subscribers, sums, user, utilisation,
};

use crate::oracle::{Days_, Expected, Row, by, distinct_if, max, sum, sum_if, table, users_from};

/// Advice to change something.
const CHANGES: [&str; 4] = ["upgrade", "downgrade", "paid_twice", "review_cap"];

pub(super) fn of_visual(facts: &Facts<'_>, visual: &str) -> Option<Expected> {
    let Facts {
        chosen,
        to_date,
        month_rows,
        ..
    } = facts;
    if let Some(expected) = of_headline(facts, visual) {
        return Some(expected);
    }
    Some(match visual {
        "b-burn" => {
            let mut running = 0.0;
            let mut expected = table(to_date, &[day()], &[credits()]);
            for row in expected.rows.values_mut() {
                running += row[0].number().unwrap();
                row[0] = Value::Number(running);
            }
            expected
        }
        "b-months" => table(
            &chosen.months(Days_::Year),
            &[by("month_start")],
            &[credits(), allowance()],
        ),
        "b-tiers" => table(
            month_rows,
            &[by("subscription_tier")],
            &[
                subscribers(),
                distinct_if("user_id", |row| row.number("active_days") > 0.0),
                credits(),
                allowance(),
                utilisation(),
                sum("forecast_credits"),
                forecast(),
                sum("overage_credits"),
                sum("overage_cost_usd"),
                users_from(utilisation(), 0.75),
                users_from(utilisation(), 0.9),
                users_from(utilisation(), 1.0),
            ],
        ),
        "b-levels" => table(month_rows, &[by("budget_level")], &[subscribers()]),
        "b-advice" => table(month_rows, &[by("advice")], &[subscribers()]),
        "b-usage" => table(month_rows, &[by("usage_level")], &[subscribers()]),
        "b-users" => table(
            month_rows,
            &[user()],
            &[
                credits(),
                allowance(),
                utilisation(),
                sum("pace_difference"),
                sum("forecast_credits"),
                forecast(),
                sum("overage_credits"),
                sum("overage_cost_usd"),
            ],
        ),
        "b-right-sizing" => {
            let rows = only(month_rows, "advice", &CHANGES);
            let rows: Vec<&Row> = rows.iter().collect();
            table(
                &rows,
                &[user()],
                &[
                    sum("saving_usd"),
                    sum("basis_cost_usd"),
                    sum("suggested_cost_usd"),
                    sum("basis_credits"),
                ],
            )
        }
        "b-idle" => {
            let rows = only(month_rows, "advice", &["idle"]);
            let rows: Vec<&Row> = rows.iter().filter(|row| is_no_former(row)).collect();
            table(
                &rows,
                &[user()],
                &[max("days_since_last_activity"), sum("monthly_fee_usd")],
            )
        }
        "b-overage" => {
            let rows: Vec<&Row> = month_rows
                .iter()
                .copied()
                .filter(|row| row.number("overage_credits") > 0.0)
                .collect();
            let measures = [
                sum("overage_credits"),
                sum("overage_cost_usd"),
                sum("forecast_overage_cost_usd"),
                credits(),
                allowance(),
            ];
            table(&rows, &[user()], &measures)
        }
        "b-user-daily" => pivot(to_date, by),
        _ => return None,
    })
}

/// The single figures on top.
fn of_headline(facts: &Facts<'_>, visual: &str) -> Option<Expected> {
    let chosen = &facts.chosen;
    Some(match visual {
        "b-kpi-used" => chosen.planned_kpi(credits()),
        "b-kpi-allowance" => chosen.month_kpi(allowance()),
        "b-kpi-forecast" => chosen.month_kpi(forecast()),
        "b-kpi-overage" => chosen.month_figure(&sum("overage_credits")),
        "b-kpi-cost" => chosen.month_figure(&sum("overage_cost_usd")),
        "b-kpi-saving" | "e-kpi-saving" => {
            chosen.month_figure(&sum_if("saving_usd", |row| row.number("saving_usd") > 0.0))
        }
        "b-kpi-paid" | "e-kpi-paid" => {
            chosen.month_figure(&sums(&["overage_cost_usd", "monthly_fee_usd"]))
        }
        "b-kpi-idle" | "e-kpi-idle" => {
            chosen.month_figure(&sum_if("saving_usd", |row| row.text("advice") == "idle"))
        }
        "b-kpi-changes" | "e-kpi-changes" => chosen.month_figure(&distinct_if("user_id", |row| {
            CHANGES.contains(&row.text("advice").as_str())
        })),
        "b-users-75" => chosen.month_figure(&users_from(utilisation(), 0.75)),
        "b-users-90" => chosen.month_figure(&users_from(utilisation(), 0.9)),
        "b-users-100" => chosen.month_figure(&users_from(utilisation(), 1.0)),
        _ => return None,
    })
}
