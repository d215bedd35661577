//! The summary that `demo` prints. Every number comes from the views, by SQL.

use std::io::{self, Write};

use kiro_catalog::{Budget, Settings};
use kiro_query::{Engine, ResultFormat};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::command_error::CommandError;
use crate::engine::command_error;
use crate::format::{count, counted, rounded, usd};

const PEOPLE: &str = "
    SELECT w.first_day, w.anchor_day, COUNT(*) AS users,
        COUNT(*) FILTER (WHERE date_diff('day', t.last_active_date, w.anchor_day) < 30) AS active_30_days,
        COUNT(*) FILTER (WHERE date_diff('day', t.last_active_date, w.anchor_day) < 7) AS active_7_days
    FROM user_totals AS t CROSS JOIN data_window AS w
    GROUP BY w.first_day, w.anchor_day";

const MONTH: &str = "
    SELECT m.month_start, MAX(m.elapsed_days) AS elapsed_days, MAX(m.days_in_month) AS days_in_month,
        SUM(m.credits_used) AS credits_used, SUM(m.previous_credits_same_days) AS previous_credits_same_days,
        SUM(m.forecast_credits) AS forecast_credits, SUM(m.overage_credits) AS overage_credits,
        SUM(m.overage_cost_usd) AS overage_cost_usd,
        SUM(CASE WHEN m.saving_usd > 0 THEN m.saving_usd ELSE 0 END) AS possible_saving_usd,
        COUNT(*) FILTER (WHERE m.suggested_tier IS NOT NULL) AS users_to_change,
        COUNT(*) FILTER (WHERE m.advice = 'idle' AND NOT m.is_former) AS users_idle,
        COUNT(*) FILTER (WHERE m.budget_level IN ('at_risk', 'warning', 'full')) AS users_at_risk,
        COUNT(*) FILTER (WHERE m.budget_level IN ('warning', 'full')) AS users_warned,
        COUNT(*) FILTER (WHERE m.budget_level = 'full') AS users_full
    FROM user_month AS m
    WHERE m.month_start = (SELECT MAX(month_start) FROM user_month)
    GROUP BY m.month_start";

const NEAR_LIMIT: &str = "
    SELECT user_label, subscription_tier, credits_used, allowance, utilisation
    FROM user_month
    WHERE month_start = (SELECT MAX(month_start) FROM user_month) AND utilisation IS NOT NULL
    ORDER BY utilisation DESC NULLS LAST, user_label ASC NULLS LAST LIMIT 5";

const MODELS: &str = "
    SELECT m.model_name, SUM(m.messages) AS messages, COUNT(DISTINCT m.user_id) AS users,
        CAST(SUM(m.messages) AS double) / CAST(SUM(SUM(m.messages)) OVER () AS double) AS share
    FROM model_usage AS m CROSS JOIN data_window AS w
    WHERE m.activity_date > w.anchor_day - INTERVAL '30' DAY AND m.activity_date <= w.anchor_day
    GROUP BY m.model_name
    ORDER BY messages DESC NULLS LAST, model_name ASC NULLS LAST LIMIT 5";

const LOSING_INTEREST: &str = "
    SELECT user_label, usual_active_days, recent_active_days, COUNT(*) OVER () AS users
    FROM wow_movers WHERE losing_interest = 'Yes'
    ORDER BY usual_active_days DESC NULLS LAST, user_label ASC NULLS LAST LIMIT 5";

const IDLE: &str = "
    SELECT user_label, subscription_tier, days_since_last_activity, COUNT(*) OVER () AS users
    FROM user_month
    WHERE advice = 'idle' AND NOT is_former AND month_start = (SELECT MAX(month_start) FROM user_month)
    ORDER BY days_since_last_activity DESC NULLS LAST, user_label ASC NULLS LAST LIMIT 5";

const HEALTH: &str = "
    SELECT SUM(exports) AS exports, SUM(rejected_rows) AS rejected_rows, SUM(unknown_column) AS unknown_columns,
        SUM(unreadable_export) AS unreadable_exports,
        COUNT(*) FILTER (WHERE days_behind > 3) AS feeds_behind, COUNT(*) AS feeds
    FROM data_health";

