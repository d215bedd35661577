//! Which alerts are sent, and from when.

use serde::{Deserialize, Serialize};

use super::sections::Section;
use crate::sql::{bigint_literal, double_literal};

/// The rules of alerts: in part of the views `alerts` and `usage_spikes`, in part of what reads them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Alerts {
    /// The rules that are on. The views have the rows of all.
    pub rules: Vec<AlertRule>,
    pub spike_factor: f64,
    pub spike_floor_credits: f64,
    pub spike_min_days: u32,
    /// 0: there is no budget.
    pub monthly_budget_usd: f64,
    pub late_after_days: u32,
    /// False: messages have user ids instead of names.
    pub names: bool,
}

/// A kind of alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertRule {
    /// The forecast cost of the fleet is above the budget.
    Budget,
    /// A report of an account and Region has no new day.
    LateData,
    /// A person has reached a level of the allowance.
    Allowance,
    /// A person's overage has begun.
    Overage,
    /// A person's day is far above the person's own days before.
    Spike,
}

impl Default for Alerts {
    fn default() -> Self {
        Self {
            rules: AlertRule::ALL.to_vec(),
            spike_factor: 3.0,
            spike_floor_credits: 50.0,
            spike_min_days: 5,
            monthly_budget_usd: 0.0,
            late_after_days: 4,
            names: true,
        }
    }
}

impl AlertRule {
    /// Every rule, in the order of messages.
    pub const ALL: [Self; 5] = [
        Self::Budget,
        Self::LateData,
        Self::Allowance,
        Self::Overage,
        Self::Spike,
    ];

    /// The name in the file.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Budget => "budget",
            Self::LateData => "late_data",
            Self::Allowance => "allowance",
            Self::Overage => "overage",
            Self::Spike => "spike",
        }
    }
}

impl Alerts {
    /// The values of the placeholders in the settings view.
    pub(super) fn values(&self) -> [(&'static str, String); 4] {
        [
            ("spike_factor", double_literal(self.spike_factor)),
            (
                "spike_floor_credits",
                double_literal(self.spike_floor_credits),
            ),
            ("spike_min_days", bigint_literal(self.spike_min_days)),
            (
                "monthly_budget_usd",
                double_literal(self.monthly_budget_usd),
            ),
        ]
    }

    pub(super) const SECTION: Section = Section {
        name: "alerts",
        meaning: "What `alerts` sends, each once per person and cycle. The levels of the allowance are `at_risk_share`, `warning_share` and `full_share` of `[budget]`.",
        keys: &[
            (
                "rules",
                "The rules that are on: `budget` (the forecast cost of the month is above `monthly_budget_usd`), `late_data` (a report of an account and Region has no new day), `allowance` (a person reaches a level of the allowance), `overage` (a person's overage begins), `spike` (a person's day is far above the person's own days).",
            ),
            (
                "spike_factor",
                "A day is a spike from this multiple of the person's mean day with credits in the 28 days before, if none of these was as large.",
            ),
            (
                "spike_floor_credits",
                "Fewer credits than this in a day are never a spike.",
            ),
            (
                "spike_min_days",
                "Days with credits in the 28 days before from which a day can be a spike.",
            ),
            (
                "monthly_budget_usd",
                "Budget of all people together in USD a month: known fees and overage. 0: there is none, and no alert about it.",
            ),
            (
                "late_after_days",
                "A report of an account and Region is late if its newest day is more than this many days ago. After a weekend and a holiday it is 4.",
            ),
            (
                "names",
                "`false`: messages have user ids instead of names and addresses.",
            ),
        ],
    };
}

#[cfg(test)]
mod tests {
    use super::{AlertRule, Alerts};

    #[test]
    fn a_rule_has_one_name() {
        for rule in AlertRule::ALL {
            assert_eq!(
                serde_json::to_value(rule).unwrap(),
                serde_json::json!(rule.as_str())
            );
        }
    }

    #[test]
    fn a_list_of_rules_replaces_the_default() {
        let alerts: Alerts = serde_json::from_str(r#"{"rules": ["spike"]}"#).unwrap();
        assert_eq!(alerts.rules, [AlertRule::Spike]);
        assert_eq!(alerts.spike_min_days, 5);
    }
}
