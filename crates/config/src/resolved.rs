//! The merged configuration with the origin of each value.

use serde_json::Value;

use crate::declarations::Config;
use crate::problem::Origin;
use crate::setting::Setting;

/// One configuration.
#[derive(Debug, Clone)]
pub struct Resolved {
    pub settings: Config,
    /// Every setting of a deployment with its value (null if unset) and its origin.
    pub values: Vec<(&'static Setting, Value, Origin)>,
    /// Notes for the user that are not errors.
    pub remarks: Vec<String>,
    /// The bucket of the AWS sample's `KIRO_LOGS_BUCKET` if `KIRO_LOGS_PREFIX` is not set: the prefix has to be found.
    pub bucket_without_prefix: Option<String>,
}

impl Resolved {
    /// Sets the exports that were found in [`Self::bucket_without_prefix`]. Keeps configured accounts.
    pub fn set_found_exports(&mut self, url: &str, accounts: Vec<String>) {
        self.settings.exports = vec![url.to_owned()];
        if self.settings.accounts.is_empty() {
            self.settings.accounts = accounts;
        }
        for (setting, value, _) in &mut self.values {
            match setting.key {
                "exports" => *value = Value::from(self.settings.exports.clone()),
                "accounts" => *value = Value::from(self.settings.accounts.clone()),
                _ => {}
            }
        }
        self.bucket_without_prefix = None;
    }

    /// The value and the origin of a setting.
    pub fn value(&self, key: &str) -> Option<(&Value, &Origin)> {
        let found = self.values.iter().find(|(setting, ..)| setting.key == key);
        found.map(|(_, value, origin)| (value, origin))
    }
}
