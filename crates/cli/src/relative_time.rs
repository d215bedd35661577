//! Moments for people: how long ago.

use chrono::TimeDelta;

/// `3 hours ago`.
pub(crate) fn ago(elapsed: TimeDelta) -> String {
    let minutes = elapsed.num_minutes();
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
    use super::*;

    #[test]
    fn moments_are_told_as_people_do() {
        let cases = [
            (30, "less than a minute ago"),
            (60, "1 minute ago"),
            (82_740, "22 hours ago"),
            (864_000, "10 days ago"),
        ];
        for (seconds, expected) in cases {
            assert_eq!(ago(TimeDelta::seconds(seconds)), expected);
        }
    }
}
