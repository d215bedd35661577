//! The buckets: that Kiro can write to its own, that the function can read it, and that ours are free or ours.

use std::collections::BTreeSet;

use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::Place;
use super::finding::Finding;
use crate::aws::{AwsErrorKind, Buckets, Fields};
use crate::step::Blame;

/// What writes the exports.
const KIRO: &str = "q.amazonaws.com";

/// Region, encryption and policy of the buckets with exports.
pub(super) async fn of_exports(place: &Place<'_>) -> Finding {
    let folders = place.settings().source_folders(place.aws.account());
    let names: BTreeSet<&str> = folders
        .iter()
        .map(|folder| folder.bucket.as_str())
        .collect();
    if names.is_empty() {
        return Finding::skip("nothing is named yet, see Settings");
    }
    let mut finding = Finding::empty();
    for name in names {
        let head = match place.aws.buckets().head(name).await {
            Ok(Some(head)) => head,
            Ok(None) => {
                finding.add_failure(
                    Blame::Usage,
                    format!("there is no bucket `{name}`"),
                    "correct `exports`; `kiro-analytics init` lists your buckets",
                );
                continue;
            }
            Err(error) => {
                finding.add_error(&error);
                continue;
            }
        };
        let there = place.aws.in_region(&head.region);
        let buckets = there.buckets();
        region(place, name, &head.region, &mut finding);
        encryption(place, &buckets, name, &mut finding).await;
        policy(&buckets, name, &mut finding).await;
    }
    finding
}

fn region(place: &Place<'_>, name: &str, region: &str, finding: &mut Finding) {
    if region == place.aws.region() {
        finding.add(format!("`{name}` is in {region}"));
    } else if place.settings().read_on_arrival {
        finding.add_failure(
            Blame::Usage,
            format!("`{name}` is in {region}, and `read_on_arrival` needs it in {}", place.aws.region()),
            "deploy to the bucket's Region, or set `read_on_arrival` to false: the nightly run reads it all the same",
        );
    } else {
        finding.add_warning(
            format!(
                "`{name}` is in {region}, the deployment in {}",
                place.aws.region()
            ),
            "that works; each export is transferred between Regions once, which costs a little",
        );
    }
}

