//! What an event asks for.

use chrono::NaiveDate;
use kiro_s3::decoded_key;
use serde::Deserialize;
use serde_json::Value;

/// What an event asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A schedule says that it is time: everything that is new.
    Scheduled,
    /// Objects arrived in buckets.
    Arrived(Vec<Arrival>),
    /// S3 tries out whether anybody listens; there is nothing to do.
    Test,
    /// Somebody calls.
    Ordered(Order),
}

/// One object that arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    pub bucket: String,
    /// As S3 stores it: decoded.
    pub object_key: String,
}

/// What a caller may ask for. `{}` asks for everything that is new.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Order {
    /// The first export day, inclusive.
    pub since: Option<NaiveDate>,
    /// The last export day, inclusive.
    pub until: Option<NaiveDate>,
    /// Normalizes exports again that have been done already.
    pub reprocess: bool,
    /// So many exports at most.
    pub max_files: Option<u64>,
}

/// An event nobody knows.
#[derive(Debug, thiserror::Error)]
#[error(
    "expected a schedule, an S3 event or {{\"since\", \"until\", \"reprocess\", \"max_files\"}}"
)]
pub struct EventError {
    #[source]
    pub source: serde_json::Error,
}

/// `Records` as S3 sends them to a function directly.
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

/// Both S3's own notifications and `EventBridge` name bucket and object so.
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
    /// Tells from its shape what an event is.
    pub fn parse(event: Value) -> Result<Self, EventError> {
        let text = |name: &str| event.get(name).and_then(Value::as_str).unwrap_or_default();
        match (text("detail-type"), text("Event")) {
            ("Scheduled Event", _) => return Ok(Self::Scheduled),
            ("Object Created", _) => {
                let detail = event.get("detail").cloned().unwrap_or_default();
                let entity: S3Entity = parsed(detail)?;
                // EventBridge writes keys as they are.
                return Ok(Self::Arrived(vec![entity.arrival(str::to_owned)]));
            }
            (_, "s3:TestEvent") => return Ok(Self::Test),
            _ => {}
        }
        if event.get("Records").is_some() {
            let Notification { records } = parsed(event)?;
            let created = records
                .into_iter()
                .filter(|record| record.event_name.contains("ObjectCreated"));
            return Ok(Self::Arrived(
                created
                    .map(|record| record.s3.arrival(decoded_key))
                    .collect(),
            ));
        }
        Ok(Self::Ordered(parsed(event)?))
    }
}

impl S3Entity {
    fn arrival(self, decode: impl Fn(&str) -> String) -> Arrival {
        Arrival {
            bucket: self.bucket.name,
            object_key: decode(&self.object.key),
        }
    }
}

fn parsed<T: for<'de> Deserialize<'de>>(event: Value) -> Result<T, EventError> {
    serde_json::from_value(event).map_err(|source| EventError { source })
}
