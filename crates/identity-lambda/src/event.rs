//! Events: the schedule, and direct calls.

use serde::Deserialize;
use serde_json::{Map, Value};

/// A direct call; `{}`, as the schedule, for all defaults.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RunRequest {
    /// Accept an answer of the directory without most of the known users.
    pub accept_shrink: bool,
    /// Ids of persons to forget, in any spelling.
    pub forget: Vec<String>,
}

impl RunRequest {
    /// Parses an event.
    ///
    /// # Errors
    ///
    /// If it is neither the schedule nor a direct call.
    pub fn parse(event: Value) -> Result<Self, serde_json::Error> {
        if event.get("detail-type").and_then(Value::as_str) == Some("Scheduled Event") {
            return Ok(Self::default());
        }
        // A list would be read as the members in their order.
        let members: Map<String, Value> = serde_json::from_value(event)?;
        serde_json::from_value(Value::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::RunRequest;

    #[test]
    fn the_schedule_and_an_empty_call_are_the_same() {
        let scheduled = json!({"detail-type": "Scheduled Event", "source": "aws.scheduler"});
        for event in [scheduled, json!({})] {
            assert_eq!(RunRequest::parse(event).unwrap(), RunRequest::default());
        }
        let request = RunRequest::parse(json!({"accept_shrink": true, "forget": ["u-1"]}));
        assert!(request.unwrap().accept_shrink);
        for event in [json!({"accept_shrunk": true}), json!([]), json!("x")] {
            assert!(RunRequest::parse(event.clone()).is_err(), "{event}");
        }
    }
}