async fn encryption(place: &Place<'_>, buckets: &Buckets<'_>, name: &str, finding: &mut Finding) {
    let answer = buckets
        .client()
        .get_bucket_encryption()
        .bucket(name)
        .send()
        .await;
    let answer = match answer {
        Ok(answer) => answer,
        Err(error) => {
            let error = buckets.error("GetBucketEncryption", &format!("bucket `{name}`"), &error);
            if !error.is_not_found() {
                finding.add_error(&error);
            }
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
    let mut known = place.settings().exports_kms_keys.iter();
    let is_known = known.any(|known| known == key || known.ends_with(&format!("key/{key}")));
    if is_known {
        finding.add(format!(
            "encrypted by default with `{key}`, which the settings name"
        ));
    } else {
        finding.add_warning(
            format!("encrypted by default with `{key}`, which the settings do not name"),
            format!("if Kiro's reports are encrypted with it, set exports_kms_keys to its ARN, and let `{KIRO}` use kms:GenerateDataKey in its key policy"),
        );
    }
}

/// Kiro can write where the bucket's policy lets it.
async fn policy(buckets: &Buckets<'_>, name: &str, finding: &mut Finding) {
    let advice = format!(
        "the bucket's policy must let `{KIRO}` use s3:PutObject on the prefix; choosing the bucket in the Kiro console again adds that"
    );
    let answer = buckets
        .client()
        .get_bucket_policy()
        .bucket(name)
        .send()
        .await;
    match answer {
        Ok(answer) => {
            let text = answer.policy().unwrap_or_default();
            let policy: Value = serde_json::from_str(text).unwrap_or_default();
            if lets_kiro_write(&policy, name) {
                finding.add(format!("its policy lets `{KIRO}` write"));
            } else {
                finding.add_warning(format!("its policy does not let `{KIRO}` write"), advice);
            }
        }
        Err(error) => {
            let error = buckets.error("GetBucketPolicy", &format!("bucket `{name}`"), &error);
            if error.is_not_found() {
                finding.add_warning(format!("it has no policy that lets `{KIRO}` write"), advice);
            } else {
                finding.add_error(&error);
            }
        }
    }
}

/// Whether a policy lets Kiro put objects anywhere into the bucket.
fn lets_kiro_write(policy: &Value, bucket: &str) -> bool {
    let one_or_many = |value: &Value| -> Vec<String> {
        match value {
            Value::String(text) => vec![text.clone()],
            Value::Array(all) => all
                .iter()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect(),
            _ => Vec::new(),
        }
    };
    let mut statements = policy.items("Statement").iter();
    statements.any(|statement| {
        let mut actions = one_or_many(statement.field("Action")).into_iter();
        let mut services = one_or_many(statement.field("Principal/Service")).into_iter();
        let mut resources = one_or_many(statement.field("Resource")).into_iter();
        statement.text("Effect") == "Allow"
            && services.any(|service| service == KIRO)
            && actions.any(|action| matches!(action.as_str(), "s3:PutObject" | "s3:Put*" | "s3:*"))
            && resources.any(|resource| {
                let resource = percent_decode_str(&resource)
                    .decode_utf8_lossy()
                    .into_owned();
                resource.contains(&format!(":::{bucket}/"))
            })
    })
}

/// The bucket that is to be used again, and the one for the function's code.
pub(super) async fn of_ours(place: &Place<'_>) -> Finding {
    let settings = place.settings();
    let code = settings.code_bucket(place.names);
    let mut finding = Finding::empty();
    let results = place
        .stack
        .map_or("", |stack| stack.output("ResultsBucketName"));
    match &settings.existing_results_bucket {
        Some(bucket) => look(place, bucket, "results", true, &mut finding).await,
        None if !results.is_empty() => look(place, results, "results", true, &mut finding).await,
        None => finding.add("a bucket for the results will be made".to_owned()),
    }
    look(
        place,
        &code,
        "code",
        settings.code_bucket.is_some(),
        &mut finding,
    )
    .await;
    finding
}

async fn look(place: &Place<'_>, name: &str, what: &str, must_exist: bool, finding: &mut Finding) {
    match place.aws.buckets().head(name).await {
        Ok(Some(head)) if head.region != place.aws.region() => finding.add_failure(
            Blame::Usage,
            format!("{what} bucket `{name}` is in {}", head.region),
            format!(
                "it must be in {}: name another one, or none to have one made",
                place.aws.region()
            ),
        ),
        Ok(Some(_)) => finding.add(format!("{what} bucket `{name}` is there")),
        Ok(None) if must_exist => finding.add_failure(
            Blame::Usage,
            format!("{what} bucket `{name}` does not exist"),
            "name one that exists, or none to have one made",
        ),
        Ok(None) => finding.add(format!("{what} bucket `{name}` will be made")),
        Err(error) if error.kind == AwsErrorKind::Denied => finding.add_failure(
            Blame::Usage,
            format!(
                "{what} bucket `{name}` belongs to somebody else, or you may not use it: {error}"
            ),
            "another --prefix, or --set code_bucket=NAME",
        ),
        Err(error) => finding.add_error(&error),
    }
    let folders = place.settings().source_folders(place.aws.account());
    if what == "results" && folders.iter().any(|folder| folder.bucket == name) {
        finding.add_warning(
            format!("`{name}` holds exports, too"),
            "that works; but `teardown --delete-data` will refuse to delete it, as exports are never touched",
        );
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::lets_kiro_write;

    #[test]
    fn only_a_policy_for_kiro_lets_kiro_write() {
        let statement = |service: &str, action: &str, bucket: &str| {
            json!({"Statement": [
                {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"},
                {"Effect": "Allow", "Principal": {"Service": [service]}, "Action": action,
                 "Resource": format!("arn:aws:s3:::{bucket}/logs/*")},
            ]})
        };
        assert!(lets_kiro_write(
            &statement("q.amazonaws.com", "s3:PutObject", "b"),
            "b"
        ));
        assert!(!lets_kiro_write(
            &statement("q.amazonaws.com", "s3:GetObject", "b"),
            "b"
        ));
        assert!(!lets_kiro_write(
            &statement("q.amazonaws.com", "s3:PutObject", "c"),
            "b"
        ));
        assert!(!lets_kiro_write(
            &statement("lambda.amazonaws.com", "s3:PutObject", "b"),
            "b"
        ));
    }
}
