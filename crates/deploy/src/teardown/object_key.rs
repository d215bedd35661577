//! The patterns of the keys that a deployment writes. A key with another pattern is foreign, wherever it is.

use kiro_delivery::SCHEDULED_REPORTS_FILE;

use crate::steps::FunctionKind;

/// The datasets of the normalizer.
const DATASETS: [&str; 4] = ["facts", "models", "code", "issues"];

/// The channels of the function `follow-up`, each with what was sent to it.
const ALERT_CHANNELS: [&str; 2] = ["topic", "webhook"];

/// Returns true if a key has a pattern that the function `identity-map` or the access logs of its bucket write.
pub(crate) fn is_identity_key(key: &str) -> bool {
    let segments: Vec<&str> = key.split('/').collect();
    matches!(
        segments.as_slice(),
        ["identity-map", "" | "people.parquet"]
            | ["state", "" | "people.json"]
            | ["access-logs", ..]
    )
}

/// Returns true if a key has a pattern that a deployment, its function or Athena's workgroup writes.
pub(crate) fn is_deployment_key(key: &str) -> bool {
    let segments: Vec<&str> = key.split('/').collect();
    match segments.as_slice() {
        // A folder that was created in the console is an empty object.
        [
            "normalized" | "query-results" | "functions" | "state" | "alerts" | "reports",
            "",
        ] => true,
        ["reports", name] => *name == SCHEDULED_REPORTS_FILE,
        ["normalized", "versions", rest @ ..] => is_version_record(rest),
        ["normalized", dataset, rest @ ..] => DATASETS.contains(dataset) && is_part(rest),
        ["query-results", rest @ ..] => rest.iter().any(|name| begins_with_uuid(name)),
        ["functions", name] => is_zip(name),
        ["state", _, name] => has_ending(name, ".json"),
        ["alerts", channel, rest @ ..] => ALERT_CHANNELS.contains(channel) && is_alert_state(rest),
        _ => false,
    }
}

/// `export_date=2026-07-10/part-0123456789abcdef.parquet`, or its parent folders.
fn is_part(segments: &[&str]) -> bool {
    match segments {
        [""] => true,
        [day, ""] => is_day(day),
        [day, name] => {
            let hash = name.strip_prefix("part-");
            let hash = hash.and_then(|rest| rest.strip_suffix(".parquet"));
            is_day(day) && hash.is_some_and(|hash| is_hexadecimal(hash, 16))
        }
        _ => false,
    }
}

/// `0123456789abcdef/20260711030000-0123456789abcdef.txt`, or its parent folders.
fn is_version_record(segments: &[&str]) -> bool {
    match segments {
        [""] => true,
        [source, ""] => is_hexadecimal(source, 16),
        [source, name] => {
            let stem = name.strip_suffix(".txt");
            let parts = stem.and_then(|stem| stem.split_once('-'));
            let is_record = parts.is_some_and(|(time, part)| {
                time.len() == 14
                    && time.bytes().all(|byte| byte.is_ascii_digit())
                    && is_hexadecimal(part, 16)
            });
            is_hexadecimal(source, 16) && is_record
        }
        _ => false,
    }
}

/// `2026-07.json`, or its parent folder.
fn is_alert_state(segments: &[&str]) -> bool {
    match segments {
        [""] => true,
        [name] => name.strip_suffix(".json").is_some_and(|month| {
            month.len() == 7
                && month.bytes().enumerate().all(|(place, byte)| match place {
                    4 => byte == b'-',
                    _ => byte.is_ascii_digit(),
                })
        }),
        _ => false,
    }
}

fn is_day(segment: &str) -> bool {
    let day = segment.strip_prefix("export_date=");
    day.is_some_and(|day| {
        day.len() == 10
            && day.bytes().enumerate().all(|(place, byte)| match place {
                4 | 7 => byte == b'-',
                _ => byte.is_ascii_digit(),
            })
    })
}

