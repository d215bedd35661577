//! One invocation, and its remaining time.

use chrono::{DateTime, TimeDelta, Utc};

/// No export is begun within this time before the deadline.
const MAX_RESERVE: TimeDelta = TimeDelta::seconds(60);
/// A short invocation reserves this fraction of its time instead: one third.
const RESERVED_FRACTION: i32 = 3;

/// One invocation, as Lambda describes it.
#[derive(Debug, Clone)]
pub struct Invocation {
    /// The same for every retry of one event.
    pub request_id: String,
    pub started: DateTime<Utc>,
    /// When Lambda stops the function; `None` if never.
    pub deadline: Option<DateTime<Utc>>,
}

impl Invocation {
    /// Returns true if there is time for one more export before the deadline.
    pub fn has_time(&self, now: DateTime<Utc>) -> bool {
        self.deadline.is_none_or(|deadline| {
            let reserve = ((deadline - self.started) / RESERVED_FRACTION).min(MAX_RESERVE);
            now + reserve < deadline
        })
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta, Utc};

    use super::Invocation;

    #[test]
    fn the_last_minute_or_the_last_third_is_kept() {
        let started: DateTime<Utc> = "2026-07-11T03:15:00Z".parse().unwrap();
        let has_time = |allowed: i64, passed: i64| {
            let invocation = Invocation {
                request_id: String::new(),
                started,
                deadline: Some(started + TimeDelta::seconds(allowed)),
            };
            invocation.has_time(started + TimeDelta::seconds(passed))
        };
        assert!(has_time(900, 839));
        assert!(!has_time(900, 840));
        assert!(has_time(30, 19));
        assert!(!has_time(30, 20));
        let forever = Invocation {
            request_id: String::new(),
            started,
            deadline: None,
        };
        assert!(forever.has_time(started + TimeDelta::days(9)));
    }
}
