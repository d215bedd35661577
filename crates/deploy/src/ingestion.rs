//! Imports of datasets into SPICE: starts them, waits for them, and lists the newest ones.

use std::fmt;
use std::time::Duration;

use aws_sdk_quicksight::types::IngestionType;
use futures::stream::{self, StreamExt};
use serde::{Serialize, Serializer};

use crate::assets::Asset;
use crate::aws::{Aws, AwsError, Context};
use crate::names::Names;
use crate::progress::{NoProgress, Progress};

/// Maximum concurrent imports and requests.
const CONCURRENCY: usize = 4;
/// Number of imports in the listing of a dataset: the newest.
const PAGE_SIZE: i32 = 20;
/// Maximum time for imports that are awaited together.
const TIMEOUT: Duration = Duration::from_hours(1);

/// One import.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Ingestion {
    pub id: String,
    /// `COMPLETED`, `FAILED`, `CANCELLED`, or a status of a running import.
    pub status: String,
    pub rows: Option<u64>,
    pub dropped_rows: Option<u64>,
    /// Seconds since 1970.
    pub began: Option<f64>,
    pub seconds: Option<f64>,
    pub bytes: Option<u64>,
    pub error: Option<IngestionError>,
}

/// Quick Sight's error of an import. Either member may be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IngestionError {
    /// Its code: `PERMISSION_DENIED`.
    pub kind: String,
    pub message: String,
}

/// The imports of one dataset.
pub(crate) struct DataSetIngestions<'a> {
    aws: &'a Aws,
    data_set: String,
    /// The dataset's name in messages.
    title: String,
}

/// A running import.
pub(crate) struct RunningIngestion<'a> {
    ingestions: DataSetIngestions<'a>,
    id: String,
}

/// The result of the import of one dataset.
#[derive(Debug, Clone, PartialEq)]
pub struct Imported {
    pub relation: String,
    pub data_set: String,
    pub result: Result<Ingestion, AwsError>,
}

impl Ingestion {
    fn of(shown: aws_sdk_quicksight::types::Ingestion) -> Self {
        let rows = shown.row_info.as_ref();
        let error = shown.error_info.map(|error| IngestionError {
            kind: error
                .r#type
                .map(|kind| kind.as_str().to_owned())
                .unwrap_or_default(),
            message: error.message.unwrap_or_default(),
        });
        Self {
            id: shown.ingestion_id.unwrap_or_default(),
            status: shown.ingestion_status.as_str().to_owned(),
            rows: rows.and_then(|rows| rows.rows_ingested).and_then(whole),
            dropped_rows: rows.and_then(|rows| rows.rows_dropped).and_then(whole),
            began: Some(shown.created_time.as_secs_f64()),
            seconds: shown.ingestion_time_in_seconds.and_then(seconds),
            bytes: shown.ingestion_size_in_bytes.and_then(whole),
            error: error.filter(|error| *error != IngestionError::default()),
        }
    }

    pub fn has_ended(&self) -> bool {
        matches!(self.status.as_str(), "COMPLETED" | "FAILED" | "CANCELLED")
    }

    pub fn has_succeeded(&self) -> bool {
        self.status == "COMPLETED"
    }

    /// The next command after its error.
    pub fn hint(&self) -> &'static str {
        match self.cause() {
            ImportCause::Permission => {
                "Quick Sight may not read the data. `kiro-analytics deploy` puts the policies of its roles and the grants of Lake Formation right and imports again; Amazon Athena must be switched on in Manage Quick Sight, Security & permissions"
            }
            ImportCause::Capacity => {
                "SPICE has no room in this Region: buy capacity or release some in Manage Quick Sight, SPICE capacity (or `aws quicksight update-spice-capacity-configuration --purchase-mode AUTO_PURCHASE`), then run `kiro-analytics refresh --only import`"
            }
            ImportCause::View => {
                "a view is missing or has other columns: `kiro-analytics deploy` creates it again and imports again"
            }
            ImportCause::Superseded => {
                "another import has taken its place: `kiro-analytics status` shows it"
            }
            ImportCause::Other => {
                "run `kiro-analytics refresh --only import`; if it fails again, `kiro-analytics preflight` checks what an import needs"
            }
        }
    }

    /// Returns true if Quick Sight was not allowed to read the data.
    pub(crate) fn is_denied(&self) -> bool {
        self.cause() == ImportCause::Permission
    }

    /// Returns true if SPICE had no free capacity.
    pub(crate) fn is_out_of_capacity(&self) -> bool {
        self.cause() == ImportCause::Capacity
    }

    fn cause(&self) -> ImportCause {
        let error = self.error.as_ref().map(ToString::to_string);
        let error = error.unwrap_or_default();
        let says = |words: &[&str]| words.iter().any(|word| error.contains(word));
        if says(&["SPICE", "CAPACITY"]) {
            ImportCause::Capacity
        } else if says(&[
            "PERMISSION",
            "AccessDenied",
            "Access Denied",
            "not authorized",
            "Insufficient",
        ]) {
            ImportCause::Permission
        } else if says(&["does not exist", "NOT_FOUND", "TABLE", "COLUMN"]) {
            ImportCause::View
        } else if says(&["SUPERSEDED"]) {
            ImportCause::Superseded
        } else {
            ImportCause::Other
        }
    }
}