/// `normalize-report-arm64-0123456789abcdef.zip`, or one of another function.
fn is_zip(name: &str) -> bool {
    let mut names = FunctionKind::ALL.into_iter().map(FunctionKind::name);
    let rest = names.find_map(|function| name.strip_prefix(function)?.strip_prefix('-'));
    let rest = rest.and_then(|rest| rest.strip_suffix(".zip"));
    let parts = rest.and_then(|rest| rest.rsplit_once('-'));
    parts.is_some_and(|(architecture, hash)| {
        matches!(architecture, "arm64" | "x86_64") && is_hexadecimal(hash, 16)
    })
}

/// Athena's file names begin with the query's id.
fn begins_with_uuid(name: &str) -> bool {
    name.get(..36).is_some_and(|start| {
        let groups: Vec<&str> = start.split('-').collect();
        let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
        lengths == [8, 4, 4, 4, 12]
            && groups
                .iter()
                .all(|group| is_hexadecimal(group, group.len()))
    })
}

fn is_hexadecimal(text: &str, letters: usize) -> bool {
    text.len() == letters && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn has_ending(name: &str, ending: &str) -> bool {
    name.len() > ending.len() && name.ends_with(ending)
}

#[cfg(test)]
mod tests {
    use super::{is_deployment_key, is_identity_key};

    #[test]
    fn keys_of_names_are_only_those_of_the_map_its_state_and_its_access_logs() {
        for key in [
            "identity-map/people.parquet",
            "state/people.json",
            "access-logs/2026-07-11-03-30-00-0123456789ABCDEF",
        ] {
            assert!(is_identity_key(key), "{key}");
        }
        for key in [
            "roster.csv",
            "identity-map/roster.csv",
            "state/other.json",
            "",
        ] {
            assert!(!is_identity_key(key), "{key}");
        }
    }

    #[test]
    fn keys_of_a_deployment_are_distinguished_from_all_others() {
        let ours = [
            "normalized/",
            "normalized/facts/export_date=2026-07-10/part-0123456789abcdef.parquet",
            "normalized/issues/export_date=2026-07-10/",
            "normalized/versions/",
            "normalized/versions/0123456789abcdef/20260711030000-0123456789abcdef.txt",
            "query-results/0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f.csv.metadata",
            "query-results/tables/0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f-manifest.csv",
            "functions/normalize-report-arm64-0123456789abcdef.zip",
            "functions/normalize-report-x86_64-0123456789abcdef.zip",
            "functions/identity-map-arm64-0123456789abcdef.zip",
            "functions/follow-up-x86_64-0123456789abcdef.zip",
            "functions/send-reports-arm64-0123456789abcdef.zip",
            "state/kiro-analytics/first-run-0123456789abcdef.json",
            "alerts/topic/2026-07.json",
            "alerts/webhook/2026-07.json",
            "alerts/topic/",
            "reports/settings.json",
        ];
        for key in ours {
            assert!(is_deployment_key(key), "{key}");
        }
        let foreign = [
            "",
            "finance-plan-2027.xlsx",
            "finance/",
            "normalized/my-own-extract.csv",
            "normalized/facts/my-own-extract.csv",
            "normalized/facts/export_date=2026-07-10/my-own-extract.csv",
            "normalized/facts/export_date=2026-07-10/part-0123.parquet",
            "normalized/people/export_date=2026-07-10/part-0123456789abcdef.parquet",
            "normalized/versions/0123456789abcdef/notes.txt",
            "query-results/board.csv",
            "functions/other.zip",
            "functions/normalize-report-arm64-0123456789abcdef.zip.bak",
            "state/notes.txt",
            "reports/weekly/board.html",
            "alerts/on-call.csv",
            "alerts/topic/notes.json",
            "alerts/mail/2026-07.json",
            "logs/AWSLogs/123456789012/KiroLogs/a.csv",
        ];
        for key in foreign {
            assert!(!is_deployment_key(key), "{key}");
        }
    }
}
