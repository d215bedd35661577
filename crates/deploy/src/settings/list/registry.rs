//! All settings by group, and the look-up of one by its key.

use super::{access, dashboard, exports, function, identity, names, results};
use crate::settings::setting::Setting;

const GROUPS: [&[Setting]; 7] = [
    names::SETTINGS,
    exports::SETTINGS,
    results::SETTINGS,
    function::SETTINGS,
    access::SETTINGS,
    dashboard::SETTINGS,
    identity::SETTINGS,
];

/// Every setting.
pub fn all() -> impl Iterator<Item = &'static Setting> {
    GROUPS.into_iter().flatten()
}

/// The setting with this key.
pub fn setting(key: &str) -> Option<&'static Setting> {
    all().find(|setting| setting.key == key)
}
