//! The sections of the settings, and their defaults.

use serde::{Deserialize, Serialize};

use super::plans::Plans;

/// The settings of the views. Missing sections and keys have their defaults.
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

/// The price of credits beyond the plan, and the meaning of the export's figure.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Overage {
    pub usd_per_credit: f64,
    pub reading: OverageReading,
}

/// The meaning of `Overage_Credits_Used`: overage of the day, or of the month so far. Kiro's pages name both.
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

/// Thresholds of the warnings and the advice in `user_month`. Shares are fractions of the allowance.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Budget {
    /// At risk from this share; also the first warning level.
    pub at_risk_share: f64,
    /// The second warning level.
    pub warning_share: f64,
    /// Used up: the third warning level.
    pub full_share: f64,
    /// Below this share, advice looks for a smaller plan.
    pub under_use_share: f64,
    /// Idle after this many days without activity.
    pub idle_after_days: u32,
    /// Minimum number of days with data before advice uses the forecast of a running month.
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
    /// Minimum number of messages in the week before to be at risk.
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
    /// AI code lines per active day above which a user is heavy, or medium.
    pub heavy_lines: u32,
    pub medium_lines: u32,
    /// Chat messages per active day above which a user is a heavy, or a regular, chat user.
    pub heavy_chat_messages: u32,
    pub regular_chat_messages: u32,
    /// Inline suggestions per active day above which a user is a heavy code assistant user.
    pub heavy_inline_suggestions: u32,
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

#[cfg(test)]
mod tests {
    use super::{Anchor, Settings};

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
