//! The caller and the Region.

use super::finding::Finding;
use crate::aws::{Aws, AwsError, AwsErrorKind};
use crate::step::ErrorCategory;

pub(super) fn credentials(aws: &Result<Aws, AwsError>) -> Finding {
    match aws {
        Ok(aws) => {
            let caller = aws.caller();
            let found = format!("account {}, as `{}`", caller.account, caller.arn);
            if caller.arn.ends_with(":root") {
                return Finding::warn(
                    found,
                    "this is the root user of the account: deploy as a role or a user with the policy that `kiro-analytics permissions` prints",
                );
            }
            Finding::pass(found)
        }
        Err(error) if error.code == "MissingRegion" => {
            Finding::skip("not checked: no Region is configured")
        }
        Err(error) if error.kind == AwsErrorKind::Configuration => {
            Finding::fail(ErrorCategory::Usage, error.to_string(), error.hint())
        }
        Err(error) => Finding::fail(ErrorCategory::Aws, error.to_string(), error.hint()),
    }
}

pub(super) fn region(aws: &Result<Aws, AwsError>) -> Finding {
    match aws {
        Ok(aws) => Finding::pass(format!("{}, partition {}", aws.region(), aws.partition())),
        Err(error) if error.code == "MissingRegion" => {
            Finding::fail(ErrorCategory::Usage, error.to_string(), error.hint())
        }
        Err(error) if error.kind == AwsErrorKind::Unreachable && !error.scope.region.is_empty() => {
            Finding::fail(
                ErrorCategory::Aws,
                format!("no response from `{}`", error.scope.region),
                "check the name of the Region, and whether it is enabled in the account",
            )
        }
        Err(_) => Finding::skip("not checked: you are not signed in"),
    }
}
