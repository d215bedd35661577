//! Network settings of the environment and the profile, to explain why a service cannot be reached.

use std::borrow::Cow;

use aws_runtime::env_config::file::EnvConfigFiles;
use aws_types::os_shim_internal::{Env, Fs};

use crate::sdk_config::SdkOptions;

const PROXY_VARIABLES: [&str; 6] = [
    "HTTPS_PROXY",
    "https_proxy",
    "HTTP_PROXY",
    "http_proxy",
    "ALL_PROXY",
    "all_proxy",
];

/// The services in use, as in `AWS_ENDPOINT_URL_…`.
const SERVICES: [&str; 16] = [
    "ATHENA",
    "CLOUDFORMATION",
    "CLOUDWATCH",
    "CLOUDWATCH_LOGS",
    "GLUE",
    "IAM",
    "IDENTITYSTORE",
    "KMS",
    "LAKEFORMATION",
    "LAMBDA",
    "QUICKSIGHT",
    "S3",
    "SCHEDULER",
    "SQS",
    "SSO_ADMIN",
    "STS",
];

/// Lists configured proxies, certificates and endpoints, one per line with the name of its setting, without passwords. Sends
/// no request.
pub async fn network_settings(options: &SdkOptions) -> Vec<String> {
    let selected = options.profile.clone().map(Cow::Owned);
    let (env, files) = (Env::real(), EnvConfigFiles::default());
    let profiles = aws_config::profile::load(&Fs::real(), &env, &files, selected).await;
    let profiles = profiles.ok();
    let profile = |key: &str| profiles.as_ref()?.get(key).map(str::to_owned);
    describe(&env, &profile)
}

fn describe(env: &Env, profile: &dyn Fn(&str) -> Option<String>) -> Vec<String> {
    let variable = |name: &str| env.get(name).ok().filter(|text| !text.is_empty());
    let mut lines = Vec::new();
    let mut proxies: Vec<(String, &str)> = Vec::new();
    for name in PROXY_VARIABLES {
        if let Some(url) = variable(name) {
            proxies.push((without_password(&url), name));
        }
    }
    for (url, name) in &proxies {
        lines.push(format!("proxy `{url}` ({name})"));
    }
    let mut exceptions = ["NO_PROXY", "no_proxy"].into_iter();
    let exceptions = exceptions.find_map(|name| Some((variable(name)?, name)));
    if let Some((hosts, name)) = exceptions.filter(|_| !proxies.is_empty()) {
        lines.push(format!("no proxy for `{hosts}` ({name})"));
    }
    let bundle = variable("AWS_CA_BUNDLE").map(|path| (path, "AWS_CA_BUNDLE"));
    let bundle = bundle.or_else(|| Some((profile("ca_bundle")?, "ca_bundle of the profile")));
    if let Some((path, name)) = bundle {
        lines.push(format!("certificates of `{path}` ({name})"));
    }
    let is_ignored = variable("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")
        .is_some_and(|value| value.eq_ignore_ascii_case("true"));
    if !is_ignored {
        lines.extend(endpoints(&variable, profile));
    }
    let is_on = |name: &str, key: &str| {
        let text = variable(name).or_else(|| profile(key));
        text.is_some_and(|text| text.eq_ignore_ascii_case("true"))
    };
    if is_on("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint") {
        lines.push("FIPS endpoints".to_owned());
    }
    if is_on("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint") {
        lines.push("dual-stack endpoints".to_owned());
    }
    lines
}

/// Lists configured endpoints.
fn endpoints(
    variable: &dyn Fn(&str) -> Option<String>,
    profile: &dyn Fn(&str) -> Option<String>,
) -> Vec<String> {
    let mut lines = Vec::new();
    let names = SERVICES.map(|service| format!("AWS_ENDPOINT_URL_{service}"));
    for name in std::iter::once("AWS_ENDPOINT_URL").chain(names.iter().map(String::as_str)) {
        if let Some(url) = variable(name) {
            lines.push(format!("endpoint `{}` ({name})", without_password(&url)));
        }
    }
    if let Some(url) = profile("endpoint_url") {
        let url = without_password(&url);
        lines.push(format!("endpoint `{url}` (endpoint_url of the profile)"));
    }
    if let Some(section) = profile("services") {
        lines.push(format!("endpoints of the section `services {section}`"));
    }
    lines
}

/// `http://alice:secret@proxy:3128` without user and password.
fn without_password(url: &str) -> String {
    let (scheme, rest) = match url.split_once("://") {
        Some((scheme, rest)) => (format!("{scheme}://"), rest),
        None => (String::new(), url),
    };
    let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    format!("{scheme}{host}")
}

#[cfg(test)]
mod tests {
    use aws_types::os_shim_internal::Env;

    use super::describe;

    #[test]
    fn what_is_configured_is_said_without_passwords() {
        let env = Env::from_slice(&[
            ("HTTPS_PROXY", "http://alice:p@ss@proxy.example.com:3128"),
            ("NO_PROXY", "169.254.169.254"),
            ("AWS_ENDPOINT_URL", "http://localhost:4566"),
            ("AWS_USE_FIPS_ENDPOINT", "true"),
        ]);
        let profile = |key: &str| (key == "ca_bundle").then(|| "/etc/corp.pem".to_owned());
        assert_eq!(
            describe(&env, &profile),
            [
                "proxy `http://proxy.example.com:3128` (HTTPS_PROXY)",
                "no proxy for `169.254.169.254` (NO_PROXY)",
                "certificates of `/etc/corp.pem` (ca_bundle of the profile)",
                "endpoint `http://localhost:4566` (AWS_ENDPOINT_URL)",
                "FIPS endpoints",
            ]
        );
        assert_eq!(
            describe(&Env::from_slice(&[]), &|_| None),
            Vec::<String>::new()
        );
    }
}
