//! The event of a finished run: a record of Lambda about an asynchronous invocation of the normalizer, from the event bus.
//!
//! Its members: <https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html>

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;

/// A run of the normalizer that has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FinishedRun {
    /// The id of the invocation, the same for its retries. Letters, digits, `-` and `_`.
    pub id: String,
    pub ended: DateTime<Utc>,
    /// Whether it has read at least one export.
    pub has_news: bool,
}

/// An event of an unknown shape. Nothing of its content is kept.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    #[error("expected a record of an asynchronous invocation of the normalizer from the event bus")]
    Shape,
    #[error("expected a request id of letters, digits, `-` and `_`, with 100 characters at most")]
    RequestId,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    timestamp: DateTime<Utc>,
    request_context: RequestContext,
    response_payload: Option<Payload>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RequestContext {
    request_id: String,
}

/// The counts of a run that succeeded, or the error of one that failed.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Payload {
    files_processed: u64,
    #[serde(rename = "errorType")]
    error_type: Option<String>,
}

/// The error of a run that has read all exports but those that it names.
const SOME_EXPORTS_FAILED: &str = "ExportsFailed";
/// Maximum length of a request id. Lambda's have 36 characters; the id of an import has 128 at most.
const MAX_ID_CHARACTERS: usize = 100;

impl FinishedRun {
    /// Reads an event.
    ///
    /// # Errors
    ///
    /// If it is no record of an asynchronous invocation.
    pub fn parse(event: &Value) -> Result<Self, EventError> {
        let detail = event.get("detail").cloned().unwrap_or_default();
        // The cause would repeat a value.
        let record: Record = serde_json::from_value(detail).map_err(|_| EventError::Shape)?;
        let id = record.request_context.request_id;
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        if id.is_empty() || id.len() > MAX_ID_CHARACTERS || !id.bytes().all(is_plain) {
            return Err(EventError::RequestId);
        }
        Ok(Self {
            id,
            ended: record.timestamp,
            has_news: record.response_payload.unwrap_or_default().has_news(),
        })
    }
}

impl Payload {
    /// A run that failed because of single exports has no counts: it may have read others.
    fn has_news(&self) -> bool {
        match self.error_type.as_deref() {
            Some(error) => error == SOME_EXPORTS_FAILED,
            None => self.files_processed > 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{EventError, FinishedRun};

    fn event(payload: &Value) -> Value {
        json!({
            "source": "lambda",
            "detail-type": "Lambda Function Invocation Result - Success",
            "detail": {
                "version": "1.0",
                "timestamp": "2026-07-11T03:15:04.250Z",
                "requestContext": {
                    "requestId": "c2a6f2ae-7dbb-4d22-8782-d0485c9877e2",
                    "functionArn": "arn:aws:lambda:eu-central-1:123456789012:function:kiro-analytics-data-normalize-report:$LATEST",
                    "condition": "Success",
                    "approximateInvokeCount": 1,
                },
                "requestPayload": {"detail-type": "Scheduled Event"},
                "responseContext": {"statusCode": 200, "executedVersion": "$LATEST"},
                "responsePayload": payload,
            },
        })
    }

    #[test]
    fn a_run_has_an_id_an_end_and_perhaps_news() {
        let run = |payload: Value| FinishedRun::parse(&event(&payload)).unwrap();
        let news = run(json!({"files_processed": 2, "fact_rows": 0, "code_rows": 3}));
        assert_eq!(news.id, "c2a6f2ae-7dbb-4d22-8782-d0485c9877e2");
        assert_eq!(news.ended.to_rfc3339(), "2026-07-11T03:15:04.250+00:00");
        assert!(news.has_news);
        let nothing = run(json!({"files_processed": 0, "files_skipped": 9}));
        assert!(!nothing.has_news);
        assert!(!run(Value::Null).has_news);
    }

    #[test]
    fn a_run_with_single_failed_exports_has_read_the_others() {
        let has_news = |payload: Value| FinishedRun::parse(&event(&payload)).unwrap().has_news;
        let some = json!({"errorType": "ExportsFailed", "errorMessage": "1 of 46 exports could not be normalized"});
        assert!(has_news(some));
        assert!(!has_news(
            json!({"errorType": "RunFailed", "errorMessage": ""})
        ));
    }

    #[test]
    fn other_events_are_refused_without_their_content() {
        for event in [
            json!({}),
            json!({"detail": {"timestamp": "alice@example.com"}}),
            json!([1]),
        ] {
            assert_eq!(
                FinishedRun::parse(&event),
                Err(EventError::Shape),
                "{event}"
            );
        }
        let mut odd = event(&json!({"files_processed": 1}));
        odd["detail"]["requestContext"]["requestId"] = "a/b".into();
        assert_eq!(FinishedRun::parse(&odd), Err(EventError::RequestId));
    }
}
