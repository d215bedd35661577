//! Events: the schedule, and direct calls.

use serde::Deserialize;
use serde_json::{Map, Value};

/// A direct call; `{}`, as the schedule, for all defaults.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RunRequest {
    /// Accept an answer of the directory without most of the known users.
    pub accept_shrink: bool,
    /// Ids in any spelling, addresses or user names of persons to forget.
    pub forget: Vec<String>,
}

/// An event that is neither the schedule nor a direct call. Nothing of its content is kept: it may name persons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    #[error("expected a schedule or a JSON object with the members `accept_shrink` and `forget`")]
    Shape,
    #[error("member `{member}` has the wrong type, expected {expected}")]
    Member {
        member: &'static str,
        expected: &'static str,
    },
    #[error("a member is not known, expected `accept_shrink` or `forget`")]
    UnknownMember,
}

/// The members of a direct call with their types.
const MEMBERS: [(&str, &str); 2] = [
    ("accept_shrink", "`true` or `false`"),
    ("forget", "a list of texts"),
];

impl RunRequest {
    /// Parses an event.
    ///
    /// # Errors
    ///
    /// If it is neither the schedule nor a direct call.
    pub fn parse(event: Value) -> Result<Self, EventError> {
        if event.get("detail-type").and_then(Value::as_str) == Some("Scheduled Event") {
            return Ok(Self::default());
        }
        // A list would be read as the members in their order.
        let Value::Object(members) = event else {
            return Err(EventError::Shape);
        };
        for (member, expected) in MEMBERS {
            let one = members.get_key_value(member);
            let one = one.map(|(name, value)| (name.clone(), value.clone()));
            let one: Map<String, Value> = one.into_iter().collect();
            if serde_json::from_value::<Self>(Value::Object(one)).is_err() {
                return Err(EventError::Member { member, expected });
            }
        }
        // The cause would repeat a name.
        serde_json::from_value(Value::Object(members)).map_err(|_| EventError::UnknownMember)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{EventError, RunRequest};

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
    #[test]
    fn no_error_repeats_the_content_of_an_event() {
        let wrong_type = |member, expected| EventError::Member { member, expected };
        let cases = [
            (
                json!({"forget": "ann@example.com"}),
                wrong_type("forget", "a list of texts"),
            ),
            (
                json!({"forget": ["u-1", {"ann@example.com": 1}]}),
                wrong_type("forget", "a list of texts"),
            ),
            (
                json!({"accept_shrink": "ann@example.com"}),
                wrong_type("accept_shrink", "`true` or `false`"),
            ),
            (json!({"ann@example.com": true}), EventError::UnknownMember),
            (json!("ann@example.com"), EventError::Shape),
            (json!(["ann@example.com"]), EventError::Shape),
        ];
        for (event, expected) in cases {
            let error = RunRequest::parse(event.clone()).unwrap_err();
            assert_eq!(error, expected, "{event}");
            let text = format!("{error} {error:?}");
            assert!(!text.contains("example.com"), "{text}");
        }
    }
}
