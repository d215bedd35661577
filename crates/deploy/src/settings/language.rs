//! The language of the dashboard.

use kiro_config::Config;
use kiro_dashboard::Language;

pub(crate) fn language(settings: &Config) -> Language {
    match settings.language {
        kiro_config::Language::English => Language::En,
        kiro_config::Language::Chinese => Language::Zh,
        kiro_config::Language::Korean => Language::Ko,
    }
}
