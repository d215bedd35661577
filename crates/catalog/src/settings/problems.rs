//! Validation of the settings.

use super::sections::Settings;

impl Settings {
    /// All problems, each a sentence without a full stop.
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
        self.push_seat_problems(&mut problems);
        self.push_alert_problems(&mut problems);
        self.names.push_problems(&mut problems);
        problems
    }

    fn fractions_and_prices(&self) -> [(&'static str, f64); 17] {
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
            (
                "movers.losing_interest_share",
                self.movers.losing_interest_share,
            ),
            (
                "quality.abnormal_credits_factor",
                self.quality.abnormal_credits_factor,
            ),
            (
                "quality.abnormal_credits_floor",
                self.quality.abnormal_credits_floor,
            ),
            ("alerts.spike_factor", self.alerts.spike_factor),
            (
                "alerts.spike_floor_credits",
                self.alerts.spike_floor_credits,
            ),
            ("alerts.monthly_budget_usd", self.alerts.monthly_budget_usd),
        ]
    }

    fn push_alert_problems(&self, problems: &mut Vec<String>) {
        let figures = [
            ("alerts.spike_min_days", self.alerts.spike_min_days),
            ("alerts.late_after_days", self.alerts.late_after_days),
        ];
        for (name, figure) in figures {
            if figure == 0 {
                problems.push(format!("expected `{name}` to be one or more"));
            }
        }
    }

    fn push_seat_problems(&self, problems: &mut Vec<String>) {
        if self.seats.idle_days == 0 {
            problems.push("expected `seats.idle_days` to be one or more".to_owned());
        }
        let plan = &self.seats.default_plan;
        if !plan.is_empty() && !self.plans.0.contains_key(plan) {
            let codes: Vec<&str> = self.plans.0.keys().map(String::as_str).collect();
            problems.push(format!(
                "expected `seats.default_plan` to be one of `{}` or empty, found `{plan}`",
                codes.join("`, `")
            ));
        }
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
    use super::Settings;

    #[test]
    fn all_problems_are_reported_at_once() {
        let json = r#"{"plans": {"Pro+": {"credits": -1}}, "overage": {"usd_per_credit": -0.04},
            "budget": {"at_risk_share": 0.95, "idle_after_days": 0}, "code": {"medium_lines": 501},
            "seats": {"idle_days": 0, "default_plan": "PRO_PLSU"},
            "alerts": {"spike_factor": -1, "late_after_days": 0}}"#;
        let problems = serde_json::from_str::<Settings>(json).unwrap().problems();
        assert_eq!(problems.len(), 10, "{problems:#?}");
        assert!(problems[0].contains("found plan `Pro+`"));
        assert!(problems[8].ends_with("or empty, found `PRO_PLSU`"));
        assert_eq!(
            problems[9],
            "expected `alerts.late_after_days` to be one or more"
        );
    }
}
