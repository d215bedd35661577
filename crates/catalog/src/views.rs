//! The files of `athena/`, one view each, in no particular order.

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        &[$((concat!("athena/", $name), include_str!(concat!("../../../athena/", $name)))),*]
    };
}

/// File name and text of every view.
pub(crate) const FILES: &[(&str, &str)] = files![
    "00_settings.sql",
    "01_plans.sql",
    "02_superseded.sql",
    "03_identities.sql",
    "04_part_days.sql",
    "05_data_window.sql",
    "06_export_parts.sql",
    "07_replaced_exports.sql",
    "08_calendar.sql",
    "09_forgotten_users.sql",
    "10_report_facts.sql",
    "11_report_models.sql",
    "12_report_code.sql",
    "13_user_sightings.sql",
    "14_report_issues.sql",
    "15_tier_labels.sql",
    "16_known_names.sql",
    "17_overage_days.sql",
    "18_tiers.sql",
    "19_plan_ladder.sql",
    "20_user_dim.sql",
    "21_base_user_activity.sql",
    "22_user_days.sql",
    "23_subscription_months.sql",
    "24_user_spells.sql",
    "25_row_rules.sql",
    "26_subscription_allowances.sql",
    "30_daily_trends.sql",
    "31_daily_users.sql",
    "32_tier_breakdown.sql",
    "33_activity_heatmap.sql",
    "34_model_usage.sql",
    "35_user_daily_dense.sql",
    "36_wow_movers.sql",
    "40_user_month.sql",
    "41_user_totals.sql",
    "42_tier_summary.sql",
    "43_team_month.sql",
    "44_seats.sql",
    "50_code_activity.sql",
    "51_code_totals.sql",
    "52_code_daily.sql",
    "53_code_counters.sql",
    "60_data_health.sql",
    "61_first_seen.sql",
    "70_alerts.sql",
    "71_usage_spikes.sql",
];
