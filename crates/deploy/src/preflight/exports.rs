//! Where the exports are, and the header of the newest export of each report. No cell is kept or reported.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use aws_sdk_kms::types::KeyManagerType;
use kiro_config::SourceFolder;
use kiro_report::{
    CodeRow, FactRow, Issue, IssueKind, ReadOptions, RecordReader, ReportKind, ReportReader,
    RowSink,
};

use super::bucket;
use super::context::CheckContext;
use super::finding::Finding;
use crate::aws::{Aws, AwsError, Context};
use crate::newest_export::{NewestExport, newest_export};
use crate::step::ErrorCategory;

/// The part of an export that is read: no header is longer.
const HEADER_RANGE: &str = "bytes=0-65535";
/// Age of the newest export, in days, from which Kiro seems to have stopped.
const STALE_DAYS: i64 = 4;

/// The header of an export.
#[derive(Debug, Default)]
struct Header {
    columns: usize,
    models: usize,
    has_email: bool,
    unknown: Vec<String>,
}

impl RowSink for Header {
    fn models(&mut self, names: Vec<String>) {
        self.models += names.len();
    }
    fn fact(&mut self, _row: &FactRow<'_>) {}
    fn code(&mut self, _row: &CodeRow<'_>) {}
    fn issue(&mut self, issue: Issue) {
        if let (IssueKind::UnknownColumn, Some(column)) = (issue.kind, issue.column) {
            self.unknown.push(column.to_string());
        }
    }
}

pub(super) async fn check(context: &CheckContext<'_>) -> Finding {
    let folders = context.settings().source_folders(context.aws.account());
    if folders.is_empty() {
        return Finding::skip("not configured yet, see Settings");
    }
    let mut finding = Finding::empty();
    let mut newest: BTreeMap<&str, NewestExport> = BTreeMap::new();
    let mut buckets: BTreeMap<&str, Aws> = BTreeMap::new();
    let mut empty: Vec<&SourceFolder> = Vec::new();
    let mut unreadable: BTreeMap<&str, AwsError> = BTreeMap::new();
    for folder in &folders {
        let regional = match buckets.get(folder.bucket.as_str()) {
            Some(regional) => regional.clone(),
            None => match in_bucket_region(context, &folder.bucket).await {
                Ok(regional) => buckets.entry(&folder.bucket).or_insert(regional).clone(),
                Err(Unusable::Denied(error)) => {
                    unreadable.insert(&folder.bucket, *error);
                    continue;
                }
                Err(Unusable::Failed(finding)) => return *finding,
            },
        };
        match newest_export(&regional.buckets(), folder).await {
            Err(error) if error.is_denied() => {
                unreadable.insert(&folder.bucket, error);
            }
            Err(error) => finding.add_failure(ErrorCategory::Aws, error.to_string(), error.hint()),
            Ok(None) => empty.push(folder),
            Ok(Some(found)) => {
                let report = report_of(&folder.folder);
                let known = newest.get(report);
                if known.is_none_or(|known| known.export.time < found.export.time) {
                    newest.insert(report, found);
                }
            }
        }
    }
    for (report, found) in &newest {
        if let Some(regional) = buckets.get(found.bucket.as_str()) {
            check_header(context, regional, report, found, &mut finding).await;
        }
    }
    for (bucket, error) in &unreadable {
        let (found, advice) = bucket::unreadable(context, bucket, error);
        finding.add_warning(found, advice);
    }
    if newest.is_empty() && unreadable.is_empty() && finding.advice.is_empty() {
        finding.add_failure(
            ErrorCategory::Data,
            format!("no export in {}", listed(&empty)),
            "correct `exports` or `accounts` (`kiro-analytics init` looks for the prefix), or wait for Kiro's first report, which comes at about 02:00 UTC once it is switched on in the Kiro console",
        );
    } else if !newest.contains_key("user_report") && finding.advice.is_empty() {
        finding.add_warning(
            "the current report (user_report) is missing, only the legacy one exists".to_owned(),
            "switch on user activity reports in the Kiro console",
        );
    }
    finding
}

/// Why a bucket cannot be searched.
enum Unusable {
    /// The caller has no access. The function may have it, with its own role.
    Denied(Box<AwsError>),
    Failed(Box<Finding>),
}

/// The account in the Region of the bucket.
async fn in_bucket_region(context: &CheckContext<'_>, bucket: &str) -> Result<Aws, Unusable> {
    let failed = |category, found: String, advice: String| {
        Unusable::Failed(Box::new(Finding::fail(category, found, advice)))
    };
    match context.aws.buckets().head(bucket).await {
        Ok(Some(head)) => Ok(context.aws.in_region(&head.region)),
        Ok(None) => Err(failed(
            ErrorCategory::Usage,
            format!("there is no bucket `{bucket}`"),
            "correct `exports`; `kiro-analytics init` lists your buckets".to_owned(),
        )),
        Err(error) if error.is_denied() => Err(Unusable::Denied(Box::new(error))),
        Err(error) => Err(failed(ErrorCategory::Aws, error.to_string(), error.hint())),
    }
}

fn report_of(folder: &str) -> &'static str {
    if folder.contains("/by_user_analytic/") {
        "by_user_analytic"
    } else {
        "user_report"
    }
}

fn listed(folders: &[&SourceFolder]) -> String {
    let urls: Vec<String> = folders
        .iter()
        .map(|folder| format!("`s3://{}/{}`", folder.bucket, folder.folder))
        .collect();
    urls.join(", ")
}

async fn check_header(
    context: &CheckContext<'_>,
    regional: &Aws,
    report: &str,
    found: &NewestExport,
    finding: &mut Finding,
) {
    let NewestExport { bucket, export, .. } = found;
    let resource = format!("`s3://{bucket}/{}`", export.key);
    let buckets = regional.buckets();
    let call = buckets
        .client()
        .get_object()
        .bucket(bucket)
        .key(export.key.as_str())
        .range(HEADER_RANGE);
    let object = call.send().await;
    let object = match object.context(regional, "s3:GetObject", resource.as_str()) {
        Ok(object) => object,
        Err(error) if error.is_denied() => {
            let (found, advice) = bucket::unreadable(context, bucket, &error);
            finding.add_warning(found, advice);
            return;
        }
        Err(error) => {
            finding.add_failure(ErrorCategory::Aws, error.to_string(), error.hint());
            return;
        }
    };
    let key = object.ssekms_key_id().map(str::to_owned);
    let bytes = match object.body.collect().await {
        Ok(bytes) => bytes.into_bytes(),
        Err(error) => {
            finding.add_failure(
                ErrorCategory::Aws,
                format!("{resource} could not be read: {error}"),
                "check the network, then run this again",
            );
            return;
        }
    };
    let kind = match report {
        "by_user_analytic" => ReportKind::ByUserAnalytic,
        _ => ReportKind::UserReport,
    };
    let date = export.time.date();
    let options = ReadOptions {
        names: Arc::new(context.settings().views.names.lookups()),
        ..ReadOptions::of_kind(kind)
    };
    match Header::read(options, &bytes) {
        Err(error) => finding.add_failure(
            ErrorCategory::Data,
            format!("{report}: {resource} is not an export: {error}"),
            "fix or remove it; if all exports look like this, report it to the kiro-analytics project",
        ),
        Ok(header) => {
            finding.add(header.summary(report, &date.to_string()));
            finding.add(format!("read: {resource}"));
        }
    }
    let age = (context.now.date_naive() - date).num_days();
    if age > STALE_DAYS && report == "user_report" {
        finding.add_warning(
            format!("the newest report is {age} days old"),
            "check in the Kiro console that user activity reports are still on, and where they are delivered",
        );
    }
    if let Some(key) = key {
        check_encryption(context, regional, &key, finding).await;
    }
}

/// Checks that the settings name the key if AWS does not manage it: the function then needs permission to use it.
async fn check_encryption(
    context: &CheckContext<'_>,
    regional: &Aws,
    key: &str,
    finding: &mut Finding,
) {
    if context
        .settings()
        .exports_kms_keys
        .iter()
        .any(|known| known == key)
    {
        finding.add(format!("encrypted with `{key}`, which the settings name"));
        return;
    }
    let call = regional.clients().kms.describe_key().key_id(key);
    let answer = call.send().await;
    let answer = answer.context(regional, "kms:DescribeKey", format!("key `{key}`"));
    let manager = answer.map(|answer| answer.key_metadata.and_then(|key| key.key_manager));
    match manager {
        Ok(Some(KeyManagerType::Aws)) => {
            finding.add("encrypted with the key that AWS manages for S3".to_owned());
        }
        Ok(_) => finding.add_failure(
            ErrorCategory::Usage,
            format!("encrypted with `{key}`, which the settings do not name"),
            format!("set exports_kms_keys = [\"{key}\"], so that the function can decrypt with it"),
        ),
        Err(error) => finding.add_warning(
            format!("encrypted with `{key}`, whose details could not be read: {error}"),
            format!("if it is your own key, set exports_kms_keys = [\"{key}\"]"),
        ),
    }
}

impl Header {
    fn read(options: ReadOptions, bytes: &[u8]) -> Result<Self, kiro_report::ReadError> {
        let mut header = Self::default();
        ReportReader::new(options).read(bytes, &mut header)?;
        let mut records = RecordReader::new();
        records.push(bytes);
        if let Some(record) = records.next_record()? {
            header.columns = record.len();
            let names: BTreeSet<String> = (0..record.len())
                .map(|position| {
                    String::from_utf8_lossy(record.cell(position))
                        .trim()
                        .to_lowercase()
                })
                .collect();
            header.has_email = names.contains("email") || names.contains("user_email");
        }
        Ok(header)
    }

