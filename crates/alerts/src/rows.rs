//! Rows of the views as alerts: from the embedded engine as typed JSON, from Athena as texts.

use chrono::NaiveDate;
use kiro_catalog::{AlertRule, Alerts};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::alert::{Alert, AllowanceLevel, DataSource, Event, Person};
use crate::late_data::{SourceDay, late_sources};
use crate::number::{number, optional_number};

/// A statement whose rows are alerts, or say which data are late.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Statement {
    /// Allowance, overage and budget: the view `alerts`.
    Months,
    /// The view `usage_spikes`.
    Spikes,
    /// The newest day of each report, account and Region.
    Sources,
}

/// A row that does not have the columns of its statement. The values are not repeated.
#[derive(Debug, thiserror::Error)]
#[error("could not read row {row} of the statement about {statement}")]
pub struct RowError {
    pub row: usize,
    /// `months`, `spikes` or `sources`.
    pub statement: &'static str,
}

/// The rows of all statements that the settings need.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AlertRows {
    alerts: Vec<Alert>,
    sources: Vec<SourceDay>,
}

#[derive(Deserialize)]
struct MonthRow {
    rule: MonthRule,
    user_id: Option<String>,
    user_label: Option<String>,
    team: Option<String>,
    subscription_tier: Option<String>,
    cycle: String,
    alert_key: String,
    as_of_date: NaiveDate,
    #[serde(deserialize_with = "number")]
    value: f64,
    #[serde(default, deserialize_with = "optional_number")]
    limit_value: Option<f64>,
    #[serde(default, deserialize_with = "optional_number")]
    overage_cost_usd: Option<f64>,
    run_out_date: Option<NaiveDate>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum MonthRule {
    AllowanceAtRisk,
    AllowanceWarning,
    AllowanceFull,
    Overage,
    Budget,
}

#[derive(Deserialize)]
struct SpikeRow {
    user_id: String,
    user_label: Option<String>,
    team: Option<String>,
    subscription_tier: Option<String>,
    activity_date: NaiveDate,
    alert_key: String,
    as_of_date: NaiveDate,
    #[serde(deserialize_with = "number")]
    credits_used: f64,
    #[serde(deserialize_with = "number")]
    usual_credits: f64,
}

#[derive(Deserialize)]
struct SourceRow {
    report: String,
    // Athena's results do not distinguish an empty text from NULL in some forms.
    source_account: Option<String>,
    source_region: Option<String>,
    newest_day: NaiveDate,
}

impl Statement {
    /// The statements that these settings need, in any order.
    pub fn needed(settings: &Alerts) -> Vec<Self> {
        let is_on = |rules: &[AlertRule]| rules.iter().any(|rule| settings.rules.contains(rule));
        let has_budget = settings.monthly_budget_usd > 0.0 && is_on(&[AlertRule::Budget]);
        let mut statements = Vec::new();
        if is_on(&[AlertRule::Allowance, AlertRule::Overage]) || has_budget {
            statements.push(Self::Months);
        }
        if is_on(&[AlertRule::Spike]) {
            statements.push(Self::Spikes);
        }
        if is_on(&[AlertRule::LateData]) {
            statements.push(Self::Sources);
        }
        statements
    }

    /// The query, in the views' database.
    pub const fn sql(self) -> &'static str {
        match self {
            Self::Months => {
                "SELECT rule, user_id, user_label, team, subscription_tier, cycle, alert_key, as_of_date, value, limit_value, \
                 overage_cost_usd, run_out_date FROM alerts ORDER BY alert_key"
            }
            Self::Spikes => {
                "SELECT user_id, user_label, team, subscription_tier, activity_date, alert_key, as_of_date, credits_used, \
                 usual_credits FROM usage_spikes ORDER BY alert_key"
            }
            Self::Sources => {
                "SELECT report, source_account, source_region, MAX(newest_day) AS newest_day FROM data_health \
                 WHERE newest_day IS NOT NULL GROUP BY report, source_account, source_region \
                 ORDER BY report, source_account, source_region"
            }
        }
    }