type Row = Map<String, Value>;

/// The answers, as rows of the queries above.
#[derive(Debug, Serialize)]
pub(crate) struct DemoSummary {
    people: Vec<Row>,
    month: Vec<Row>,
    near_limit: Vec<Row>,
    models: Vec<Row>,
    losing_interest: Vec<Row>,
    idle: Vec<Row>,
    data_health: Vec<Row>,
    /// The thresholds that the text names.
    #[serde(skip)]
    budget: Budget,
}

impl DemoSummary {
    pub(crate) async fn ask(engine: &Engine, settings: &Settings) -> Result<Self, CommandError> {
        Ok(Self {
            people: rows(engine, PEOPLE).await?,
            month: rows(engine, MONTH).await?,
            near_limit: rows(engine, NEAR_LIMIT).await?,
            models: rows(engine, MODELS).await?,
            losing_interest: rows(engine, LOSING_INTEREST).await?,
            idle: rows(engine, IDLE).await?,
            data_health: rows(engine, HEALTH).await?,
            budget: settings.budget,
        })
    }

    /// People, credits and allowances, in a few lines.
    pub(crate) fn write_short(&self, out: &mut impl Write) -> io::Result<()> {
        for people in &self.people {
            let (users, active) = (whole(people, "users"), whole(people, "active_30_days"));
            writeln!(
                out,
                "People        {} used Kiro from {} to {}",
                count(users),
                text(people, "first_day"),
                text(people, "anchor_day")
            )?;
            writeln!(
                out,
                "              {} of them in the last 30 days, {} in the last 7",
                count(active),
                count(whole(people, "active_7_days"))
            )?;
        }
        for month in &self.month {
            let name = text(month, "month_start");
            let name = name.get(..7).unwrap_or(name);
            let (elapsed, days) = (whole(month, "elapsed_days"), whole(month, "days_in_month"));
            writeln!(
                out,
                "Credits       {} in {name} ({elapsed} of {days} days), forecast {} at its end{}",
                rounded(number(month, "credits_used")),
                rounded(number(month, "forecast_credits")),
                month
                    .get("previous_credits_same_days")
                    .and_then(Value::as_f64)
                    .map_or_else(String::new, |credits| format!(
                        "; the same days of the month before {}",
                        rounded(credits)
                    ))
            )?;
            writeln!(
                out,
                "Overage       {} credits, {}",
                rounded(number(month, "overage_credits")),
                usd(number(month, "overage_cost_usd"))
            )?;
            writeln!(
                out,
                "Savings       {} a month: {} on another plan, {} idle",
                usd(number(month, "possible_saving_usd")),
                counted(whole(month, "users_to_change"), "user"),
                count(whole(month, "users_idle"))
            )?;
            writeln!(
                out,
                "Allowance     {} at {} or more, {} at {}, {} at {}",
                counted(whole(month, "users_at_risk"), "user"),
                percent(self.budget.at_risk_share),
                whole(month, "users_warned"),
                percent(self.budget.warning_share),
                whole(month, "users_full"),
                percent(self.budget.full_share)
            )?;
        }
        Ok(())
    }

    /// Everything.
    pub(crate) fn write_text(&self, out: &mut impl Write) -> io::Result<()> {
        self.write_short(out)?;
        self.write_lists(out)?;
        for health in &self.data_health {
            writeln!(
                out,
                "\nData health   {} with rows, {} rejected, {} with a column that is new",
                counted(whole(health, "exports"), "export"),
                counted(whole(health, "rejected_rows"), "row"),
                count(whole(health, "unknown_columns"))
            )?;
        }
        Ok(())
    }