    fn summary(&self, report: &str, day: &str) -> String {
        let mut parts = vec![format!("{} columns", self.columns)];
        if report == "user_report" {
            let ending = if self.models == 1 { "" } else { "s" };
            parts.push(format!("{} model{ending}", self.models));
            parts.push(
                if self.has_email {
                    "with e-mail"
                } else {
                    "without e-mail"
                }
                .to_owned(),
            );
        }
        if !self.unknown.is_empty() {
            parts.push(format!("new to this version: {}", self.unknown.join(", ")));
        }
        format!("{report}: newest of {day}, {}", parts.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use kiro_report::{ReadOptions, ReportKind};

    use super::Header;

    #[test]
    fn a_header_shows_its_columns_and_no_cell() {
        let csv = b"Date,UserId,User_Email,Client_Type,auto_messages,Total_Messages,Shoe_Size\n2026-07-01,u1,a@example.com,KIRO_IDE,3,3,44\n";
        let options = ReadOptions::of_kind(ReportKind::UserReport);
        let header = Header::read(options.clone(), csv).unwrap();
        assert_eq!(
            header.summary("user_report", "2026-07-02"),
            "user_report: newest of 2026-07-02, 7 columns, 1 model, with e-mail, new to this version: shoe_size"
        );
        assert!(Header::read(options, b"a,b\n1,2\n").is_err());
    }
}
