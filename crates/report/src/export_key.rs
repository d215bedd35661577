//! Tells exports from other objects, and reads their keys.

use chrono::{DateTime, Utc};

use crate::export_path::ExportPath;
use crate::{ExportTime, ObjectKey, ReportKind};

/// An export's key and what it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportKey {
    pub key: ObjectKey,
    /// Named by the folder; `None` for a loose file, whose header decides.
    pub kind: Option<ReportKind>,
    /// Named by the folders, else by the file's name. Empty if neither names it: each row may say it then.
    pub account: String,
    /// Named by the folders, in lower case. Empty if they do not name it: each row may say it then.
    pub region: String,
    pub time: ExportTime,
    pub time_source: TimeSource,
}

/// What named the time of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeSource {
    /// The twelve digits in the file's name.
    Name,
    /// The date path among the folders.
    Folders,
    /// The last modification: when the file was saved, not when Kiro made it.
    Modified,
}

/// Why an object is not an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotAnExport {
    /// A compressed CSV file; Kiro writes none.
    Compressed,
    /// Any other name that does not end in `.csv`: markers, parts, prompt logs.
    NotCsv,
    /// A CSV file below `AWSLogs` that belongs to neither report.
    OtherLog,
    /// An object without a date in its key, last modified in a year outside 1 to 9999.
    NoDate,
}

impl ExportKey {
    /// Decides by an object's key and its last modification whether it is an export.
    ///
    /// # Errors
    ///
    /// The reason why it is not one.
    ///
    /// ```
    /// use chrono::DateTime;
    /// use kiro_report::{ExportKey, ObjectKey};
    ///
    /// let key = "logs/AWSLogs/123456789012/KiroLogs/user_report/us-east-1/2026/07/10/00/\
    ///            KIRO_IDE_123456789012_user_report_202607100000.csv";
    /// let export = ExportKey::classify(&ObjectKey::new(key), DateTime::UNIX_EPOCH).unwrap();
    /// assert_eq!(export.account, "123456789012");
    /// assert_eq!(export.time.to_string(), "202607100000");
    /// ```
    pub fn classify(key: &ObjectKey, modified: DateTime<Utc>) -> Result<Self, NotAnExport> {
        let name = key.file_name();
        // Hidden files are of editors and other systems; Kiro writes none.
        if !ends_with(name, ".csv") || name.starts_with('.') {
            let compressed = [".csv.gz", ".csv.zip", ".csv.zst", ".csv.bz2"]
                .iter()
                .any(|end| ends_with(name, end));
            return Err(if compressed {
                NotAnExport::Compressed
            } else {
                NotAnExport::NotCsv
            });
        }
        let mut folders: Vec<&str> = key.segments().collect();
        folders.pop();
        let path = ExportPath::find(&folders)?;
        let dated = &folders[path.folders_before..];
        let by_name = || {
            let kinds = path.kinds();
            kinds
                .iter()
                .find_map(|kind| ExportTime::from_file_name(name, &format!("_{}_", kind.folder())))
        };
        let (time, time_source) = by_name()
            .map(|time| (time, TimeSource::Name))
            .or_else(|| Some((ExportTime::from_folders(dated)?, TimeSource::Folders)))
            .or_else(|| Some((ExportTime::from_modified(modified)?, TimeSource::Modified)))
            .ok_or(NotAnExport::NoDate)?;
        Ok(Self {
            key: key.clone(),
            kind: path.kind,
            account: path.account(name),
            region: path.region,
            time,
            time_source,
        })
    }
}

