//! Where the directory is, and what to read of it.

use std::fmt;

use kiro_people::GroupPatterns;

use crate::identity_store_id::identity_store_problem;

/// Where the directory is, and what to read of it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DirectoryOptions {
    /// `d-1234567890`. If not set, the only one that `sso:ListInstances` returns.
    pub identity_store: Option<String>,
    /// Region of IAM Identity Center. If not set, that of the configuration.
    pub region: Option<String>,
    /// Role to read with. If not set, the caller's own credentials.
    pub role: Option<RoleOptions>,
    /// Groups to read, by their names. Without a pattern no group is read.
    pub groups: GroupPatterns,
    pub limits: RequestLimits,
}

/// A role, usually in the account of IAM Identity Center.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleOptions {
    /// `arn:aws:iam::123456789012:role/name`
    pub arn: String,
    /// The external id that the role's trust policy demands.
    pub external_id: Option<String>,
}

/// Limits of the requests to the Identity Store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestLimits {
    /// Highest rate of each operation. AWS publishes 20 per second, operation and Identity Store; the default is half of it,
    /// as other programs of the organization share the rate.
    pub max_requests_per_second: u32,
    /// Most requests of an operation at the same time.
    pub max_concurrent_requests: usize,
}

/// The options that are not valid, each with its setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptionsError {
    pub problems: Vec<String>,
}

impl Default for RequestLimits {
    fn default() -> Self {
        Self {
            max_requests_per_second: 10,
            max_concurrent_requests: 4,
        }
    }
}

impl DirectoryOptions {
    /// Checks all options. Sends no request.
    ///
    /// # Errors
    ///
    /// Lists every option that cannot be right.
    pub fn validate(&self) -> Result<(), OptionsError> {
        let mut problems = Vec::new();
        let mut check = |setting: &str, problem: Option<String>| {
            problems.extend(problem.map(|problem| format!("`{setting}`: {problem}")));
        };
        if let Some(store) = &self.identity_store {
            check("identity_store", identity_store_problem(store));
        }
        if let Some(region) = &self.region {
            check("identity_region", region_problem(region));
        }
        if let Some(role) = &self.role {
            check("identity_role", role_problem(&role.arn));
            let external_id = role.external_id.as_deref();
            check(
                "identity_external_id",
                external_id.and_then(external_id_problem),
            );
        }
        if problems.is_empty() {
            return Ok(());
        }
        Err(OptionsError { problems })
    }
}

impl fmt::Display for OptionsError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.problems.join("; "))
    }
}

impl std::error::Error for OptionsError {}

fn region_problem(region: &str) -> Option<String> {
    let is_allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let is_good = region.contains('-')
        && region.bytes().all(is_allowed)
        && region.ends_with(|last: char| last.is_ascii_digit());
    (!is_good).then(|| format!("expected a Region such as `eu-central-1`, found `{region}`"))
}

fn role_problem(arn: &str) -> Option<String> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let is_good = matches!(
        parts.as_slice(),
        ["arn", partition, "iam", "", account, role]
            if partition.starts_with("aws") && is_account(account) && is_role(role)
    );
    (!is_good).then(|| {
        format!("expected a role such as `arn:aws:iam::123456789012:role/name`, found `{arn}`")
    })
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_role(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"/_+=,.@-".contains(&byte);
    text.strip_prefix("role/")
        .is_some_and(|name| !name.is_empty() && name.bytes().all(is_allowed))
}

/// The rule is that of `ExternalId` in the API reference of STS. The value is not repeated.
fn external_id_problem(id: &str) -> Option<String> {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_+=,.@:/-".contains(&byte);
    let is_good = (2..=1224).contains(&id.len()) && id.bytes().all(is_allowed);
    (!is_good)
        .then(|| "expected 2 to 1,224 letters, digits and characters of `_+=,.@:/-`".to_owned())
}

#[cfg(test)]
mod tests {
    use super::{DirectoryOptions, RoleOptions};

    fn with_role(arn: &str, external_id: Option<&str>) -> DirectoryOptions {
        DirectoryOptions {
            role: Some(RoleOptions {
                arn: arn.to_owned(),
                external_id: external_id.map(str::to_owned),
            }),
            ..DirectoryOptions::default()
        }
    }

    #[test]
    fn options_that_can_be_right_pass() {
        let options = DirectoryOptions {
            identity_store: Some("d-1234567890".to_owned()),
            region: Some("us-gov-west-1".to_owned()),
            ..with_role(
                "arn:aws-us-gov:iam::123456789012:role/path/reader",
                Some("a:b/c"),
            )
        };
        assert_eq!(options.validate(), Ok(()));
        assert_eq!(DirectoryOptions::default().validate(), Ok(()));
    }

    #[test]
    fn all_problems_are_reported_at_once() {
        let options = DirectoryOptions {
            identity_store: Some("ssoins-1234567890abcdef".to_owned()),
            region: Some("Frankfurt".to_owned()),
            ..with_role("arn:aws:iam::123456789012:user/alice", Some("with blank"))
        };
        let error = options.validate().unwrap_err();
        let settings = [
            "identity_store",
            "identity_region",
            "identity_role",
            "identity_external_id",
        ];
        assert_eq!(error.problems.len(), settings.len());
        for (problem, setting) in error.problems.iter().zip(settings) {
            assert!(problem.starts_with(&format!("`{setting}`: ")), "{problem}");
        }
        assert!(!error.to_string().contains("with blank"), "{error}");
    }

    #[test]
    fn values_that_would_reach_another_host_or_resource_are_refused() {
        for region in [
            "",
            "eu-central-1.example.com",
            "eu-central-1/",
            "eu-central",
        ] {
            let options = DirectoryOptions {
                region: Some(region.to_owned()),
                ..DirectoryOptions::default()
            };
            assert!(options.validate().is_err(), "{region}");
        }
        for arn in [
            "",
            "reader",
            "arn:aws:iam::1234:role/reader",
            "arn:aws:iam::123456789012:role/",
            "arn:aws:sts::123456789012:assumed-role/reader/me",
            "arn:aws:iam::123456789012:role/*",
        ] {
            assert!(with_role(arn, None).validate().is_err(), "{arn}");
        }
    }
}