/// Why an import has failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ImportCause {
    Permission,
    Capacity,
    View,
    Superseded,
    Other,
}

/// Converts a number of the API, which is never negative.
fn whole(number: i64) -> Option<u64> {
    u64::try_from(number).ok()
}

#[expect(clippy::cast_precision_loss, reason = "an import takes hours at most")]
fn seconds(number: i64) -> Option<f64> {
    (number >= 0).then_some(number as f64)
}

impl fmt::Display for IngestionError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, message } = self;
        match (kind.as_str(), message.as_str()) {
            (only, "") | ("", only) => formatter.write_str(only),
            (kind, message) => write!(formatter, "{message} ({kind})"),
        }
    }
}

impl Serialize for IngestionError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'a> DataSetIngestions<'a> {
    pub(crate) fn new(aws: &'a Aws, data_set: impl Into<String>, title: impl Into<String>) -> Self {
        let (data_set, title) = (data_set.into(), title.into());
        Self {
            aws,
            data_set,
            title,
        }
    }

    fn of(aws: &'a Aws, data_set: &Asset) -> Self {
        Self::new(aws, &data_set.id, data_set.title())
    }

    /// The newest ones, as the service lists them: newest first.
    pub(crate) async fn list(&self) -> Result<Vec<Ingestion>, AwsError> {
        let request = self.aws.clients().quicksight.list_ingestions();
        let request = request
            .aws_account_id(self.aws.account())
            .data_set_id(&self.data_set)
            .max_results(PAGE_SIZE);
        let sent = request.send().await;
        let found = sent.context(self.aws, "quicksight:ListIngestions", self.title.as_str())?;
        let found = found.ingestions.unwrap_or_default().into_iter();
        Ok(found.map(Ingestion::of).collect())
    }

    /// Starts one. `id` must be new.
    pub(crate) async fn begin(&self, id: &str) -> Result<(), AwsError> {
        let request = self.aws.clients().quicksight.create_ingestion();
        let request = request
            .aws_account_id(self.aws.account())
            .data_set_id(&self.data_set)
            .ingestion_id(id)
            .ingestion_type(IngestionType::FullRefresh);
        let sent = request.send().await;
        sent.context(self.aws, "quicksight:CreateIngestion", self.title.as_str())?;
        Ok(())
    }

    /// The running import with this id.
    pub(crate) fn running(self, id: String) -> RunningIngestion<'a> {
        RunningIngestion {
            ingestions: self,
            id,
        }
    }
}

