//! The environment variables of the AWS sample that are no setting of ours.

/// Variables without a setting, and what to do instead.
const WITHOUT_SETTING: &[(&str, &str)] = &[
    (
        "AUTO_APPROVE_IAM",
        "it approved one policy; `deploy --yes` approves the whole plan, which shows that policy",
    ),
    (
        "REPROCESS_ALL",
        "a changed export is read again by itself; to read all again, deploy with another results bucket",
    ),
    (
        "ASSET_ID",
        "analysis and dashboard are named after `prefix`; `dashboard_name` is the title",
    ),
];

/// The bucket with exports; its prefix is in [`PREFIX`].
pub(crate) const BUCKET: &str = "KIRO_LOGS_BUCKET";
pub(crate) const PREFIX: &str = "KIRO_LOGS_PREFIX";

/// Reads a variable.
type Variable<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Bucket and prefix as an address. The bucket may be a name, an ARN or an address.
pub(crate) fn exports(variable: Variable<'_>) -> Option<String> {
    let bucket = variable(BUCKET).filter(|text| !text.trim().is_empty())?;
    let bucket = bucket.trim();
    let named = bucket.rsplit_once(":::").map_or(bucket, |(_, name)| name);
    let place = named.strip_prefix("s3://").unwrap_or(named);
    let prefix = variable(PREFIX).unwrap_or_default();
    let url = format!(
        "s3://{}/{}",
        place.trim_end_matches('/'),
        prefix.trim().trim_matches('/')
    );
    Some(url.trim_end_matches('/').to_owned())
}

/// A remark for each variable that is set and has no setting.
pub(crate) fn remarks(variable: Variable<'_>) -> Vec<String> {
    let set = WITHOUT_SETTING
        .iter()
        .filter(|(name, _)| variable(name).is_some_and(|text| is_set(&text)));
    set.map(|(name, instead)| format!("`{name}` has no effect: {instead}"))
        .collect()
}

/// Returns false for an empty text and for a negation.
fn is_set(text: &str) -> bool {
    !text.trim().is_empty() && crate::value::parse_flag(text) != Ok(false)
}
