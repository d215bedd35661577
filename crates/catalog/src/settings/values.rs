//! The settings as SQL literals.

use super::sections::{Anchor, OverageReading, Settings};
use crate::sql::{bigint_literal, double_literal, text_literal};

/// Clients, tiers and routing modes that Kiro is known to write: kind, name, label, and whether it is a routing mode.
const KNOWN_NAMES: [(&str, &str, Option<&str>, bool); 11] = [
    ("client", "KIRO_CLI", Some("Kiro CLI"), false),
    ("client", "KIRO_IDE", Some("Kiro IDE"), false),
    ("client", "KIRO_WEB", Some("Kiro Web"), false),
    ("client", "PLUGIN", Some("IDE plugin"), false),
    ("tier", "FREE", Some("Free"), false),
    ("tier", "POWER", Some("Power"), false),
    ("tier", "PRO", Some("Pro"), false),
    ("tier", "PRO_MAX", Some("Pro Max"), false),
    ("tier", "PRO_PLUS", Some("Pro+"), false),
    ("model", "auto", None, true),
    ("model", "simple_task", None, true),
];

/// The rows of the view of known names.
fn known_name_rows() -> String {
    let rows = KNOWN_NAMES.iter().map(|(kind, name, label, routing)| {
        let label = label.map_or_else(|| "CAST(NULL AS varchar)".to_owned(), text_literal);
        format!(
            "({}, {}, {label}, {routing})",
            text_literal(kind),
            text_literal(name)
        )
    });
    rows.collect::<Vec<_>>().join(",\n        ")
}

impl Settings {
    /// The values of the placeholders in the settings views.
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
            (
                "abnormal_credits_factor",
                double_literal(self.quality.abnormal_credits_factor),
            ),
            (
                "abnormal_credits_floor",
                double_literal(self.quality.abnormal_credits_floor),
            ),
            (
                "largest_plan_credits",
                double_literal(self.plans.largest_credits()),
            ),
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
            ("plan_rows", self.plans.rows()),
            ("known_name_rows", known_name_rows()),
        ]
    }
}
