//! What the folders of an export name, and its account in the file's name.

use crate::origin::{is_account, is_region};
use crate::{NotAnExport, ReportKind};

/// The folders of the reports below an account: Kiro's, and that of Amazon Q Developer before it.
pub const LOG_ROOTS: [&str; 2] = ["KiroLogs", "QDeveloperLogs"];
/// The folder below which accounts begin.
pub const ACCOUNT_ROOT: &str = "AWSLogs";

/// The folders of an export below `AWSLogs`, if it is there.
#[derive(Default)]
pub(crate) struct ExportPath {
    pub(crate) kind: Option<ReportKind>,
    /// The folder of the account, whatever its name is.
    account_folder: String,
    pub(crate) region: String,
    /// Folders that cannot be part of the date path.
    pub(crate) folders_before: usize,
}

impl ExportPath {
    pub(crate) fn find(folders: &[&str]) -> Result<Self, NotAnExport> {
        let Some(root) = folders.iter().rposition(|folder| is_account_root(folder)) else {
            return Ok(Self::default());
        };
        match Self::find_below(folders, root) {
            Some(path) => Ok(path),
            None if folders[root] == ACCOUNT_ROOT => Err(NotAnExport::OtherLog),
            // A folder that happens to have this name in other letters.
            None => Ok(Self::default()),
        }
    }

    fn find_below(folders: &[&str], root: usize) -> Option<Self> {
        let logs = (root + 2..folders.len()).find(|position| is_log_root(folders[*position]))?;
        let kind = ReportKind::from_folder(folders.get(logs + 1)?)?;
        let region = folders.get(logs + 2).filter(|region| is_region(region));
        Some(Self {
            kind: Some(kind),
            account_folder: folders[logs - 1].to_owned(),
            region: region
                .map(|region| region.to_ascii_lowercase())
                .unwrap_or_default(),
            folders_before: logs + 2,
        })
    }

    /// A folder that is no account id gives way to an account in the file's name.
    pub(crate) fn account(&self, name: &str) -> String {
        if is_account(&self.account_folder) {
            return self.account_folder.clone();
        }
        let named = ReportKind::ALL
            .into_iter()
            .find_map(|kind| account_before(name, kind.folder()));
        named.map_or_else(|| self.account_folder.clone(), str::to_owned)
    }

    pub(crate) fn kinds(&self) -> Vec<ReportKind> {
        self.kind
            .map_or_else(|| ReportKind::ALL.to_vec(), |kind| vec![kind])
    }
}

/// Returns true if a folder is that below which accounts begin, in any letter case.
pub fn is_account_root(folder: &str) -> bool {
    folder.eq_ignore_ascii_case(ACCOUNT_ROOT)
}

fn is_log_root(folder: &str) -> bool {
    LOG_ROOTS
        .iter()
        .any(|root| root.eq_ignore_ascii_case(folder))
}

/// The account id right before `_<report>` in a file's name: twelve digits and no more.
fn account_before<'n>(name: &'n str, report: &str) -> Option<&'n str> {
    let bytes = name.as_bytes();
    let marker = format!("_{report}");
    let is_here = |end: usize| {
        bytes[end..]
            .get(..marker.len())
            .is_some_and(|found| found.eq_ignore_ascii_case(marker.as_bytes()))
    };
    (12..bytes.len()).rev().find_map(|end| {
        let account = name.get(end - 12..end)?;
        let is_alone = end == 12 || !bytes[end - 13].is_ascii_alphanumeric();
        (is_here(end) && is_alone && is_account(account)).then_some(account)
    })
}
