//! Deployments to make policies for.

use kiro_config::{Flag, Layers, Resolved};
use kiro_deploy::Names;
use kiro_deploy::permissions::PolicyScope;

/// The settings of docs/permissions.md, and these.
pub(crate) fn resolved(settings: &[(&str, &str)]) -> Resolved {
    let exports = ("exports", "s3://example-kiro-reports/kiro-logs");
    let flags = std::iter::once(&exports).chain(settings);
    let layers = Layers::of_flags(flags.map(|(key, value)| Flag::set(key, value)).collect());
    layers.resolve(None).unwrap()
}

/// The deployment of docs/permissions.md, with these settings.
pub(crate) fn scope(settings: &[(&str, &str)]) -> PolicyScope {
    let names = Names {
        prefix: "kiro-analytics".to_owned(),
        account: "123456789012".to_owned(),
        region: "*".to_owned(),
        partition: "aws".to_owned(),
    };
    PolicyScope::new(&names, &resolved(settings).settings)
}
