//! The plans, by tier code.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};

use super::sections::Section;
use crate::sql::{optional_double_literal, text_literal};

/// The contents of a plan. Defaults are public figures: see `docs/metrics.md`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Plan {
    /// Credits per user and calendar month; `None`: unknown.
    pub credits: Option<f64>,
    /// USD per user and month; `None`: unknown.
    pub monthly_fee_usd: Option<f64>,
    /// Advice may suggest this plan.
    pub suggest: bool,
}

/// Plans by canonical tier code (`PRO`, `PRO_PLUS`, …). Given values replace the defaults key by key.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Plans(pub BTreeMap<String, Plan>);

impl Default for Plans {
    fn default() -> Self {
        let plan = |credits, fee, suggest| Plan {
            credits: Some(credits),
            monthly_fee_usd: Some(fee),
            suggest,
        };
        Self(BTreeMap::from([
            ("FREE".to_owned(), plan(50.0, 0.0, false)),
            ("PRO".to_owned(), plan(1_000.0, 20.0, true)),
            ("PRO_PLUS".to_owned(), plan(2_000.0, 40.0, true)),
            ("PRO_MAX".to_owned(), plan(5_000.0, 100.0, true)),
            ("POWER".to_owned(), plan(10_000.0, 200.0, true)),
        ]))
    }
}

/// A plan in the settings. A missing key keeps its default.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenPlan {
    credits: Option<f64>,
    monthly_fee_usd: Option<f64>,
    suggest: Option<bool>,
}

impl<'de> Deserialize<'de> for Plans {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = BTreeMap::<String, WrittenPlan>::deserialize(deserializer)?;
        let mut plans = Self::default();
        for (code, plan) in written {
            let unknown = Plan {
                credits: None,
                monthly_fee_usd: None,
                suggest: true,
            };
            let kept = plans.0.entry(code).or_insert(unknown);
            kept.credits = plan.credits.or(kept.credits);
            kept.monthly_fee_usd = plan.monthly_fee_usd.or(kept.monthly_fee_usd);
            kept.suggest = plan.suggest.unwrap_or(kept.suggest);
        }
        Ok(plans)
    }
}

impl Plans {
    pub(super) const SECTION: Section = Section {
        name: "plans",
        meaning: "The contents of each plan, by tier code. An export's own figure (Usage_Limit) takes precedence over `credits`. The defaults are public figures of November 2026, not promises: GovCloud and contracts may differ.",
        keys: &[
            ("credits", "Credits per user and calendar month."),
            ("monthly_fee_usd", "USD per user and month."),
            ("suggest", "Advice may suggest this plan."),
        ],
    };

    /// The largest credits of a plan.
    pub(super) fn largest_credits(&self) -> f64 {
        let credits = self.0.values().filter_map(|plan| plan.credits);
        credits.fold(0.0, f64::max)
    }

    /// The rows of the plans view.
    pub(super) fn rows(&self) -> String {
        let rows = self.0.iter().map(|(code, plan)| {
            format!(
                "({}, {}, {}, {})",
                text_literal(code),
                optional_double_literal(plan.credits),
                optional_double_literal(plan.monthly_fee_usd),
                plan.suggest
            )
        });
        rows.collect::<Vec<_>>().join(",\n        ")
    }
}

#[cfg(test)]
mod tests {
    use super::Plans;

    #[test]
    fn a_plan_keeps_what_is_not_written_and_the_other_plans_stay() {
        let json = r#"{"PRO": {"monthly_fee_usd": 20}, "PRO_ULTRA": {"credits": 20000}}"#;
        let Plans(plans) = serde_json::from_str(json).unwrap();
        let pro = plans["PRO"];
        assert_eq!(
            (pro.credits, pro.monthly_fee_usd, pro.suggest),
            (Some(1_000.0), Some(20.0), true)
        );
        assert_eq!(plans["PRO_ULTRA"].credits, Some(20_000.0));
        assert_eq!(plans.len(), 6);
    }
}
