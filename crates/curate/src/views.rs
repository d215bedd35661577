//! The files below `athena/`, one view each. Their order here means nothing: it is computed.

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
    "10_report_facts.sql",
    "11_report_models.sql",
    "12_report_code.sql",
    "13_tier_labels.sql",
    "20_user_dim.sql",
    "21_base_user_activity.sql",
];
