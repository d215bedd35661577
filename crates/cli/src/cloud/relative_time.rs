//! Moments for people: how long ago.

use chrono::{DateTime, Utc};

/// `3 hours ago`; empty if it is no moment.
pub(crate) fn ago(moment: &str, now: DateTime<Utc>) -> String {
    let Ok(moment) = DateTime::parse_from_rfc3339(moment) else {
        return String::new();
    };
    let minutes = (now - moment.with_timezone(&Utc)).num_minutes();
    let (number, unit) = match minutes {
        ..1 => return "less than a minute ago".to_owned(),
        1..60 => (minutes, "minute"),
        60..2_880 => (minutes / 60, "hour"),
        _ => (minutes / 1_440, "day"),
    };
    let ending = if number == 1 { "" } else { "s" };
    format!("{number} {unit}{ending} ago")
}

#[cfg(test)]
mod tests {
    use super::ago;

    #[test]
    fn moments_are_told_as_people_do() {
        let now = "2026-07-11T03:15:00Z".parse().unwrap();
        let cases = [
            ("2026-07-11T03:14:30Z", "less than a minute ago"),
            ("2026-07-11T03:14:00Z", "1 minute ago"),
            ("2026-07-10T03:16:00Z", "23 hours ago"),
            ("2026-07-01T03:15:00Z", "10 days ago"),
            ("yesterday", ""),
        ];
        for (moment, expected) in cases {
            assert_eq!(ago(moment, now), expected);
        }
    }
}
