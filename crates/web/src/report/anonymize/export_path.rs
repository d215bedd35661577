//! Splits the key of an export into the part that Kiro chose and the part that users chose: the folders before `AWSLogs`,
//! and the whole key of a renamed file.

use kiro_report::{ACCOUNT_ROOT, LOG_ROOTS, ReportKind};

/// The words of Regions.
const AREAS: [&str; 12] = [
    "af", "ap", "ca", "cn", "eu", "eusc", "il", "me", "mx", "sa", "us", "nz",
];
const PARTITIONS: [&str; 7] = ["", "de", "gov", "iso", "isob", "isoe", "isof"];
const DIRECTIONS: [&str; 9] = [
    "central",
    "east",
    "north",
    "northeast",
    "northwest",
    "south",
    "southeast",
    "southwest",
    "west",
];

/// The key of an export in two parts.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ExportPath<'a> {
    /// The part that users chose.
    custom: &'a str,
    /// The part that Kiro chose. Empty if the file does not have a name that Kiro gives.
    standard: &'a str,
}

impl<'a> ExportPath<'a> {
    /// Splits a key. `is_client` returns true for the clients that file names may contain.
    pub(crate) fn of(key: &'a str, is_client: impl Fn(&str) -> bool) -> Self {
        let name = key.rfind('/').map_or(0, |slash| slash + 1);
        let is_whole = |at: &usize| {
            (*at == 0 || key[..*at].ends_with('/'))
                && key[at + ACCOUNT_ROOT.len()..].starts_with('/')
        };
        let mut roots = key.rmatch_indices(ACCOUNT_ROOT).map(|(at, _)| at);
        let root = roots.find(is_whole);
        let start = if is_file_name(&key[name..], is_client) {
            root.filter(|root| is_folder_path(&key[root + ACCOUNT_ROOT.len() + 1..name]))
                .unwrap_or(name)
        } else {
            key.len()
        };
        let (custom, standard) = key.split_at(start);
        Self { custom, standard }
    }

    /// The key with a pseudonym, made of a noun and a text, for the part that users chose.
    pub(crate) fn shown(&self, pseudonym: impl Fn(&str, &str) -> String) -> String {
        let Self { custom, standard } = self;
        match (custom.trim_end_matches('/'), *standard) {
            ("", standard) => standard.to_owned(),
            (file, "") => pseudonym("Export", file),
            (folder, standard) => format!("{}/{standard}", pseudonym("Folder", folder)),
        }
    }
}

/// `<account>/KiroLogs/user_report/<region>/2026/07/10/00/`, optionally with an organization before the account.
fn is_folder_path(folders: &str) -> bool {
    let mut folders: Vec<&str> = folders.trim_end_matches('/').split('/').collect();
    if folders.first().is_some_and(|first| is_organization(first)) {
        folders.remove(0);
    }
    let [account, logs, report, region, date @ ..] = folders.as_slice() else {
        return false;
    };
    is_account(account)
        && LOG_ROOTS.contains(logs)
        && ReportKind::from_folder(report).is_some()
        && is_region(region)
        && date.len() <= 4
        && date.iter().all(|part| part.len() <= 4 && is_digits(part))
}

/// `KIRO_IDE_123456789012_user_report_202607100000.csv`, `123456789012_by_user_analytic_202607100000_report_part_2.csv`.
fn is_file_name(name: &str, is_client: impl Fn(&str) -> bool) -> bool {
    let parts = ReportKind::ALL.iter().find_map(|report| {
        let (before, after) = name.split_once(report.folder())?;
        let before = before.strip_suffix('_')?;
        let after = after.strip_prefix('_')?.strip_suffix(".csv")?;
        Some((before, after))
    });
    let Some((before, after)) = parts else {
        return false;
    };
    let (client, account) = before.rsplit_once('_').unwrap_or(("", before));
    let mut after = after.split('_');
    (client.is_empty() || is_client(client))
        && is_account(account)
        && after
            .next()
            .is_some_and(|time| time.len() == 12 && is_digits(time))
        && after.all(|part| ["report", "part"].contains(&part) || is_hexadecimal(part))
}

/// Requires a digit, so that no word matches.
fn is_hexadecimal(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_hexdigit())
        && text.bytes().any(|byte| byte.is_ascii_digit())
}

/// `o-a1b2c3d4e5`.
fn is_organization(text: &str) -> bool {
    let id = text.strip_prefix("o-").unwrap_or_default();
    id.len() >= 10 && id.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

pub(crate) fn is_account(text: &str) -> bool {
    text.len() == 12 && is_digits(text)
}

/// `us-east-1`, `us-gov-west-1`.
pub(crate) fn is_region(text: &str) -> bool {
    let Some((words, number)) = text.rsplit_once('-') else {
        return false;
    };
    let words: Vec<&str> = words.split('-').collect();
    let (area, partition, direction) = match words.as_slice() {
        [area, direction] => (area, "", direction),
        [area, partition, direction] => (area, *partition, direction),
        _ => return false,
    };
    AREAS.contains(area)
        && PARTITIONS.contains(&partition)
        && DIRECTIONS.contains(direction)
        && number.len() == 1
        && is_digits(number)
}

pub(crate) fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(key: &str) -> String {
        ExportPath::of(key, |client| client == "KIRO_IDE")
            .shown(|noun, text| format!("<{noun} {text}>"))
    }

    #[test]
    fn what_kiro_chose_stays_and_what_people_chose_goes() {
        const PLACE: &str = "AWSLogs/123456789012/KiroLogs/user_report/us-east-1/2026/07/10/00";
        const NAME: &str = "KIRO_IDE_123456789012_user_report_202607100000.csv";
        const CODE: &str = "123456789012_by_user_analytic_202607100000_report_part_2.csv";
        for own in [
            format!("{PLACE}/{NAME}"),
            format!("{PLACE}/{CODE}").replace("user_report", "by_user_analytic"),
            format!("{PLACE}/{NAME}").replace("AWSLogs/", "AWSLogs/o-a1b2c3d4e5/"),
            NAME.to_owned(),
            "123456789012_by_user_analytic_202607100200_a1b2.csv".to_owned(),
        ] {
            assert_eq!(shown(&own), own);
            assert_eq!(
                shown(&format!("jane/doe/{own}")),
                format!("<Folder jane/doe>/{own}")
            );
        }
        for foreign in [
            "jane.csv",
            "Jane Doe/jane.doe@corp.example.csv",
            &format!("{PLACE}/jane.csv"),
            "JANE_DOE_123456789012_user_report_202607100000.csv",
            "KIRO_IDE_123456789012_user_report_202607100000_jane.csv",
            "KIRO_IDE_123456789012_user_report_202607100000 (2).csv",
            "KIRO_IDE_123456789012_user_report_jane.csv",
            "",
        ] {
            let expected = if foreign.is_empty() {
                String::new()
            } else {
                format!("<Export {foreign}>")
            };
            assert_eq!(shown(foreign), expected);
        }
        for (key, folder) in [
            (
                PLACE.replace("123456789012", "jane"),
                "an account that is none",
            ),
            (PLACE.replace("us-east-1", "jane"), "a Region that is none"),
            (format!("{PLACE}/jane"), "a folder too many"),
            (PLACE.replace("AWSLogs", "MyAWSLogs"), "a root that is none"),
        ] {
            assert_eq!(
                shown(&format!("{key}/{NAME}")),
                format!("<Folder {key}>/{NAME}"),
                "{folder}"
            );
        }
    }
}
