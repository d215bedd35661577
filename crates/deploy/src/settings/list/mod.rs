//! All settings of a deployment, in the order people read them.

mod access;
mod dashboard;
mod exports;
mod function;
mod names;
mod people;
mod results;

use super::setting::Setting;

const GROUPS: [&[Setting]; 7] = [
    names::SETTINGS,
    exports::SETTINGS,
    results::SETTINGS,
    function::SETTINGS,
    access::SETTINGS,
    dashboard::SETTINGS,
    people::SETTINGS,
];

/// Every setting.
pub fn all() -> impl Iterator<Item = &'static Setting> {
    GROUPS.into_iter().flatten()
}

/// The setting of that key.
pub fn setting(key: &str) -> Option<&'static Setting> {
    all().find(|setting| setting.key == key)
}
