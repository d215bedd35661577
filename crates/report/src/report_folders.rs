//! The folders that Kiro writes the reports of an account to.

use crate::ReportKind;
use crate::export_path::{ACCOUNT_ROOT, LOG_ROOTS, is_account_root};

/// The report folders of the accounts below a prefix. The prefix may name account, log root and report itself.
///
/// ```
/// let folders = kiro_report::report_folders("logs", &["123456789012".to_owned()]);
/// assert_eq!(folders[0], "logs/AWSLogs/123456789012/KiroLogs/user_report/");
/// assert_eq!(folders.len(), 4);
/// ```
pub fn report_folders(prefix: &str, accounts: &[String]) -> Vec<String> {
    let segments: Vec<&str> = prefix
        .split('/')
        .filter(|segment| !segment.is_empty())
        .collect();
    let logs = segments.iter().position(|segment| is_account_root(segment));
    let (before, after) = segments.split_at(logs.unwrap_or(segments.len()));
    let root_folder = after.first().copied().unwrap_or(ACCOUNT_ROOT);
    let given: Vec<&str> = after.iter().skip(1).copied().collect();
    let one_of = |place: usize, all: &[&str]| -> Vec<String> {
        let named = given.get(place).map(|segment| vec![(*segment).to_owned()]);
        named.unwrap_or_else(|| all.iter().map(|segment| (*segment).to_owned()).collect())
    };
    let all_accounts: Vec<&str> = accounts.iter().map(String::as_str).collect();
    let mut folders = Vec::new();
    for account in one_of(0, &all_accounts) {
        for root in one_of(1, &LOG_ROOTS) {
            for report in one_of(2, &ReportKind::ALL.map(ReportKind::folder)) {
                let mut path: Vec<&str> = before.to_vec();
                path.extend([root_folder, &account, &root, &report]);
                path.extend(given.iter().skip(3));
                folders.push(format!("{}/", path.join("/")));
            }
        }
    }
    folders
}