fn ends_with(name: &str, end: &str) -> bool {
    let start = name.len().checked_sub(end.len());
    start.is_some_and(|start| name.as_bytes()[start..].eq_ignore_ascii_case(end.as_bytes()))
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};

    use super::{ExportKey, NotAnExport};
    use crate::{ObjectKey, ReportKind};

    fn modified() -> DateTime<Utc> {
        "2026-09-30T13:14:15Z".parse().unwrap()
    }

    fn classify(key: &str) -> Result<ExportKey, NotAnExport> {
        ExportKey::classify(&ObjectKey::new(key), modified())
    }

    #[test]
    fn exports_are_found_below_any_prefix_account_region_and_log_root() {
        use ReportKind::{ByUserAnalytic, UserReport};
        let cases = [
            (
                "AWSLogs/123456789012/KiroLogs/user_report/us-east-1/2026/07/10/00/x.csv",
                UserReport,
                "123456789012",
                "us-east-1",
            ),
            (
                "a/b/c/AWSLogs/210987654321/KiroLogs/by_user_analytic/eu-central-1/2026/07/10/00/x.CSV",
                ByUserAnalytic,
                "210987654321",
                "eu-central-1",
            ),
            (
                "AWSLogs/123456789012/QDeveloperLogs/by_user_analytic/us-gov-west-1/2025/11/24/13/x.csv",
                ByUserAnalytic,
                "123456789012",
                "us-gov-west-1",
            ),
            (
                "AWSLogs/123456789012/QDeveloperLogs/user_report/us-east-1/x.csv",
                UserReport,
                "123456789012",
                "us-east-1",
            ),
            (
                "AWSLogs/o-1/123456789012/KiroLogs/user_report/us-east-1/x.csv",
                UserReport,
                "123456789012",
                "us-east-1",
            ),
            (
                "x/awslogs/123456789012/KIROLOGS/User_Report/US-East-1/x.csv",
                UserReport,
                "123456789012",
                "us-east-1",
            ),
            // Without a Region among the folders.
            (
                "AWSLogs/123456789012/KiroLogs/user_report/2026/07/10/00/x.csv",
                UserReport,
                "123456789012",
                "",
            ),
            // The folder comes before the name, unless only the name has an account.
            (
                "AWSLogs/123456789012/KiroLogs/user_report/us-east-1/KIRO_IDE_210987654321_user_report_1.csv",
                UserReport,
                "123456789012",
                "us-east-1",
            ),
            (
                "AWSLogs/sandbox/KiroLogs/user_report/us-east-1/KIRO_IDE_210987654321_user_report_1.csv",
                UserReport,
                "210987654321",
                "us-east-1",
            ),
            (
                "AWSLogs/sandbox/KiroLogs/user_report/us-east-1/x.csv",
                UserReport,
                "sandbox",
                "us-east-1",
            ),
        ];
        for (key, kind, account, region) in cases {
            let export = classify(key).unwrap();
            assert_eq!(
                (export.kind, export.account.as_str(), export.region.as_str()),
                (Some(kind), account, region),
                "{key}"
            );
        }
    }

    #[test]
    fn the_name_of_a_loose_file_says_the_account_or_nothing_does() {
        let cases = [
            ("x.csv", ""),
            ("mail/July.CSV", ""),
            ("user_report/us-east-1/x.csv", ""),
            ("123456789012/user_report/x.csv", ""),
            ("awslogs/x.csv", ""),
            ("awslogs/123456789012/KiroLogs/other_report/x.csv", ""),
            (
                "any/where/KIRO_IDE_123456789012_user_report_202607100000.csv",
                "123456789012",
            ),
            (
                "kiro_web_123456789012_USER_REPORT_x (1).csv",
                "123456789012",
            ),
            (
                "123456789012_by_user_analytic_202607100000_report.csv",
                "123456789012",
            ),
            (
                "copy of 202512250000_by_user_analytic_202607100000.csv",
                "202512250000",
            ),
            // Twelve digits and no more, and only before the report.
            ("KIRO_IDE_1234567890123_user_report_202607100000.csv", ""),
            ("KIRO_IDE_user_report_202607100000.csv", ""),
            ("12345678901\u{e4}_user_report_202607100000.csv", ""),
        ];
        for (key, account) in cases {
            let export = classify(key).unwrap();
            assert_eq!(
                (export.kind, export.account.as_str(), export.region.as_str()),
                (None, account, ""),
                "{key}"
            );
        }
    }

    #[test]
    fn everything_else_is_not_an_export() {
        let cases = [
            (
                "AWSLogs/123456789012/KiroLogs/6f1f3fa2-1111-4222-8333-bbbbbbbbbbbb",
                NotAnExport::NotCsv,
            ),
            (
                "AWSLogs/123456789012/KiroLogs/user_report/us-east-1/2026/07/10/00/x.csv.gz",
                NotAnExport::Compressed,
            ),
            (
                "AWSLogs/123456789012/KiroLogs/GenerateAssistantResponse/us-east-1/2026/07/10/13/x.json.gz",
                NotAnExport::NotCsv,
            ),
            (
                "AWSLogs/123456789012/KiroLogs/other_report/us-east-1/2026/07/10/00/x.csv",
                NotAnExport::OtherLog,
            ),
            (
                "AWSLogs/123456789012/CloudTrail/us-east-1/2026/07/10/x.csv",
                NotAnExport::OtherLog,
            ),
            (
                "AWSLogs/KiroLogs/user_report/us-east-1/x.csv",
                NotAnExport::OtherLog,
            ),
            (
                "facts/export_date=2026-07-10/part-0123456789abcdef.parquet",
                NotAnExport::NotCsv,
            ),
            ("csv", NotAnExport::NotCsv),
            ("mail/._July.csv", NotAnExport::NotCsv),
            (".csv", NotAnExport::NotCsv),
        ];
        for (key, expected) in cases {
            assert_eq!(classify(key).err(), Some(expected), "{key}");
        }
    }

    #[test]
    fn the_time_is_told_by_the_name_then_by_the_folders_then_by_the_last_modification() {
        const FOLDER: &str = "AWSLogs/123456789012/KiroLogs/user_report/us-east-1/2026/07/10/05";
        const LEGACY: &str =
            "AWSLogs/123456789012/KiroLogs/by_user_analytic/us-east-1/2026/07/10/05";
        let cases = [
            (
                format!("{FOLDER}/KIRO_IDE_123456789012_user_report_202607110102.csv"),
                "202607110102",
            ),
            (
                format!("{FOLDER}/KIRO_IDE_123456789012_user_report_202607110102_part_1.csv"),
                "202607110102",
            ),
            (
                format!("{FOLDER}/KIRO_IDE_123456789012_User_Report_202607110102.CSV"),
                "202607110102",
            ),
            (
                format!("{LEGACY}/123456789012_by_user_analytic_202511240000_report.csv"),
                "202511240000",
            ),
            (
                format!("{LEGACY}/123456789012_by_user_analytic_202511240000_x7Qz.csv"),
                "202511240000",
            ),
            // Not on the calendar, or no minute of the day: the folders tell.
            (
                format!("{FOLDER}/KIRO_IDE_123456789012_user_report_209913990000.csv"),
                "202607100500",
            ),
            (
                format!("{FOLDER}/KIRO_IDE_123456789012_user_report_202602290000.csv"),
                "202607100500",
            ),
            (
                format!("{FOLDER}/KIRO_IDE_123456789012_user_report_202607102400.csv"),
                "202607100500",
            ),
            (
                format!("{FOLDER}/KIRO_IDE_123456789012_user_report_20260711.csv"),
                "202607100500",
            ),
            // An account id is never a time, even one that reads like a day.
            (
                format!("{FOLDER}/KIRO_IDE_202512250000_user_report.csv"),
                "202607100500",
            ),
            (format!("{FOLDER}/202512250000.csv"), "202607100500"),
            (
                "KIRO_IDE_202512250000_user_report_202607110000.csv".to_owned(),
                "202607110000",
            ),
            (
                "202512250000_by_user_analytic_202607110000_report.csv".to_owned(),
                "202607110000",
            ),
            // The prefix may have a date path of its own.
            (
                format!("backup/2020/01/01/00/{FOLDER}/x.csv"),
                "202607100500",
            ),
            ("mail/2026/07/10/23/x.csv".to_owned(), "202607102300"),
            ("mail/2026/07/10/99/x.csv".to_owned(), "202607100000"),
            ("mail/2026/07/10/x.csv".to_owned(), "202607100000"),
            ("mail/2026/13/45/00/x.csv".to_owned(), "202609301314"),
            ("mail/202512250000.csv".to_owned(), "202609301314"),
            ("x.csv".to_owned(), "202609301314"),
        ];
        for (key, expected) in cases {
            assert_eq!(classify(&key).unwrap().time.to_string(), expected, "{key}");
        }
    }
}
