//! Prices, plans and thresholds: the configuration of the views, with its defaults.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};

use crate::sql::{bigint_literal, double_literal, optional_double_literal, text_literal};

/// Everything the views let a customer decide. Sections and keys that are not written keep their defaults.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    pub plans: Plans,
    pub overage: Overage,
    pub budget: Budget,
    pub movers: Movers,
    pub segments: Segments,
    pub code: Code,
    /// The day that windows end on: the newest with data, or the newest on which all usual exports have arrived.
    pub anchor: Anchor,
}

/// What a plan includes. Defaults are public figures, not promises: see `docs/metrics.md`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Plan {
    /// Credits per user and calendar month; none = unknown.
    pub credits: Option<f64>,
    /// USD per user and month; none = unknown, no money figure is made up.
    pub monthly_fee_usd: Option<f64>,
    /// Whether advice may suggest this plan.
    pub suggest: bool,
}

/// Plans by canonical tier code (`PRO`, `PRO_PLUS`, …). What is written is laid over the defaults, key by key.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Plans(pub BTreeMap<String, Plan>);

/// The price of credits beyond the plan, and how to read the export's figure.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Overage {
    pub usd_per_credit: f64,
    pub reading: OverageReading,
}

/// Whether `Overage_Credits_Used` is the figure of the day or of the month so far: Kiro's pages say both.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OverageReading {
    /// The month's overage is the sum of its rows.
    #[default]
    Daily,
    /// The month's overage is the largest of its rows.
    Cumulative,
}

/// The day that windows end on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Anchor {
    /// The newest day with any data.
    #[default]
    Newest,
    /// The newest day on which every account, Region and client of the week before has data too.
    Complete,
}

/// When `user_month` warns, and what it advises. Shares are fractions of the allowance.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Budget {
    /// At risk from this share on; also the first warning level.
    pub at_risk_share: f64,
    /// The second warning level.
    pub warning_share: f64,
    /// Used up: the third warning level.
    pub full_share: f64,
    /// Below this share a smaller plan is looked for.
    pub under_use_share: f64,
    /// Idle after so many days without activity.
    pub idle_after_days: u32,
    /// A running month's forecast is used for advice once so many of its days have data.
    pub forecast_after_days: u32,
    /// Credits within which use counts as on pace.
    pub pace_tolerance_credits: f64,
    /// Levels of use: very high, high, normal, lower; anything above zero is low.
    pub very_high_share: f64,
    pub high_share: f64,
    pub normal_share: f64,
    pub lower_share: f64,
}

/// Week against week.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Movers {
    /// At risk only with at least so many messages in the week before.
    pub min_prior_messages: u32,
    /// At risk below this share of the week before (not at it).
    pub at_risk_share: f64,
}

/// Engagement per user and month. Days and messages are per 30 days and scale with the days elapsed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Segments {
    pub intensive_days: u32,
    pub intensive_messages: u32,
    pub regular_days: u32,
    /// By volume: messages or conversations, as they are, in the month.
    pub high_volume_messages: u32,
    pub high_volume_conversations: u32,
    pub medium_volume_messages: u32,
    pub medium_volume_conversations: u32,
}

/// Segments and styles of the legacy report.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Code {
    /// Heavy above so many AI code lines per active day, medium above so many.
    pub heavy_lines: u32,
    pub medium_lines: u32,
    /// Heavy chat user above so many chat messages per active day; regular user above so many.
    pub heavy_chat_messages: u32,
    pub regular_chat_messages: u32,
    /// Heavy code assistant above so many inline suggestions per active day.
    pub heavy_inline_suggestions: u32,
}

impl Default for Plans {
    fn default() -> Self {
        let plan = |credits, suggest| Plan {
            credits: Some(credits),
            monthly_fee_usd: None,
            suggest,
        };
        Self(BTreeMap::from([
            ("FREE".to_owned(), plan(50.0, false)),
            ("PRO".to_owned(), plan(1_000.0, true)),
            ("PRO_PLUS".to_owned(), plan(2_000.0, true)),
            ("PRO_MAX".to_owned(), plan(5_000.0, true)),
            ("POWER".to_owned(), plan(10_000.0, true)),
        ]))
    }
}

impl Default for Overage {
    fn default() -> Self {
        Self {
            usd_per_credit: 0.04,
            reading: OverageReading::default(),
        }
    }
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            at_risk_share: 0.75,
            warning_share: 0.90,
            full_share: 1.0,
            under_use_share: 0.30,
            idle_after_days: 30,
            forecast_after_days: 7,
            pace_tolerance_credits: 0.01,
            very_high_share: 0.80,
            high_share: 0.50,
            normal_share: 0.10,
            lower_share: 0.05,
        }
    }
}

impl Default for Movers {
    fn default() -> Self {
        Self {
            min_prior_messages: 1,
            at_risk_share: 0.5,
        }
    }
}

