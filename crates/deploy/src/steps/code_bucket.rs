//! The bucket for the function's zips: compares and corrects each of its properties separately.
//!
//! Encryption is not compared: S3 encrypts every new object, and a bucket cannot switch that off.

use std::collections::BTreeMap;

use aws_sdk_s3::types::{BucketLocationConstraint, CreateBucketConfiguration};
use serde_json::{Value, json};

use crate::aws::{AwsError, Buckets, Context};
use crate::step::{Change, ChangeKind, Deployment};
use crate::tags;

/// Sid of the deployment's statement in the bucket's policy.
const STATEMENT: &str = "OnlyOverTls";

/// The deployment's own bucket for the function's zips.
pub(super) struct CodeBucket<'a> {
    deployment: &'a Deployment,
    buckets: Buckets<'a>,
    name: &'a str,
}

/// A property that differs, with its desired value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum BucketProperty {
    Exists,
    PublicAccessBlock,
    Policy(Value),
    Tags(BTreeMap<String, String>),
}

impl<'a> CodeBucket<'a> {
    pub(super) fn new(deployment: &'a Deployment, name: &'a str) -> Self {
        Self {
            deployment,
            buckets: deployment.aws.buckets().owned(),
            name,
        }
    }

    /// The properties that differ. `exists` is true if the bucket exists.
    ///
    /// # Errors
    ///
    /// If a property cannot be read.
    pub(super) async fn missing(&self, exists: bool) -> Result<Vec<BucketProperty>, AwsError> {
        if !exists {
            return Ok(vec![
                BucketProperty::Exists,
                BucketProperty::PublicAccessBlock,
                BucketProperty::Policy(with_statement(None, self.statement())),
                BucketProperty::Tags(tags::of(self.deployment)),
            ]);
        }
        let (is_closed, policy, found) = tokio::try_join!(
            self.buckets.blocks_public_access(self.name),
            self.policy(),
            self.buckets.tags(self.name)
        )?;
        let mut missing = Vec::new();
        if !is_closed {
            missing.push(BucketProperty::PublicAccessBlock);
        }
        let statement = self.statement();
        if !policy
            .as_ref()
            .is_some_and(|policy| has_statement(policy, &statement))
        {
            missing.push(BucketProperty::Policy(with_statement(policy, statement)));
        }
        let desired = tags::merged(&found, self.deployment);
        if desired != found {
            missing.push(BucketProperty::Tags(desired));
        }
        Ok(missing)
    }

    /// The changes that correct the properties.
    pub(super) fn changes(&self, missing: &[BucketProperty]) -> Vec<Change> {
        let what = format!("bucket `{}`", self.name);
        if missing.contains(&BucketProperty::Exists) {
            let change = Change::new(ChangeKind::Create, what);
            return vec![change.detail("for the function's code: not public, encrypted, TLS only")];
        }
        if missing.is_empty() {
            return Vec::new();
        }
        let change = Change::new(ChangeKind::Update, what);
        vec![
            missing
                .iter()
                .fold(change, |change, property| change.detail(property.summary())),
        ]
    }

    /// Corrects one property.
    ///
    /// # Errors
    ///
    /// If S3 refuses the request.
    pub(super) async fn apply(&self, property: &BucketProperty) -> Result<(), AwsError> {
        match property {
            BucketProperty::Exists => self.create().await,
            BucketProperty::PublicAccessBlock => self.buckets.block_public_access(self.name).await,
            BucketProperty::Policy(policy) => self.set_policy(policy).await,
            BucketProperty::Tags(tags) => self.buckets.set_tags(self.name, tags).await,
        }
    }

    fn resource(&self) -> String {
        format!("bucket `{}`", self.name)
    }

    async fn create(&self) -> Result<(), AwsError> {
        let aws = &self.deployment.aws;
        let mut call = self.buckets.client().create_bucket().bucket(self.name);
        if aws.region() != "us-east-1" {
            let place = BucketLocationConstraint::from(aws.region());
            let configuration = CreateBucketConfiguration::builder().location_constraint(place);
            call = call.create_bucket_configuration(configuration.build());
        }
        let created = call.send().await;
        match created.context(aws, "s3:CreateBucket", self.resource()) {
            // Another run has created it in the meantime.
            Err(error) if error.code == "BucketAlreadyOwnedByYou" => Ok(()),
            created => created.map(|_| ()),
        }
    }

