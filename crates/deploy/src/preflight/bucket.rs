//! The buckets: whether Kiro can write its exports, whether the function can read them, and whether the names of the
//! deployment's buckets are available.

use std::collections::{BTreeMap, BTreeSet};

use percent_encoding::percent_decode_str;
use serde::Deserialize;

use super::context::CheckContext;
use super::finding::Finding;
use crate::aws::{AwsError, AwsErrorKind, Buckets, Context, Optional};
use crate::step::ErrorCategory;

/// The service that writes the exports.
const KIRO: &str = "q.amazonaws.com";

/// Region, encryption and policy of the buckets with exports.
pub(super) async fn of_exports(context: &CheckContext<'_>) -> Finding {
    let folders = context.settings().source_folders(context.aws.account());
    let names: BTreeSet<&str> = folders
        .iter()
        .map(|folder| folder.bucket.as_str())
        .collect();
    if names.is_empty() {
        return Finding::skip("not configured yet, see Settings");
    }
    let mut finding = Finding::empty();
    for name in names {
        let head = match context.aws.buckets().head(name).await {
            Ok(Some(head)) => head,
            Ok(None) => {
                finding.add_failure(
                    ErrorCategory::Usage,
                    format!("there is no bucket `{name}`"),
                    "correct `exports`; `kiro-analytics init` lists your buckets",
                );
                continue;
            }
            Err(error) if error.is_denied() => {
                let (found, advice) = unreadable(context, name, &error);
                finding.add_warning(found, advice);
                continue;
            }
            Err(error) => {
                finding.add_error(&error);
                continue;
            }
        };
        let regional = context.aws.in_region(&head.region);
        let buckets = regional.buckets();
        region(context, name, &head.region, &mut finding);
        encryption(context, &buckets, name, &mut finding).await;
        policy(&buckets, name, &mut finding).await;
    }
    finding
}

fn region(context: &CheckContext<'_>, name: &str, region: &str, finding: &mut Finding) {
    if region == context.aws.region() {
        finding.add(format!("`{name}` is in {region}"));
    } else if context.settings().read_on_arrival {
        finding.add_failure(
            ErrorCategory::Usage,
            format!("`{name}` is in {region}, and `read_on_arrival` needs it in {}", context.aws.region()),
            "deploy to the bucket's Region, or set `read_on_arrival` to false: the nightly run reads it all the same",
        );
    } else {
        finding.add_warning(
            format!(
                "`{name}` is in {region}, the deployment in {}",
                context.aws.region()
            ),
            "this works; each export is transferred between Regions once, at a small cost",
        );
    }
}

/// Finding and advice for a bucket with exports that the caller cannot read, such as one of another account.
pub(super) fn unreadable(
    context: &CheckContext<'_>,
    bucket: &str,
    error: &AwsError,
) -> (String, String) {
    let names = context.names;
    (
        format!(
            "you have no access to `{bucket}`, which the function reads with its own role: {error}"
        ),
        format!(
            "if another account owns it, its policy must allow s3:ListBucket and s3:GetObject where aws:PrincipalArn is like `arn:{}:iam::{}:role/{}-NormalizerRole-*` (docs/deployment.md has the policy)",
            names.partition,
            names.account,
            names.data_stack()
        ),
    )
}

async fn encryption(
    context: &CheckContext<'_>,
    buckets: &Buckets<'_>,
    name: &str,
    finding: &mut Finding,
) {
    let call = buckets.client().get_bucket_encryption().bucket(name);
    let resource = format!("bucket `{name}`");
    let answer = call.send().await;
    let answer = answer.context(context.aws, "s3:GetBucketEncryption", resource);
    let answer = match answer.optional() {
        Ok(Some(answer)) => answer,
        Ok(None) => return,
        Err(error) => {
            finding.add_error(&error);
            return;
        }
    };
    let rules = answer
        .server_side_encryption_configuration()
        .map(aws_sdk_s3::types::ServerSideEncryptionConfiguration::rules);
    let rule = rules.and_then(|rules| rules.first());
    let Some(default) = rule.and_then(|rule| rule.apply_server_side_encryption_by_default()) else {
        return;
    };
    let algorithm = default.sse_algorithm().as_str();
    let Some(key) = default
        .kms_master_key_id()
        .filter(|_| algorithm != "AES256")
    else {
        finding.add(format!(
            "encrypted by default with {}",
            match algorithm {
                "AES256" => "the keys of S3",
                _ => "the key that AWS manages for S3",
            }
        ));
        return;
    };
    let mut known = context.settings().exports_kms_keys.iter();
    let is_known = known.any(|known| known == key || known.ends_with(&format!("key/{key}")));
    if is_known {
        finding.add(format!(
            "encrypted by default with `{key}`, which the settings name"
        ));
    } else {
        finding.add_warning(
            format!("encrypted by default with `{key}`, which the settings do not name"),
            format!("if Kiro's reports are encrypted with it, set exports_kms_keys to its ARN, and allow `{KIRO}` to use kms:GenerateDataKey in its key policy"),
        );
    }
}

/// Checks that the bucket's policy allows Kiro to write.
async fn policy(buckets: &Buckets<'_>, name: &str, finding: &mut Finding) {
    let advice = format!(
        "the bucket's policy must allow `{KIRO}` to use s3:PutObject on the prefix; selecting the bucket in the Kiro console again adds this"
    );
    match buckets.policy(name).await {
        Ok(Some(text)) => {
            let policy: Policy = serde_json::from_str(&text).unwrap_or_default();
            if policy.allows_kiro_to_write(name) {
                finding.add(format!("its policy allows `{KIRO}` to write"));
            } else {
                finding.add_warning(
                    format!("its policy does not allow `{KIRO}` to write"),
                    advice,
                );
            }
        }
        Ok(None) => {
            finding.add_warning(
                format!("it has no policy that allows `{KIRO}` to write"),
                advice,
            );
        }
        Err(error) => finding.add_error(&error),
    }
}

