//! One invocation, and how much of its time is left.

use chrono::{DateTime, TimeDelta, Utc};

/// Exports are taken until this much of the time is left.
const MOST_RESERVE: TimeDelta = TimeDelta::seconds(60);
/// Of a short time this part is kept.
const RESERVED_PART: i32 = 3;

/// What Lambda tells of an invocation.
#[derive(Debug, Clone)]
pub struct Invocation {
    /// The same for every retry of one event.
    pub request_id: String,
    pub began: DateTime<Utc>,
    /// When Lambda kills the function; `None` if it does not.
    pub deadline: Option<DateTime<Utc>>,
}

impl Invocation {
    /// Whether there is time for one more export: what is in work then must be done before the deadline.
    pub fn has_time(&self, now: DateTime<Utc>) -> bool {
        self.deadline.is_none_or(|deadline| {
            let reserve = ((deadline - self.began) / RESERVED_PART).min(MOST_RESERVE);
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
        let began: DateTime<Utc> = "2026-07-11T03:15:00Z".parse().unwrap();
        let has_time = |allowed: i64, passed: i64| {
            let invocation = Invocation {
                request_id: String::new(),
                began,
                deadline: Some(began + TimeDelta::seconds(allowed)),
            };
            invocation.has_time(began + TimeDelta::seconds(passed))
        };
        assert!(has_time(900, 839));
        assert!(!has_time(900, 840));
        assert!(has_time(30, 19));
        assert!(!has_time(30, 20));
        let forever = Invocation {
            request_id: String::new(),
            began,
            deadline: None,
        };
        assert!(forever.has_time(began + TimeDelta::days(9)));
    }
}