    /// `months`, `spikes` or `sources`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Months => "months",
            Self::Spikes => "spikes",
            Self::Sources => "sources",
        }
    }
}

impl AlertRows {
    /// Adds the rows of a statement as JSON objects, numbers as numbers or as texts.
    ///
    /// # Errors
    ///
    /// If a row does not have the columns of the statement.
    pub fn add_objects(
        &mut self,
        statement: Statement,
        rows: impl IntoIterator<Item = Map<String, Value>>,
    ) -> Result<(), RowError> {
        for (index, row) in rows.into_iter().enumerate() {
            let row = Value::Object(row);
            let added = match statement {
                Statement::Months => serde_json::from_value(row)
                    .ok()
                    .and_then(MonthRow::alert)
                    .map(|alert| self.alerts.push(alert)),
                Statement::Spikes => serde_json::from_value(row)
                    .ok()
                    .map(|row: SpikeRow| self.alerts.push(row.into())),
                Statement::Sources => serde_json::from_value(row)
                    .ok()
                    .map(|row: SourceRow| self.sources.push(row.into())),
            };
            added.ok_or(RowError {
                row: index + 1,
                statement: statement.name(),
            })?;
        }
        Ok(())
    }

    /// Adds the rows of a statement as texts, as Athena's `GetQueryResults` returns them; `None` is NULL.
    ///
    /// # Errors
    ///
    /// As [`Self::add_objects`].
    pub fn add_texts(
        &mut self,
        statement: Statement,
        columns: &[String],
        rows: impl IntoIterator<Item = Vec<Option<String>>>,
    ) -> Result<(), RowError> {
        let rows = rows.into_iter().map(|cells| {
            let cells = cells
                .into_iter()
                .map(|cell| cell.map_or(Value::Null, Value::from));
            columns.iter().cloned().zip(cells).collect()
        });
        self.add_objects(statement, rows)
    }

    /// The alerts of the rules that are on, by key. `today` is the day of the clock: data are late by it.
    pub fn alerts(self, settings: &Alerts, today: NaiveDate) -> Vec<Alert> {
        let mut alerts = self.alerts;
        alerts.extend(late_sources(self.sources, today, settings.late_after_days));
        alerts.retain(|alert| settings.rules.contains(&alert.rule()));
        alerts.sort_by(|one, other| one.key.cmp(&other.key));
        alerts.dedup_by(|one, other| one.key == other.key);
        if settings.names {
            return alerts;
        }
        alerts.into_iter().map(Alert::without_name).collect()
    }
}

impl MonthRow {
    fn alert(self) -> Option<Alert> {
        let person = self.user_id.map(|user_id| Person {
            user_id,
            label: self.user_label,
            team: self.team,
            subscription_tier: self.subscription_tier,
        });
        let level = match self.rule {
            MonthRule::AllowanceAtRisk => Some(AllowanceLevel::AtRisk),
            MonthRule::AllowanceWarning => Some(AllowanceLevel::Warning),
            MonthRule::AllowanceFull => Some(AllowanceLevel::Full),
            MonthRule::Overage | MonthRule::Budget => None,
        };
        let event = match (level, self.rule) {
            (Some(level), _) => Event::Allowance {
                person: person?,
                level,
                credits_used: self.value,
                allowance: self.limit_value?,
                run_out_date: self.run_out_date,
            },
            (None, MonthRule::Budget) => Event::Budget {
                forecast_usd: self.value,
                budget_usd: self.limit_value?,
                overage_usd: self.overage_cost_usd.unwrap_or_default(),
            },
            (None, _) => Event::Overage {
                person: person?,
                overage_credits: self.value,
                cost_usd: self.overage_cost_usd.unwrap_or_default(),
            },
        };
        Some(Alert {
            key: self.alert_key,
            cycle: self.cycle,
            as_of_date: self.as_of_date,
            event,
        })
    }
}

impl From<SpikeRow> for Alert {
    fn from(row: SpikeRow) -> Self {
        Self {
            key: row.alert_key,
            cycle: row.activity_date.to_string(),
            as_of_date: row.as_of_date,
            event: Event::Spike {
                person: Person {
                    user_id: row.user_id,
                    label: row.user_label,
                    team: row.team,
                    subscription_tier: row.subscription_tier,
                },
                day: row.activity_date,
                credits_used: row.credits_used,
                usual_credits: row.usual_credits,
            },
        }
    }
}

