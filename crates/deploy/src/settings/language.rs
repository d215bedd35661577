//! The languages of the dashboard and of reports.

use kiro_config::Config;
use kiro_dashboard::Language;

/// The language of the dashboard.
pub(crate) fn language(settings: &Config) -> Language {
    of_setting(settings.language)
}

/// The language that reports open in.
pub(crate) fn report_language(settings: &Config) -> Language {
    of_setting(settings.reports_language)
}

fn of_setting(language: kiro_config::Language) -> Language {
    match language {
        kiro_config::Language::English => Language::En,
        kiro_config::Language::Chinese => Language::Zh,
        kiro_config::Language::Korean => Language::Ko,
    }
}