    async fn policy(&self) -> Result<Option<Value>, AwsError> {
        let policy = self.buckets.policy(self.name).await?;
        Ok(policy.and_then(|policy| serde_json::from_str(&policy).ok()))
    }

    async fn set_policy(&self, policy: &Value) -> Result<(), AwsError> {
        let call = self.buckets.client().put_bucket_policy().bucket(self.name);
        call.set_expected_bucket_owner(self.buckets.owner())
            .policy(policy.to_string())
            .send()
            .await
            .context(&self.deployment.aws, "s3:PutBucketPolicy", self.resource())?;
        Ok(())
    }

    /// Denies every request without TLS.
    fn statement(&self) -> Value {
        let arn = format!("arn:{}:s3:::{}", self.deployment.aws.partition(), self.name);
        json!({
            "Sid": STATEMENT, "Effect": "Deny", "Principal": "*", "Action": "s3:*",
            "Resource": [arn, format!("{arn}/*")],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        })
    }
}

impl BucketProperty {
    fn summary(&self) -> String {
        match self {
            Self::Exists => "it does not exist".to_owned(),
            Self::PublicAccessBlock => "public access is blocked".to_owned(),
            Self::Policy(_) => "its policy refuses requests without TLS".to_owned(),
            Self::Tags(tags) => {
                let tags: Vec<String> = tags
                    .iter()
                    .map(|(key, value)| format!("{key}={value}"))
                    .collect();
                format!("its tags: {}", tags.join(", "))
            }
        }
    }
}

fn has_statement(policy: &Value, statement: &Value) -> bool {
    let statement = normal(statement);
    let statements = match policy.get("Statement") {
        Some(Value::Array(statements)) => statements.as_slice(),
        Some(single) => std::slice::from_ref(single),
        None => &[],
    };
    statements.iter().any(|found| normal(found) == statement)
}

/// The normal form of a policy: a list with one element becomes that element, and other lists are sorted.
fn normal(value: &Value) -> Value {
    match value {
        Value::Array(all) => {
            let mut all: Vec<Value> = all.iter().map(normal).collect();
            all.sort_by_key(Value::to_string);
            if all.len() == 1 {
                all.remove(0)
            } else {
                Value::Array(all)
            }
        }
        Value::Object(members) if members.len() == 1 && members.get("AWS") == Some(&json!("*")) => {
            json!("*")
        }
        Value::Object(members) => members
            .iter()
            .map(|(name, member)| (name.clone(), normal(member)))
            .collect(),
        other => other.clone(),
    }
}

/// The policy with the deployment's statement, which replaces an earlier form of it. Other statements are kept.
fn with_statement(policy: Option<Value>, statement: Value) -> Value {
    let mut statements =
        match policy.and_then(|mut policy| policy.get_mut("Statement").map(Value::take)) {
            Some(Value::Array(statements)) => statements,
            Some(single @ Value::Object(_)) => vec![single],
            _ => Vec::new(),
        };
    statements.retain(|found| found.get("Sid").and_then(Value::as_str) != Some(STATEMENT));
    statements.push(statement);
    json!({"Version": "2012-10-17", "Statement": statements})
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{has_statement, with_statement};

    #[test]
    fn our_statement_joins_those_of_others_once() {
        let ours = json!({"Sid": "OnlyOverTls", "Effect": "Deny"});
        let theirs = json!({"Sid": "Audit", "Effect": "Allow"});
        let old = json!({"Sid": "OnlyOverTls", "Effect": "Deny", "Action": "s3:GetObject"});
        let made = with_statement(None, ours.clone());
        assert_eq!(made["Statement"], json!([ours]));
        assert!(has_statement(&made, &ours));
        let single = json!({"Statement": theirs});
        assert_eq!(
            with_statement(Some(single), ours.clone())["Statement"],
            json!([theirs, ours])
        );
        let one = json!({"Principal": "*", "Action": "s3:*", "Resource": ["a", "b"]});
        let other = json!({"Principal": {"AWS": "*"}, "Action": ["s3:*"], "Resource": ["b", "a"]});
        assert!(has_statement(&json!({"Statement": other}), &one));
        let both = json!({"Statement": [old, theirs]});
        assert!(!has_statement(&both, &ours));
        assert_eq!(
            with_statement(Some(both), ours.clone())["Statement"],
            json!([theirs, ours])
        );
    }
}