/// The members of a bucket policy that the check reads.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Policy {
    statement: OneOrMany<Statement>,
}

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Statement {
    effect: String,
    principal: Principal,
    action: OneOrMany<String>,
    resource: OneOrMany<String>,
}

/// `"*"`, or principals by their kind.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Principal {
    ByKind(BTreeMap<String, OneOrMany<String>>),
    Any(String),
}

/// A list with one element may be written as that element.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum OneOrMany<T> {
    Many(Vec<T>),
    One(T),
}

impl<T> Default for OneOrMany<T> {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

impl Default for Principal {
    fn default() -> Self {
        Self::ByKind(BTreeMap::new())
    }
}

impl<T> OneOrMany<T> {
    fn as_slice(&self) -> &[T] {
        match self {
            Self::Many(all) => all,
            Self::One(one) => std::slice::from_ref(one),
        }
    }
}

impl Principal {
    fn is_service(&self, service: &str) -> bool {
        match self {
            Self::Any(name) => name == service,
            Self::ByKind(kinds) => kinds
                .get("Service")
                .is_some_and(|services| services.as_slice().iter().any(|name| name == service)),
        }
    }
}

impl Policy {
    /// Returns true if it allows Kiro to write objects anywhere in the bucket.
    fn allows_kiro_to_write(&self, bucket: &str) -> bool {
        let in_bucket = |resource: &String| {
            let resource = percent_decode_str(resource).decode_utf8_lossy();
            resource.contains(&format!(":::{bucket}/"))
        };
        let writes =
            |action: &String| matches!(action.as_str(), "s3:PutObject" | "s3:Put*" | "s3:*");
        self.statement.as_slice().iter().any(|statement| {
            statement.effect == "Allow"
                && statement.principal.is_service(KIRO)
                && statement.action.as_slice().iter().any(writes)
                && statement.resource.as_slice().iter().any(in_bucket)
        })
    }
}

/// Checks the results bucket and the bucket for the function's code.
pub(super) async fn deployment_buckets(context: &CheckContext<'_>) -> Finding {
    let settings = context.settings();
    let code = context.names.code_bucket(settings);
    let mut finding = Finding::empty();
    let results = context
        .stack
        .map_or("", |stack| stack.output("ResultsBucketName"));
    match &settings.existing_results_bucket {
        Some(bucket) => check_bucket(context, bucket, "results", true, &mut finding).await,
        None if !results.is_empty() => {
            check_bucket(context, results, "results", true, &mut finding).await;
        }
        None => finding.add("a results bucket will be created".to_owned()),
    }
    check_bucket(
        context,
        &code,
        "code",
        settings.code_bucket.is_some(),
        &mut finding,
    )
    .await;
    finding
}

async fn check_bucket(
    context: &CheckContext<'_>,
    name: &str,
    what: &str,
    must_exist: bool,
    finding: &mut Finding,
) {
    match context.aws.buckets().owned().head(name).await {
        Ok(Some(head)) if head.region != context.aws.region() => finding.add_failure(
            ErrorCategory::Usage,
            format!("{what} bucket `{name}` is in {}", head.region),
            format!(
                "it must be in {}: name another bucket, or leave the setting out to have one created",
                context.aws.region()
            ),
        ),
        Ok(Some(_)) => finding.add(format!("{what} bucket `{name}` exists")),
        Ok(None) if must_exist => finding.add_failure(
            ErrorCategory::Usage,
            format!("{what} bucket `{name}` does not exist"),
            "name a bucket that exists, or leave the setting out to have one created",
        ),
        Ok(None) => finding.add(format!("{what} bucket `{name}` will be created")),
        Err(error)
            if matches!(
                error.kind,
                AwsErrorKind::ForeignOwner | AwsErrorKind::Denied
            ) =>
        {
            let (advice, error) = (error.hint(), error.to_string());
            finding.add_failure(
                ErrorCategory::Usage,
                format!("{what} bucket `{name}` cannot be used: {error}"),
                advice,
            );
        }
        Err(error) => finding.add_error(&error),
    }
    let folders = context.settings().source_folders(context.aws.account());
    if what == "results" && folders.iter().any(|folder| folder.bucket == name) {
        finding.add_warning(
            format!("`{name}` also contains exports"),
            "this works, but `teardown --delete-data` will not delete the bucket: exports are never deleted",
        );
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Policy;

    #[test]
    fn only_a_policy_for_kiro_lets_kiro_write() {
        let statement = |service: &str, action: &str, bucket: &str| {
            let policy = json!({"Statement": [
                {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"},
                {"Effect": "Allow", "Principal": {"Service": [service]}, "Action": action,
                 "Resource": format!("arn:aws:s3:::{bucket}/logs/*")},
            ]});
            serde_json::from_value::<Policy>(policy).unwrap()
        };
        assert!(statement("q.amazonaws.com", "s3:PutObject", "b").allows_kiro_to_write("b"));
        assert!(!statement("q.amazonaws.com", "s3:GetObject", "b").allows_kiro_to_write("b"));
        assert!(!statement("q.amazonaws.com", "s3:PutObject", "c").allows_kiro_to_write("b"));
        assert!(!statement("lambda.amazonaws.com", "s3:PutObject", "b").allows_kiro_to_write("b"));
    }
}