    fn write_lists(&self, out: &mut impl Write) -> io::Result<()> {
        let name_of = |row: &Row, name: &str| format!("{:<38}", text(row, name));
        heading(out, "Nearest to their allowance", &self.near_limit)?;
        for row in &self.near_limit {
            let (used, of) = (
                rounded(number(row, "credits_used")),
                rounded(number(row, "allowance")),
            );
            let part = rounded(number(row, "utilisation") * 100.0);
            let tier = text(row, "subscription_tier");
            writeln!(
                out,
                "  {}{part:>4} %  {used} of {of} credits ({tier})",
                name_of(row, "user_label")
            )?;
        }
        heading(out, "Top models of the last 30 days", &self.models)?;
        for row in &self.models {
            let part = rounded(number(row, "share") * 100.0);
            let (messages, users) = (whole(row, "messages"), whole(row, "users"));
            let model = name_of(row, "model_name");
            writeln!(
                out,
                "  {model}{part:>4} %  {} messages of {}",
                count(messages),
                counted(users, "user")
            )?;
        }
        heading(
            out,
            "Losing interest: far fewer active days in two weeks than usual",
            &self.losing_interest,
        )?;
        for row in &self.losing_interest {
            let (usual, recent) = (
                number(row, "usual_active_days"),
                whole(row, "recent_active_days"),
            );
            let user = name_of(row, "user_label");
            let days = if recent == 1 { "day" } else { "days" };
            writeln!(out, "  {user}{recent:>4} {days}, usually {usual:.1}")?;
        }
        heading(out, "Idle", &self.idle)?;
        for row in &self.idle {
            let days = whole(row, "days_since_last_activity");
            let tier = text(row, "subscription_tier");
            writeln!(
                out,
                "  {}{days:>4} days without activity ({tier})",
                name_of(row, "user_label")
            )?;
        }
        Ok(())
    }
}

/// A list's title, with the total if the query has one.
fn heading(out: &mut impl Write, title: &str, rows: &[Row]) -> io::Result<()> {
    match rows
        .first()
        .filter(|row| row.contains_key("users") && !row.contains_key("model_name"))
    {
        Some(row) => writeln!(out, "\n{title}: {}", counted(whole(row, "users"), "user")),
        None if rows.is_empty() => writeln!(out, "\n{title}: nobody"),
        None => writeln!(out, "\n{title}"),
    }
}

async fn rows(engine: &Engine, sql: &str) -> Result<Vec<Row>, CommandError> {
    let mut json = Vec::new();
    let batches = engine.query(sql).await.map_err(command_error)?;
    ResultFormat::Json
        .write(batches, &mut json)
        .await
        .map_err(command_error)?;
    serde_json::from_slice(&json).map_err(CommandError::data)
}

/// A share as a percentage: `75 %`, `2.5 %`.
fn percent(share: f64) -> String {
    let tenths = (share * 1_000.0).round() / 10.0;
    format!("{tenths} %")
}

fn number(row: &Row, name: &str) -> f64 {
    row.get(name).and_then(Value::as_f64).unwrap_or(0.0)
}

fn whole(row: &Row, name: &str) -> u64 {
    row.get(name).and_then(Value::as_u64).unwrap_or(0)
}

fn text<'a>(row: &'a Row, name: &str) -> &'a str {
    row.get(name).and_then(Value::as_str).unwrap_or("(unknown)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_names_the_configured_thresholds() {
        let mut settings = Settings::default();
        settings.budget.at_risk_share = 0.5;
        settings.budget.warning_share = 0.825;
        let month = serde_json::json!({"users_at_risk": 3, "users_warned": 2, "users_full": 1, "possible_saving_usd": 24.5, "users_to_change": 2, "users_idle": 1});
        let summary = DemoSummary {
            people: Vec::new(),
            month: month.as_object().cloned().into_iter().collect(),
            near_limit: Vec::new(),
            models: Vec::new(),
            losing_interest: Vec::new(),
            idle: Vec::new(),
            data_health: Vec::new(),
            budget: settings.budget,
        };
        let mut out = Vec::new();
        summary.write_text(&mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(
            text.contains("Savings       24.50 USD a month: 2 users on another plan, 1 idle\n"),
            "{text}"
        );
        assert!(
            text.contains("Allowance     3 users at 50 % or more, 2 at 82.5 %, 1 at 100 %\n"),
            "{text}"
        );
    }
}
