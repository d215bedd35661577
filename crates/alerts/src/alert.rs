//! Alerts: things that are true of the data on its anchor day.

use chrono::NaiveDate;
use kiro_catalog::AlertRule;
use serde::Serialize;

/// One thing that is worth a message.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Alert {
    /// Rule, subject and cycle. Unique, and the same in every run of the cycle. Has no names.
    pub key: String,
    /// The period in which it is sent once: a month `YYYY-MM` or a day `YYYY-MM-DD`.
    pub cycle: String,
    /// The day up to which the data are known.
    pub as_of_date: NaiveDate,
    #[serde(flatten)]
    pub event: Event,
}

/// What has happened.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "rule", rename_all = "snake_case")]
pub enum Event {
    /// The forecast cost of the month is above the budget.
    Budget {
        forecast_usd: f64,
        budget_usd: f64,
        /// The part of the forecast that is overage.
        overage_usd: f64,
    },
    /// A report of an account and Region has no new day.
    LateData {
        source: DataSource,
        newest_day: NaiveDate,
        days: i64,
    },
    /// A person has reached a level of the allowance.
    Allowance {
        person: Person,
        level: AllowanceLevel,
        credits_used: f64,
        allowance: f64,
        /// The day on which the allowance ends at the present rate.
        run_out_date: Option<NaiveDate>,
    },
    /// A person's overage has begun.
    Overage {
        person: Person,
        overage_credits: f64,
        cost_usd: f64,
    },
    /// A person's day is far above the person's own days before.
    Spike {
        person: Person,
        day: NaiveDate,
        credits_used: f64,
        usual_credits: f64,
    },
}

/// Who an alert is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Person {
    pub user_id: String,
    /// The name as the views show it. `None` if messages have no names.
    pub label: Option<String>,
    pub team: Option<String>,
    pub subscription_tier: Option<String>,
}

/// The levels of the allowance, as `[budget]` of the settings has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AllowanceLevel {
    AtRisk,
    Warning,
    Full,
}

/// A report of one account and Region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DataSource {
    /// `user_report` or `by_user_analytic`.
    pub report: String,
    /// Empty if unknown.
    pub account: String,
    /// Empty if unknown.
    pub region: String,
}

impl Alert {
    /// The rule that it comes from.
    pub fn rule(&self) -> AlertRule {
        match self.event {
            Event::Budget { .. } => AlertRule::Budget,
            Event::LateData { .. } => AlertRule::LateData,
            Event::Allowance { .. } => AlertRule::Allowance,
            Event::Overage { .. } => AlertRule::Overage,
            Event::Spike { .. } => AlertRule::Spike,
        }
    }

    /// The month of its cycle, `YYYY-MM`.
    pub(crate) fn month(&self) -> &str {
        self.cycle.get(..7).unwrap_or(&self.cycle)
    }

    /// The same without the person's name.
    #[must_use]
    pub fn without_name(mut self) -> Self {
        match &mut self.event {
            Event::Budget { .. } | Event::LateData { .. } => {}
            Event::Allowance { person, .. }
            | Event::Overage { person, .. }
            | Event::Spike { person, .. } => person.label = None,
        }
        self
    }
}

impl Person {
    /// The name, or the user id without one.
    pub fn shown(&self) -> &str {
        self.label.as_deref().unwrap_or(&self.user_id)
    }
}
