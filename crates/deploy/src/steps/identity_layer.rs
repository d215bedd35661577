//! The outputs of the identity stack, for the later steps.

use serde::Serialize;

use crate::aws::{Aws, AwsError};
use crate::stack::Stack;
use crate::step::{Deployment, StepError};

/// Placeholder for the bucket of the map if there is no stack.
pub(crate) const NO_MAP_BUCKET: &str = "MAP-BUCKET";
/// Placeholder for the key of the map if there is no stack.
pub(crate) const NO_MAP_KEY: &str = "MAP-KEY";

/// The key of the map.
const MAP_KEY: &str = "identity-map/people.parquet";

/// Maximum number of rules that Quick Sight applies to one user.
const MAX_RULES: u64 = 999;

/// The parts of the identity stack, by its outputs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct IdentityLayer {
    pub(crate) map_bucket: String,
    /// The ARN of the key that encrypts the map.
    pub(crate) map_key: String,
    pub(crate) function: String,
}

/// The map as its bucket shows it without reading it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MapObject {
    pub bucket: String,
    /// RFC 3339.
    pub made: String,
    /// Persons in the map.
    pub rows: u64,
    /// Users of the data.
    pub users: u64,
    /// Users of the data with a name.
    pub named: u64,
    /// The most rules that a viewer needs to be shown what the viewer may see.
    pub rules: u64,
}

impl MapObject {
    /// The problem of a viewer with more rules than Quick Sight applies.
    pub(crate) fn problem_of_rules(&self) -> Option<String> {
        (self.rules > MAX_RULES).then(|| {
            format!(
                "a manager needs {} row rules, and Quick Sight applies {MAX_RULES} per user at most: give the manager's people teams, as a team is one rule",
                self.rules
            )
        })
    }
}

impl IdentityLayer {
    /// None if identity mapping is off, or if there is no stack yet.
    pub(crate) async fn find(deployment: &Deployment) -> Result<Option<Self>, StepError> {
        if !deployment.settings().identity_mapping {
            return Ok(None);
        }
        let stack = Stack::find(&deployment.aws, &deployment.names.identity_stack()).await?;
        Ok(stack.as_ref().and_then(Self::of))
    }

    /// The parts of a stack; none before it is complete.
    pub(crate) fn of(stack: &Stack) -> Option<Self> {
        let output = |name: &str| stack.output(name).to_owned();
        let layer = Self {
            map_bucket: output("MapBucketName"),
            map_key: output("MapKeyArn"),
            function: output("FunctionName"),
        };
        (!layer.map_bucket.is_empty()).then_some(layer)
    }

    /// The outputs, with placeholders for a stack that a deployment will create; none if identity mapping is off.
    pub(crate) async fn planned(deployment: &Deployment) -> Result<Option<Self>, StepError> {
        if !deployment.settings().identity_mapping {
            return Ok(None);
        }
        let found = Self::find(deployment).await?;
        Ok(Some(found.unwrap_or_else(Self::placeholder)))
    }

    /// The outputs before there is a stack.
    pub(crate) fn placeholder() -> Self {
        Self {
            map_bucket: NO_MAP_BUCKET.to_owned(),
            map_key: NO_MAP_KEY.to_owned(),
            function: String::new(),
        }
    }

    /// The location of the table.
    pub(crate) fn map_location(&self) -> String {
        format!("s3://{}/identity-map/", self.map_bucket)
    }

    /// The map; none before the first run.
    pub(crate) async fn map(&self, aws: &Aws) -> Result<Option<MapObject>, AwsError> {
        let buckets = aws.buckets().owned();
        let head = buckets.object_info(&self.map_bucket, MAP_KEY).await?;
        Ok(head.map(|head| {
            let count = |name: &str| {
                let text = head.metadata.get(name);
                text.and_then(|text| text.parse().ok()).unwrap_or_default()
            };
            let [rows, users, named, rules] = ["rows", "users", "named", "rules"].map(count);
            MapObject {
                bucket: self.map_bucket.clone(),
                made: head.modified,
                rows,
                users,
                named,
                rules,
            }
        }))
    }
}
