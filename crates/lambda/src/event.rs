//! Events, parsed by their shape.

use chrono::NaiveDate;
use kiro_catalog::{did_you_mean, nearest};
use kiro_s3::decoded_key;
use serde::Deserialize;
use serde_json::Value;

/// An event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The schedule: normalize everything that is new.
    Scheduled,
    /// Objects were created in buckets.
    ObjectsCreated(Vec<CreatedObject>),
    /// S3 tests the notification. Nothing to do.
    Test,
    /// A direct call.
    Requested(RunRequest),
}

/// One created object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreatedObject {
    pub bucket: String,
    /// The decoded key.
    pub object_key: String,
}

/// The request of a direct call. `{}` normalizes everything that is new.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RunRequest {
    /// The first export day, inclusive.
    pub since: Option<NaiveDate>,
    /// The last export day, inclusive.
    pub until: Option<NaiveDate>,
    /// Normalize exports again that have their parts.
    pub reprocess: bool,
    /// Maximum number of exports to normalize.
    pub max_files: Option<u64>,
}

/// The members of a direct call.
const MEMBERS: [&str; 4] = ["since", "until", "reprocess", "max_files"];

/// An event of an unknown shape. Nothing of its content is kept but the names of known members.
#[derive(Debug, thiserror::Error)]
pub enum EventError {
    #[error(
        "expected a schedule, an S3 event or {{\"since\", \"until\", \"reprocess\", \"max_files\"}}"
    )]
    Shape,
    #[error(
        "unknown member, expected a schedule, an S3 event or {{\"since\", \"until\", \"reprocess\", \"max_files\"}}{}",
        did_you_mean(nearest.as_deref())
    )]
    UnknownMember { nearest: Option<String> },
}

/// A notification that S3 sends to a function itself.
#[derive(Deserialize)]
struct Notification {
    #[serde(rename = "Records")]
    records: Vec<Record>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    event_name: String,
    s3: S3Entity,
}

/// Bucket and object, with the same names in S3's notifications and in those of `EventBridge`.
#[derive(Deserialize)]
struct S3Entity {
    bucket: Named,
    object: Keyed,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

#[derive(Deserialize)]
struct Keyed {
    key: String,
}

impl Event {
    /// Parses an event by its shape.
    ///
    /// # Errors
    ///
    /// If the shape is unknown, or a direct call has an unknown member.
    pub fn parse(event: Value) -> Result<Self, EventError> {
        let text = |name: &str| event.get(name).and_then(Value::as_str).unwrap_or_default();
        match (text("detail-type"), text("Event")) {
            ("Scheduled Event", _) => return Ok(Self::Scheduled),
            ("Object Created", _) => {
                let detail = event.get("detail").cloned().unwrap_or_default();
                let entity: S3Entity = parsed(detail)?;
                // EventBridge does not encode keys.
                return Ok(Self::ObjectsCreated(vec![entity.object(str::to_owned)]));
            }
            (_, "s3:TestEvent") => return Ok(Self::Test),
            _ => {}
        }
        if event.get("Records").is_some() {
            let Notification { records } = parsed(event)?;
            let created = records
                .into_iter()
                .filter(|record| record.event_name.contains("ObjectCreated"));
            return Ok(Self::ObjectsCreated(
                created
                    .map(|record| record.s3.object(decoded_key))
                    .collect(),
            ));
        }
        check_members(&event)?;
        Ok(Self::Requested(parsed(event)?))
    }
}

impl S3Entity {
    fn object(self, decode: impl Fn(&str) -> String) -> CreatedObject {
        CreatedObject {
            bucket: self.bucket.name,
            object_key: decode(&self.object.key),
        }
    }
}

/// Refuses an unknown member: a misspelled limit would normalize everything.
fn check_members(event: &Value) -> Result<(), EventError> {
    let mut names = event
        .as_object()
        .into_iter()
        .flat_map(|members| members.keys());
    match names.find(|name| !MEMBERS.contains(&name.as_str())) {
        None => Ok(()),
        Some(name) => Err(EventError::UnknownMember {
            nearest: nearest(name, MEMBERS),
        }),
    }
}

fn parsed<T: for<'de> Deserialize<'de>>(event: Value) -> Result<T, EventError> {
    // The cause would repeat a value.
    serde_json::from_value(event).map_err(|_| EventError::Shape)
}
