//! Events: those of the schedules, and direct calls.

use kiro_delivery::{PeriodChoice, PeriodError};
use serde::Deserialize;
use serde_json::Value;

/// A request for the reports of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReportRequest {
    pub period: PeriodChoice,
}

/// An event that is no request. Nothing of its content is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    #[error("expected a JSON object such as `{{\"period\": \"last-week\"}}`")]
    Shape,
    #[error("member `period`")]
    Period(#[source] PeriodError),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Members {
    period: String,
}

impl ReportRequest {
    /// Parses an event.
    ///
    /// # Errors
    ///
    /// If it has another shape, or names no period.
    pub fn parse(event: &Value) -> Result<Self, EventError> {
        // A list would be read as the members in their order.
        if !event.is_object() {
            return Err(EventError::Shape);
        }
        // The cause would repeat a value.
        let Members { period } = Members::deserialize(event).map_err(|_| EventError::Shape)?;
        let period = period.parse().map_err(EventError::Period)?;
        Ok(Self { period })
    }
}

#[cfg(test)]
mod tests {
    use kiro_delivery::{Period, PeriodChoice};
    use serde_json::json;

    use super::{EventError, ReportRequest};

    #[test]
    fn a_request_names_a_period() {
        let period = |text: &str| {
            ReportRequest::parse(&json!({ "period": text }))
                .unwrap()
                .period
        };
        assert_eq!(period("last-week"), PeriodChoice::LastWeek);
        let november = Period::Month {
            year: 2026,
            month: 11,
        };
        assert_eq!(period("2026-11"), PeriodChoice::Named(november));
    }

    #[test]
    fn no_error_repeats_the_content_of_an_event() {
        for event in [
            json!({}),
            json!(["last-week"]),
            json!({"period": "last-week", "ann@example.com": 1}),
        ] {
            assert_eq!(
                ReportRequest::parse(&event),
                Err(EventError::Shape),
                "{event}"
            );
        }
        let error = ReportRequest::parse(&json!({"period": "ann@example.com"})).unwrap_err();
        assert!(!format!("{error:?}").contains("ann"), "{error:?}");
    }
}
