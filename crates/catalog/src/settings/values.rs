//! The settings as SQL literals.

use super::sections::{Anchor, Budget, OverageReading, Settings};
use crate::sql::{bigint_literal, double_literal, text_literal};

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
        let mut values = vec![
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
            ("seat_idle_days", bigint_literal(self.seats.idle_days)),
            ("seat_default_plan", text_literal(&self.seats.default_plan)),
            ("plan_rows", self.plans.rows()),
            ("known_name_rows", self.names.rows()),
        ];
        values.extend(self.budget.values());
        values.extend(self.activity_values());
        values.extend(self.alerts.values());
        values
    }
    /// Thresholds of how much people use Kiro.
    fn activity_values(&self) -> Vec<(&'static str, String)> {
        let (segments, code) = (&self.segments, &self.code);
        vec![
            (
                "movers_min_prior_messages",
                bigint_literal(self.movers.min_prior_messages),
            ),
            (
                "movers_at_risk_share",
                double_literal(self.movers.at_risk_share),
            ),
            (
                "losing_interest_share",
                double_literal(self.movers.losing_interest_share),
            ),
            (
                "losing_interest_days",
                bigint_literal(self.movers.losing_interest_days),
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
        ]
    }
}

impl Budget {
    /// The values of the placeholders in the settings views.
    fn values(&self) -> Vec<(&'static str, String)> {
        vec![
            ("budget_at_risk_share", double_literal(self.at_risk_share)),
            ("budget_warning_share", double_literal(self.warning_share)),
            ("budget_full_share", double_literal(self.full_share)),
            (
                "budget_under_use_share",
                double_literal(self.under_use_share),
            ),
            ("idle_after_days", bigint_literal(self.idle_after_days)),
            (
                "former_after_days",
                bigint_literal(self.former_after_days.max(self.idle_after_days)),
            ),
            (
                "forecast_after_days",
                bigint_literal(self.forecast_after_days),
            ),
            (
                "pace_tolerance_credits",
                double_literal(self.pace_tolerance_credits),
            ),
            ("very_high_share", double_literal(self.very_high_share)),
            ("high_share", double_literal(self.high_share)),
            ("normal_share", double_literal(self.normal_share)),
            ("lower_share", double_literal(self.lower_share)),
        ]
    }
}