impl From<SourceRow> for SourceDay {
    fn from(row: SourceRow) -> Self {
        Self {
            source: DataSource {
                report: row.report,
                account: row.source_account.unwrap_or_default(),
                region: row.source_region.unwrap_or_default(),
            },
            newest_day: row.newest_day,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn month_row(rule: &str) -> Map<String, Value> {
        let row = json!({
            "rule": rule, "user_id": "u-1", "user_label": "Ann Lee", "team": null, "subscription_tier": "Pro",
            "cycle": "2026-11", "alert_key": format!("{rule}/u-1/2026-11"), "as_of_date": "2026-11-20",
            "value": 912.5, "limit_value": 1000, "overage_cost_usd": 0.0, "run_out_date": "2026-11-22",
        });
        serde_json::from_value(row).unwrap()
    }

    fn today() -> NaiveDate {
        "2026-11-21".parse().unwrap()
    }

    #[test]
    fn a_row_of_athena_means_what_a_row_of_the_engine_means() {
        let mut of_engine = AlertRows::default();
        let row = month_row("allowance_warning");
        of_engine
            .add_objects(Statement::Months, [row.clone()])
            .unwrap();
        let columns: Vec<String> = row.keys().cloned().collect();
        let cells = row.values().map(|value| match value {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        });
        let mut of_athena = AlertRows::default();
        let cells: Vec<Option<String>> = cells.collect();
        of_athena
            .add_texts(Statement::Months, &columns, [cells])
            .unwrap();
        assert_eq!(of_engine, of_athena);
        let alerts = of_engine.alerts(&Alerts::default(), today());
        assert!(
            matches!(&alerts[0].event, Event::Allowance { person, level: AllowanceLevel::Warning, credits_used, .. }
                if person.shown() == "Ann Lee" && (*credits_used - 912.5).abs() < f64::EPSILON)
        );
    }

    #[test]
    fn large_numbers_of_athena_are_read() {
        let mut row = month_row("overage");
        row.insert("value".to_owned(), Value::from("1.25E7"));
        let mut rows = AlertRows::default();
        rows.add_objects(Statement::Months, [row]).unwrap();
        let alerts = rows.alerts(&Alerts::default(), today());
        assert!(
            matches!(alerts[0].event, Event::Overage { overage_credits, .. } if overage_credits > 12_499_999.0)
        );
    }

    #[test]
    fn a_wrong_row_is_an_error_without_its_values() {
        let mut row = month_row("allowance_full");
        row.insert("limit_value".to_owned(), Value::from("Ann Lee"));
        let mut rows = AlertRows::default();
        let error = rows
            .add_objects(Statement::Months, [month_row("overage"), row])
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "could not read row 2 of the statement about months"
        );
    }

    #[test]
    fn rules_that_are_off_and_names_are_left_out() {
        let settings = Alerts {
            rules: vec![AlertRule::Allowance],
            names: false,
            ..Alerts::default()
        };
        assert_eq!(Statement::needed(&settings), [Statement::Months]);
        let mut rows = AlertRows::default();
        let months = [month_row("overage"), month_row("allowance_full")];
        rows.add_objects(Statement::Months, months).unwrap();
        let alerts = rows.alerts(&settings, today());
        assert_eq!(alerts.len(), 1);
        assert!(!serde_json::to_string(&alerts).unwrap().contains("Ann"));
        assert!(serde_json::to_string(&alerts).unwrap().contains("u-1"));
    }

    #[test]
    fn a_budget_of_zero_needs_no_statement() {
        let budget = |monthly_budget_usd| Alerts {
            rules: vec![AlertRule::Budget],
            monthly_budget_usd,
            ..Alerts::default()
        };
        assert_eq!(Statement::needed(&budget(0.0)), []);
        assert_eq!(Statement::needed(&budget(1.0)), [Statement::Months]);
    }
}