impl RunningIngestion<'_> {
    /// The id of its dataset.
    pub(crate) fn data_set(&self) -> &str {
        &self.ingestions.data_set
    }

    async fn describe(&self) -> Result<Ingestion, AwsError> {
        let ingestions = &self.ingestions;
        let request = ingestions.aws.clients().quicksight.describe_ingestion();
        let request = request
            .aws_account_id(ingestions.aws.account())
            .data_set_id(&ingestions.data_set)
            .ingestion_id(&self.id);
        let sent = request.send().await;
        let action = "quicksight:DescribeIngestion";
        let found = sent.context(ingestions.aws, action, ingestions.title.as_str())?;
        Ok(found.ingestion.map(Ingestion::of).unwrap_or_default())
    }

    /// Waits until each has ended, and returns them in that order. Those that are still running at the time limit come last.
    pub(crate) async fn wait(
        aws: &Aws,
        mut waiting: Vec<Self>,
        progress: &dyn Progress,
    ) -> Result<Vec<(Self, Ingestion)>, AwsError> {
        let all = waiting.len() as u64;
        let mut ended = Vec::new();
        let mut polling = aws.polling(TIMEOUT);
        while !waiting.is_empty() {
            progress.count(all - waiting.len() as u64, Some(all), "datasets");
            let mut still = Vec::new();
            for running in waiting {
                let ingestion = running.describe().await?;
                if ingestion.has_ended() {
                    ended.push((running, ingestion));
                } else {
                    let data_set = &running.ingestions.data_set;
                    progress.doing(&format!("{data_set}: {}", ingestion.status));
                    still.push((running, ingestion));
                }
            }
            if !still.is_empty() && !polling.again().await {
                ended.append(&mut still);
            }
            waiting = still.into_iter().map(|(running, _)| running).collect();
        }
        Ok(ended)
    }
}

/// The newest import of a dataset, if there is one.
pub async fn newest_ingestion(aws: &Aws, data_set: &Asset) -> Result<Option<Ingestion>, AwsError> {
    let began = |shown: &Ingestion| shown.began.unwrap_or_default();
    let listed = DataSetIngestions::of(aws, data_set)
        .list()
        .await?
        .into_iter();
    Ok(listed.max_by(|one, other| began(one).total_cmp(&began(other))))
}

/// Imports datasets and waits until each import has succeeded or failed. `id` must be new.
pub async fn import_all(
    aws: &Aws,
    names: &Names,
    data_sets: &[&Asset],
    id: &str,
    progress: &dyn Progress,
) -> Vec<Imported> {
    let total = data_sets.len() as u64;
    let mut done = 0;
    let mut results = Vec::with_capacity(data_sets.len());
    let mut running = stream::iter(data_sets)
        .map(|data_set| async move { (*data_set, import(aws, data_set, id).await) })
        .buffer_unordered(CONCURRENCY);
    progress.doing("importing datasets");
    progress.count(0, Some(total), "datasets");
    while let Some((data_set, result)) = running.next().await {
        done += 1;
        progress.count(done, Some(total), "datasets");
        results.push(Imported {
            relation: data_set.relation(names),
            data_set: data_set.id.clone(),
            result,
        });
    }
    results.sort_by(|one, other| one.relation.cmp(&other.relation));
    results
}

async fn import(aws: &Aws, data_set: &Asset, id: &str) -> Result<Ingestion, AwsError> {
    let ingestions = DataSetIngestions::of(aws, data_set);
    ingestions.begin(id).await?;
    let running = vec![ingestions.running(id.to_owned())];
    let mut ended = RunningIngestion::wait(aws, running, &NoProgress).await?;
    Ok(ended
        .pop()
        .map(|(_, ingestion)| ingestion)
        .unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::{Ingestion, IngestionError};

    fn failed(kind: &str, message: &str) -> Ingestion {
        Ingestion {
            status: "FAILED".to_owned(),
            error: Some(IngestionError {
                kind: kind.to_owned(),
                message: message.to_owned(),
            }),
            ..Ingestion::default()
        }
    }

    #[test]
    fn a_failed_import_has_a_reason_and_a_hint() {
        let denied = failed(
            "PERMISSION_DENIED",
            "Insufficient Lake Formation permission(s)",
        );
        assert_eq!(
            denied.error.as_ref().map(ToString::to_string).as_deref(),
            Some("Insufficient Lake Formation permission(s) (PERMISSION_DENIED)")
        );
        assert!(denied.has_ended() && !denied.has_succeeded() && denied.is_denied());
        assert!(
            denied.hint().contains("Lake Formation") && denied.hint().contains("imports again")
        );
    }

    #[test]
    fn a_lack_of_capacity_is_no_lack_of_permission() {
        let full = failed(
            "ACCOUNT_CAPACITY_LIMIT_EXCEEDED",
            "Insufficient SPICE capacity",
        );
        assert!(full.hint().contains("update-spice-capacity-configuration"));
        assert!(!full.is_denied());
    }
}
