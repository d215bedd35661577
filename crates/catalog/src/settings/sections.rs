//! The sections of the settings, and their defaults.

use serde::{Deserialize, Serialize};

use super::alerts::Alerts;
use super::names::NameSettings;
use super::plans::Plans;
use super::seats::Seats;

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
    pub seats: Seats,
    pub alerts: Alerts,
    pub anchor: Anchor,
    pub quality: Quality,
    pub names: NameSettings,
}

/// The documentation of a section of the settings.
#[derive(Debug, Clone, Copy)]
pub struct Section {
    pub name: &'static str,
    pub meaning: &'static str,
    /// Each key with its meaning. Empty if the section is a single value.
    pub keys: &'static [(&'static str, &'static str)],
}

impl Settings {
    /// Every section, in the order of the documentation.
    pub fn sections() -> impl Iterator<Item = Section> {
        let anchor = Section {
            name: "anchor",
            meaning: "The day that windows (last 7 days, idle for …) end on: `newest` with any data, or the newest `complete` one, on which every account, Region and client of the week before has data, at most three days before the newest.",
            keys: &[],
        };
        [
            anchor,
            Plans::SECTION,
            Overage::SECTION,
            Budget::SECTION,
            Movers::SECTION,
            Segments::SECTION,
            Code::SECTION,
            Seats::SECTION,
            Alerts::SECTION,
            Quality::SECTION,
            NameSettings::SECTION,
        ]
        .into_iter()
    }
}

/// Declares sections: the documentation, the type and the default of each key.
macro_rules! sections {
    ($(
        $(#[doc = $meaning:literal])+
        $type:ident = $name:literal {$(
            $(#[doc = $key_meaning:literal])+
            $key:ident: $key_type:ty = $default:expr,
        )+}
    )+) => {$(
        $(#[doc = $meaning])+
        #[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct $type {$(
            $(#[doc = $key_meaning])+
            pub $key: $key_type,
        )+}

        impl $type {
            const SECTION: Section = Section {
                name: $name,
                meaning: concat!($($meaning),+),
                keys: &[$((stringify!($key), concat!($($key_meaning),+)),)+],
            };
        }

        impl Default for $type {
            fn default() -> Self {
                Self {
                    $($key: $default,)+
                }
            }
        }
    )+};
}

sections! {
    /// The price of credits beyond the plan, and the meaning of the export's figure.
    Overage = "overage" {
        /// USD per credit.
        usd_per_credit: f64 = 0.04,
        /// Kiro's pages describe `Overage_Credits_Used` in two ways: `daily` is the day's overage, `cumulative` the month's so far, of which a day has the difference.
        reading: OverageReading = OverageReading::Daily,
    }

    /// When `user_month` warns, and what it advises. Shares are fractions of the month's allowance.
    Budget = "budget" {
        /// At risk from this share; also the first warning level.
        at_risk_share: f64 = 0.75,
        /// The second warning level.
        warning_share: f64 = 0.90,
        /// Used up: the third warning level.
        full_share: f64 = 1.0,
        /// Below this share, advice looks for a smaller plan where the fee of a plan is unknown.
        under_use_share: f64 = 0.30,
        /// Idle after this many days without activity.
        idle_after_days: u32 = 30,
        /// A former user after this many days without activity, `idle_after_days` at least: no longer in utilisation and savings.
        former_after_days: u32 = 60,
        /// Minimum number of days that the data cover of a month before advice uses its rate. Before, advice is that of the month before.
        forecast_after_days: u32 = 7,
        /// Credits within which use counts as on pace.
        pace_tolerance_credits: f64 = 0.01,
        /// Very high use from this share.
        very_high_share: f64 = 0.80,
        /// High use from this share.
        high_share: f64 = 0.50,
        /// Normal use from this share.
        normal_share: f64 = 0.10,
        /// Lower use from this share; anything above zero is low.
        lower_share: f64 = 0.05,
    }

    /// Week against week.
    Movers = "movers" {
        /// Minimum number of messages in the week before to be at risk.
        min_prior_messages: u32 = 1,
        /// At risk below this share of the week before (not at it).
        at_risk_share: f64 = 0.5,
        /// Losing interest below this share of the active days that are usual for the user, and below `at_risk_share` of the messages, in the last two weeks.
        losing_interest_share: f64 = 0.34,
        /// Minimum number of active days in two weeks that must be expected of a user to lose interest.
        losing_interest_days: u32 = 4,
    }

    /// Engagement and volume per user. Days, messages and conversations are per 30 days and scale with the days covered.
    Segments = "segments" {
        /// Active days from which a user is intensive.
        intensive_days: u32 = 20,
        /// Messages from which a user is intensive.
        intensive_messages: u32 = 5_000,
        /// Active days from which a user is regular.
        regular_days: u32 = 8,
        /// Messages from which the volume is high.
        high_volume_messages: u32 = 3_000,
        /// Conversations from which the volume is high.
        high_volume_conversations: u32 = 200,
        /// Messages from which the volume is medium.
        medium_volume_messages: u32 = 800,
        /// Conversations from which the volume is medium.
        medium_volume_conversations: u32 = 50,
    }

    /// Segments and styles of the legacy report.
    Code = "code" {
        /// AI code lines per active day above which a user is heavy.
        heavy_lines: u32 = 500,
        /// AI code lines per active day above which a user is medium.
        medium_lines: u32 = 50,
        /// Chat messages per active day above which a user is a heavy chat user.
        heavy_chat_messages: u32 = 50,
        /// Chat messages per active day above which a user is a regular chat user.
        regular_chat_messages: u32 = 10,
        /// Inline suggestions per active day above which a user is a heavy code assistant user.
        heavy_inline_suggestions: u32 = 50,
    }

    /// Values that are kept but left out of sums.
    Quality = "quality" {
        /// Credits of one day are abnormal beyond this multiple of what a month may use: the plan's credits, and the cap where overage is on. 0 turns the rule off.
        abnormal_credits_factor: f64 = 3.0,
        /// Fewer credits than this are never abnormal.
        abnormal_credits_floor: f64 = 1_000.0,
    }
}

/// The meaning of `Overage_Credits_Used`: overage of the day, or of the month so far. Kiro's pages name both.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OverageReading {
    /// The figure is the day's: a month's overage is the sum of its rows.
    #[default]
    Daily,
    /// The figure is the month's so far: a month's overage is the largest of its rows, a day's the difference.
    Cumulative,
}

/// The day that windows end on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Anchor {
    /// The newest day with any data.
    #[default]
    Newest,
    /// The newest day on which every account, Region and client of the week before has data too, at most three days before the newest.
    Complete,
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
        assert_eq!(settings.plans.0["PRO_PLUS"].monthly_fee_usd, Some(40.0));
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
            r#"{"seats": {"x": 1}}"#,
            r#"{"alerts": {"rules": ["spikes"]}}"#,
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