impl Default for Segments {
    fn default() -> Self {
        Self {
            intensive_days: 20,
            intensive_messages: 1_000,
            regular_days: 8,
            high_volume_messages: 100,
            high_volume_conversations: 20,
            medium_volume_messages: 20,
            medium_volume_conversations: 5,
        }
    }
}

impl Default for Code {
    fn default() -> Self {
        Self {
            heavy_lines: 500,
            medium_lines: 50,
            heavy_chat_messages: 50,
            regular_chat_messages: 10,
            heavy_inline_suggestions: 50,
        }
    }
}

/// A plan as written: what is absent keeps the default.
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

impl Settings {
    /// Everything that is wrong, each as a sentence without a full stop; empty when all is well.
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        for (code, plan) in &self.plans.0 {
            if !is_tier_code(code) {
                problems.push(format!(
                    "expected a tier code of upper-case letters, digits and `_` such as `PRO_PLUS`, found plan `{code}`"
                ));
            }
            let figures = [
                ("credits", plan.credits),
                ("monthly_fee_usd", plan.monthly_fee_usd),
            ];
            for (name, figure) in figures {
                if figure.is_some_and(|figure| !figure.is_finite() || figure < 0.0) {
                    problems.push(format!("expected `plans.{code}.{name}` to be zero or more"));
                }
            }
        }
        for (name, figure) in self.fractions_and_prices() {
            if !figure.is_finite() || figure < 0.0 {
                problems.push(format!(
                    "expected `{name}` to be zero or more, found `{figure}`"
                ));
            }
        }
        self.push_disorder(&mut problems);
        problems
    }

    fn fractions_and_prices(&self) -> [(&'static str, f64); 11] {
        [
            ("overage.usd_per_credit", self.overage.usd_per_credit),
            ("budget.at_risk_share", self.budget.at_risk_share),
            ("budget.warning_share", self.budget.warning_share),
            ("budget.full_share", self.budget.full_share),
            ("budget.under_use_share", self.budget.under_use_share),
            (
                "budget.pace_tolerance_credits",
                self.budget.pace_tolerance_credits,
            ),
            ("budget.very_high_share", self.budget.very_high_share),
            ("budget.high_share", self.budget.high_share),
            ("budget.normal_share", self.budget.normal_share),
            ("budget.lower_share", self.budget.lower_share),
            ("movers.at_risk_share", self.movers.at_risk_share),
        ]
    }

    fn push_disorder(&self, problems: &mut Vec<String>) {
        let budget = &self.budget;
        let rising = [
            (
                "budget.under_use_share, budget.at_risk_share, budget.warning_share, budget.full_share",
                vec![
                    budget.under_use_share,
                    budget.at_risk_share,
                    budget.warning_share,
                    budget.full_share,
                ],
            ),
            (
                "budget.lower_share, budget.normal_share, budget.high_share, budget.very_high_share",
                vec![
                    budget.lower_share,
                    budget.normal_share,
                    budget.high_share,
                    budget.very_high_share,
                ],
            ),
            (
                "code.medium_lines, code.heavy_lines",
                vec![self.code.medium_lines.into(), self.code.heavy_lines.into()],
            ),
            (
                "code.regular_chat_messages, code.heavy_chat_messages",
                vec![
                    self.code.regular_chat_messages.into(),
                    self.code.heavy_chat_messages.into(),
                ],
            ),
            (
                "segments.regular_days, segments.intensive_days",
                vec![
                    self.segments.regular_days.into(),
                    self.segments.intensive_days.into(),
                ],
            ),
        ];
        for (names, figures) in rising {
            if figures.is_sorted() {
                continue;
            }
            problems.push(format!(
                "expected `{}` to rise in this order",
                names.replace(", ", "`, `")
            ));
        }
        if budget.idle_after_days == 0 {
            problems.push("expected `budget.idle_after_days` to be one or more".to_owned());
        }
    }

    /// The values that the settings view is rendered from, by placeholder.
    pub(crate) fn values(&self) -> Vec<(&'static str, String)> {
        let reading = match self.overage.reading {
            OverageReading::Daily => "daily",
            OverageReading::Cumulative => "cumulative",
        };
        let anchor = match self.anchor {
            Anchor::Newest => "newest",
            Anchor::Complete => "complete",
        };
        let (budget, segments, code) = (&self.budget, &self.segments, &self.code);
        vec![
            (
                "overage_usd_per_credit",
                double_literal(self.overage.usd_per_credit),
            ),
            ("overage_reading", text_literal(reading)),
            ("anchor", text_literal(anchor)),
            ("budget_at_risk_share", double_literal(budget.at_risk_share)),
            ("budget_warning_share", double_literal(budget.warning_share)),
            ("budget_full_share", double_literal(budget.full_share)),
            (
                "budget_under_use_share",
                double_literal(budget.under_use_share),
            ),
            ("idle_after_days", bigint_literal(budget.idle_after_days)),
            (
                "forecast_after_days",
                bigint_literal(budget.forecast_after_days),
            ),
            (
                "pace_tolerance_credits",
                double_literal(budget.pace_tolerance_credits),
            ),
            ("very_high_share", double_literal(budget.very_high_share)),
            ("high_share", double_literal(budget.high_share)),
            ("normal_share", double_literal(budget.normal_share)),
            ("lower_share", double_literal(budget.lower_share)),
            (
                "movers_min_prior_messages",
                bigint_literal(self.movers.min_prior_messages),
            ),
            (
                "movers_at_risk_share",
                double_literal(self.movers.at_risk_share),
            ),
            ("intensive_days", bigint_literal(segments.intensive_days)),
            (
                "intensive_messages",
                bigint_literal(segments.intensive_messages),
            ),
            ("regular_days", bigint_literal(segments.regular_days)),
            (
                "high_volume_messages",
                bigint_literal(segments.high_volume_messages),
            ),
            (
                "high_volume_conversations",
                bigint_literal(segments.high_volume_conversations),
            ),
            (
                "medium_volume_messages",
                bigint_literal(segments.medium_volume_messages),
            ),
            (
                "medium_volume_conversations",
                bigint_literal(segments.medium_volume_conversations),
            ),
            ("heavy_lines", bigint_literal(code.heavy_lines)),
            ("medium_lines", bigint_literal(code.medium_lines)),
            (
                "heavy_chat_messages",
                bigint_literal(code.heavy_chat_messages),
            ),
            (
                "regular_chat_messages",
                bigint_literal(code.regular_chat_messages),
            ),
            (
                "heavy_inline_suggestions",
                bigint_literal(code.heavy_inline_suggestions),
            ),
            ("plan_rows", self.plan_rows()),
        ]
    }

    /// The rows of the plans view.
    fn plan_rows(&self) -> String {
        let rows = self.plans.0.iter().map(|(code, plan)| {
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

fn is_tier_code(code: &str) -> bool {
    !code.is_empty()
        && code.len() <= 64
        && code
            .chars()
            .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<Settings, serde_json::Error> {
        serde_json::from_str(json)
    }

    #[test]
    fn nothing_written_means_the_documented_defaults() {
        let settings = read("{}").unwrap();
        assert_eq!(settings, Settings::default());
        assert_eq!(settings.problems(), Vec::<String>::new());
        assert!((settings.overage.usd_per_credit - 0.04).abs() < f64::EPSILON);
        assert_eq!(settings.plans.0["PRO_PLUS"].credits, Some(2_000.0));
        assert!(
            settings
                .plans
                .0
                .values()
                .all(|plan| plan.monthly_fee_usd.is_none()),
            "no fee is made up"
        );
    }

    #[test]
    fn a_plan_keeps_what_is_not_written_and_the_other_plans_stay() {
        let settings =
            read(r#"{"plans": {"PRO": {"monthly_fee_usd": 20}, "PRO_ULTRA": {"credits": 20000}}}"#)
                .unwrap();
        let pro = settings.plans.0["PRO"];
        assert_eq!(
            (pro.credits, pro.monthly_fee_usd, pro.suggest),
            (Some(1_000.0), Some(20.0), true)
        );
        assert_eq!(settings.plans.0["PRO_ULTRA"].credits, Some(20_000.0));
        assert_eq!(settings.plans.0.len(), 6);
    }

    #[test]
    fn an_unknown_key_is_refused_wherever_it_stands() {
        for json in [
            r#"{"plan": {}}"#,
            r#"{"plans": {"PRO": {"credit": 1}}}"#,
            r#"{"budget": {"at_risk": 0.5}}"#,
            r#"{"overage": {"usd": 1}}"#,
            r#"{"movers": {"x": 1}}"#,
            r#"{"segments": {"x": 1}}"#,
            r#"{"code": {"x": 1}}"#,
            r#"{"anchor": "yesterday"}"#,
        ] {
            assert!(read(json).is_err(), "{json}");
        }
    }

    #[test]
    fn all_problems_are_reported_at_once() {
        let json = r#"{"plans": {"Pro+": {"credits": -1}}, "overage": {"usd_per_credit": -0.04},
            "budget": {"at_risk_share": 0.95, "idle_after_days": 0}, "code": {"medium_lines": 501}}"#;
        let problems = read(json).unwrap().problems();
        assert_eq!(problems.len(), 6, "{problems:#?}");
        assert!(problems[0].contains("found plan `Pro+`"));
    }

    #[test]
    fn a_written_settings_file_reads_back_as_itself() {
        let settings = Settings {
            anchor: Anchor::Complete,
            ..Settings::default()
        };
        assert_eq!(
            read(&serde_json::to_string(&settings).unwrap()).unwrap(),
            settings
        );
    }
}
