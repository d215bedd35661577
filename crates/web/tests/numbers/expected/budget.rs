//! The expected numbers of each visual of *Budget*.

use kiro_dashboard_sql::Value;

use crate::expected::facts::{Facts, pivot};
use crate::expected::measures::{credits, day, forecast, only, user, users, utilisation};

use crate::oracle::{Days_, Expected, Row, by, distinct_if, max, sum, table, users_from};

pub(super) fn of_visual(facts: &Facts<'_>, visual: &str) -> Option<Expected> {
    let Facts {
        chosen,
        to_date,
        month_rows,
        ..
    } = facts;
    Some(match visual {
        "b-kpi-used" => chosen.planned_kpi(credits()),
        "b-kpi-allowance" => chosen.month_kpi(sum("allowance")),
        "b-kpi-forecast" => chosen.month_kpi(forecast()),
        "b-kpi-overage" => chosen.month_kpi(sum("overage_credits")),
        "b-kpi-cost" => chosen.month_kpi(sum("overage_cost_usd")),
        "b-users-75" => chosen.month_kpi(users_from(utilisation(), 0.75)),
        "b-users-90" => chosen.month_kpi(users_from(utilisation(), 0.9)),
        "b-users-100" => chosen.month_kpi(users_from(utilisation(), 1.0)),
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
            &[credits(), sum("allowance")],
        ),
        "b-tiers" => table(
            month_rows,
            &[by("subscription_tier")],
            &[
                users(),
                distinct_if("user_id", |row| row.number("active_days") > 0.0),
                credits(),
                sum("allowance"),
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
        "b-levels" => table(month_rows, &[by("budget_level")], &[users()]),
        "b-advice" => table(month_rows, &[by("advice")], &[users()]),
        "b-usage" => table(month_rows, &[by("usage_level")], &[users()]),
        "b-users" => table(
            month_rows,
            &[user()],
            &[
                credits(),
                sum("allowance"),
                utilisation(),
                sum("pace_difference"),
                sum("forecast_credits"),
                forecast(),
                sum("overage_credits"),
                sum("overage_cost_usd"),
            ],
        ),
        "b-right-sizing" => {
            let rows = only(month_rows, "advice", &["upgrade", "downgrade", "at_risk"]);
            let rows: Vec<&Row> = rows.iter().collect();
            table(
                &rows,
                &[user()],
                &[forecast(), sum("forecast_credits"), sum("overage_credits")],
            )
        }
        "b-idle" => {
            let rows = only(month_rows, "advice", &["idle"]);
            let rows: Vec<&Row> = rows.iter().collect();
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
                sum("allowance"),
            ];
            table(&rows, &[user()], &measures)
        }
        "b-user-daily" => pivot(to_date, by),
        _ => return None,
    })
}
