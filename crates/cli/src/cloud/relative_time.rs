//! Moments of AWS's responses: how long ago.

use chrono::{DateTime, Utc};

use crate::relative_time;

/// `3 hours ago`; empty if it is no moment.
pub(crate) fn ago(moment: &str, now: DateTime<Utc>) -> String {
    let moment = DateTime::parse_from_rfc3339(moment);
    moment.map_or_else(
        |_| String::new(),
        |moment| relative_time::ago(now - moment.with_timezone(&Utc)),
    )
}

#[cfg(test)]
mod tests {
    use super::ago;

    #[test]
    fn a_moment_is_read_in_its_time_zone() {
        let now = "2026-07-11T03:15:00Z".parse().unwrap();
        assert_eq!(ago("2026-07-10T05:16:00+02:00", now), "23 hours ago");
        assert_eq!(ago("yesterday", now), "");
    }
}
