//! Checks of the values of settings.

use kiro_alerts::WebhookUrl;
use serde_json::Value;

pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

pub(crate) fn unless(is_good: bool, what: &str, found: &str) -> Option<String> {
    (!is_good).then(|| format!("expected {what}, found `{found}`"))
}

pub(crate) fn prefix(value: &Value) -> Option<String> {
    let prefix = text(value);
    let is_allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let is_good = prefix.starts_with(|first: char| first.is_ascii_lowercase())
        && prefix.bytes().all(is_allowed)
        && !prefix.ends_with('-')
        && !prefix.contains("--");
    (!is_good).then(|| {
        format!("expected lowercase letters, digits and single hyphens, starting with a letter, found `{prefix}`")
    })
}

pub(crate) fn region(value: &Value) -> Option<String> {
    let found = text(value);
    let parts: Vec<&str> = found.split('-').collect();
    let is_good = found.is_empty()
        || (parts.len() >= 3
            && parts
                .last()
                .is_some_and(|last| last.bytes().all(|byte| byte.is_ascii_digit()))
            && found
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'));
    unless(is_good, "a Region such as `eu-central-1`", found)
}

/// Returns true for a valid bucket name.
pub(crate) fn is_bucket(name: &str) -> bool {
    let is_end = |byte: Option<u8>| {
        byte.is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    (3..=63).contains(&name.len())
        && is_end(name.bytes().next())
        && is_end(name.bytes().last())
        && name.bytes().all(|byte| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.')
        })
}

pub(crate) fn bucket(value: &Value) -> Option<String> {
    let found = text(value);
    let is_good = found.is_empty() || is_bucket(found);
    unless(is_good, "the name of a bucket", found)
}

pub(crate) fn identifier(value: &Value) -> Option<String> {
    let found = text(value);
    let is_good = found.is_empty()
        || (found.len() <= 63
            && found.starts_with(|first: char| first.is_ascii_lowercase())
            && found
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_'));
    unless(
        is_good,
        "lowercase letters, digits and underscores, starting with a letter",
        found,
    )
}

pub(crate) fn workgroup(value: &Value) -> Option<String> {
    let found = text(value);
    let is_good = found.len() <= 128
        && found
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'));
    unless(is_good, "letters, digits, `.`, `_` and `-`", found)
}

pub(crate) fn email(value: &Value) -> Option<String> {
    let found = text(value);
    unless(is_email(found), "an e-mail address", found)
}

/// Returns true for an e-mail address and for an empty text.
fn is_email(found: &str) -> bool {
    found.is_empty()
        || found.split_once('@').is_some_and(|(name, host)| {
            !name.is_empty()
                && host.contains('.')
                && !found.contains(char::is_whitespace)
                && !host.contains('@')
        })
}

/// The address of a mail. The value is not repeated.
pub(crate) fn mail_address(value: &Value) -> Option<String> {
    (!is_email(text(value))).then(|| "expected an e-mail address, without a name".to_owned())
}

pub(crate) fn mail_addresses(value: &Value) -> Option<String> {
    each(value, mail_address)
}

/// Addresses by team. No value is repeated.
pub(crate) fn mail_teams(value: &Value) -> Option<String> {
    let is_good = |addresses: &Value| {
        let mut addresses = text(addresses).split([' ', ';']).peekable();
        addresses.peek().is_some() && addresses.all(is_email)
    };
    let teams = value.as_object()?;
    teams
        .iter()
        .find(|(_, addresses)| !is_good(addresses))
        .map(|(team, _)| format!("expected e-mail addresses for `{team}`, separated by blanks"))
}

pub(crate) fn time_of_day(value: &Value) -> Option<String> {
    let found = text(value);
    let parts = found.split_once(':').map(|(hour, minute)| {
        (
            hour.len(),
            minute.len(),
            hour.parse::<u32>(),
            minute.parse::<u32>(),
        )
    });
    match parts {
        Some((2, 2, Ok(hour), Ok(minute))) if hour < 24 && minute < 60 => None,
        _ => unless(false, "a time of day such as `04:00`", found),
    }
}

/// The days that `CloudWatch` Logs accepts (`PutRetentionPolicy`).
const LOG_RETENTION_DAYS: [u64; 22] = [
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653,
];

pub(crate) fn log_retention(value: &Value) -> Option<String> {
    let found = value.as_u64().unwrap_or_default();
    (!LOG_RETENTION_DAYS.contains(&found))
        .then(|| format!("expected one of {LOG_RETENTION_DAYS:?}, found `{found}`"))
}

/// `arn:aws:<service>:…`
pub(crate) fn is_arn(found: &str, service: &str) -> bool {
    let parts: Vec<&str> = found.splitn(6, ':').collect();
    parts.len() == 6
        && parts[0] == "arn"
        && parts[1].starts_with("aws")
        && parts[2] == service
        && !parts[5].is_empty()
}

pub(crate) fn kms_key(value: &Value) -> Option<String> {
    let found = text(value);
    let is_good = found.is_empty() || (is_arn(found, "kms") && found.contains(":key/"));
    unless(is_good, "the ARN of a KMS key (not of an alias)", found)
}

pub(crate) fn kms_keys(value: &Value) -> Option<String> {
    each(value, kms_key)
}

pub(crate) fn policy(value: &Value) -> Option<String> {
    let found = text(value);
    let is_good = found.is_empty() || (is_arn(found, "iam") && found.contains(":policy/"));
    unless(is_good, "the ARN of a policy", found)
}

pub(crate) fn role_name(value: &Value) -> Option<String> {
    let found = text(value);
    let is_good = !found.is_empty()
        && found.len() <= 64
        && found
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+=,.@_-".contains(&byte));
    unless(is_good, "the name of a role, not its ARN", found)
}

pub(crate) fn policy_name(value: &Value) -> Option<String> {
    let found = text(value);
    let is_good = found.len() <= 128
        && found
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+=,.@_-".contains(&byte));
    unless(is_good, "the name of a policy", found)
}

pub(crate) fn role_arn(value: &Value) -> Option<String> {
    let found = text(value);
    let is_good = found.is_empty() || (is_arn(found, "iam") && found.contains(":role/"));
    unless(is_good, "the ARN of a role", found)
}

pub(crate) fn iam_principals(value: &Value) -> Option<String> {
    each(value, |value| {
        let found = text(value);
        let is_good = is_arn(found, "iam");
        unless(is_good, "the ARN of an IAM role or user", found)
    })
}

/// Users and groups of `QuickSight`.
pub(crate) fn quicksight_principals(value: &Value) -> Option<String> {
    quicksight_principals_of(value, &[":user/", ":group/"])
}

/// Users, groups and namespaces of `QuickSight`: a dashboard can be shared with all users in a namespace.
pub(crate) fn quicksight_readers(value: &Value) -> Option<String> {
    quicksight_principals_of(value, &[":user/", ":group/", ":namespace/"])
}

fn quicksight_principals_of(value: &Value, kinds: &[&str]) -> Option<String> {
    each(value, |value| {
        let found = text(value);
        let is_good = is_arn(found, "quicksight") && kinds.iter().any(|kind| found.contains(kind));
        unless(
            is_good,
            "the ARN of a Quick Sight user or group, such as `arn:aws:quicksight:us-east-1:123456789012:user/default/alice`",
            found,
        )
    })
}

pub(crate) fn accounts(value: &Value) -> Option<String> {
    each(value, |value| {
        let found = text(value);
        if found.len() == 12 && found.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        unless(false, "an account id of 12 digits", found)
    })
}

pub(crate) fn exports(value: &Value) -> Option<String> {
    each(value, |value| {
        let found = text(value);
        let url = found
            .strip_prefix("s3://")
            .map(|rest| rest.split_once('/').unwrap_or((rest, "")));
        let Some((bucket, folder)) = url else {
            return unless(false, "`s3://bucket/prefix`", found);
        };
        if !is_bucket(bucket) {
            return unless(false, "the name of a bucket", bucket);
        }
        // Characters that a policy can contain: no wildcards, and no comma, which separates items of a list.
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!_.'()/-".contains(&byte);
        if !folder.bytes().all(is_allowed) || folder.contains("//") || folder.starts_with('/') {
            return unless(false, "a prefix of letters, digits and !_.'()/-", folder);
        }
        None
    })
}

/// An object in a bucket.
pub(crate) fn object(value: &Value) -> Option<String> {
    let found = text(value);
    let place = found
        .strip_prefix("s3://")
        .and_then(|rest| rest.split_once('/'));
    // Characters that a policy can contain: no wildcards.
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!_.'()/-".contains(&byte);
    let is_good = found.is_empty()
        || place.is_some_and(|(bucket, key)| {
            is_bucket(bucket)
                && key.bytes().all(is_allowed)
                && !key.is_empty()
                && !key.starts_with('/')
                && !key.ends_with('/')
        });
    unless(
        is_good,
        "`s3://bucket/key`, a key of letters, digits and !_.'()/-",
        found,
    )
}

pub(crate) fn identity_store(value: &Value) -> Option<String> {
    let found = text(value);
    if found.starts_with("arn:") || found.starts_with("ssoins-") {
        return Some(format!(
            "`{found}` is the instance of IAM Identity Center; its Identity Store begins with `d-` and is on the same page"
        ));
    }
    let is_allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let is_named = |rest: &str| rest.len() == 10 && rest.bytes().all(is_allowed);
    let is_good =
        found.is_empty() || found.strip_prefix("d-").is_some_and(is_named) || is_uuid(found);
    unless(is_good, "an Identity Store such as `d-1234567890`", found)
}

/// Returns true for a UUID, which the ids of some Identity Stores are.
fn is_uuid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && groups
            .iter()
            .all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// People, by whatever they are called.
pub(crate) fn viewers(value: &Value) -> Option<String> {
    each(value, |value| {
        let found = text(value);
        let is_good = found.len() <= 1024 && !found.contains(char::is_control);
        unless(
            is_good,
            "an e-mail address, a user name or an id",
            &found.escape_debug().to_string(),
        )
    })
}

/// What the user name of a federated user begins with.
pub(crate) fn user_prefix(value: &Value) -> Option<String> {
    let found = text(value);
    let is_role = |role: &str| {
        !role.is_empty()
            && role
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"+=,.@_-".contains(&byte))
    };
    let is_good = found.is_empty() || found.strip_suffix('/').is_some_and(is_role);
    unless(
        is_good,
        "the name of a role and `/`, such as `KiroViewer/`",
        found,
    )
}

/// The rule is that of `ExternalId` in the API reference of STS. The value is not repeated.
pub(crate) fn external_id(value: &Value) -> Option<String> {
    let found = text(value);
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_+=,.@:/-".contains(&byte);
    let is_good =
        found.is_empty() || ((2..=1224).contains(&found.len()) && found.bytes().all(is_allowed));
    (!is_good)
        .then(|| "expected 2 to 1,224 letters, digits and characters of `_+=,.@:/-`".to_owned())
}

/// The address of a webhook. The value is not repeated.
pub(crate) fn webhook_url(value: &Value) -> Option<String> {
    let found = text(value);
    if found.is_empty() {
        return None;
    }
    WebhookUrl::new(found).err().map(|error| error.to_string())
}

pub(crate) fn tags(value: &Value) -> Option<String> {
    let tags = value.as_object()?;
    for (key, value) in tags {
        let found = text(value);
        if key.is_empty()
            || key.len() > 128
            || key.to_lowercase().starts_with("aws:")
            || key.starts_with("kiro-analytics:")
        {
            return unless(
                false,
                "a key of at most 128 characters that does not begin with `aws:` or `kiro-analytics:`",
                key,
            );
        }
        if found.len() > 256 {
            return unless(false, "a value of at most 256 characters", found);
        }
    }
    None
}

fn each(value: &Value, check: impl Fn(&Value) -> Option<String>) -> Option<String> {
    value.as_array()?.iter().find_map(check)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::prefix;

    #[test]
    fn a_prefix_can_stand_in_every_name() {
        for good in ["kiro", "kiro-analytics", "k2-x"] {
            assert_eq!(prefix(&Value::from(good)), None);
        }
        for bad in ["", "Kiro", "2k", "kiro_x", "kiro-", "k--x", "kiro.x"] {
            assert!(prefix(&Value::from(bad)).is_some(), "{bad}");
        }
    }
}
