//! Imports of data sets into SPICE: begun, awaited, and what became of the last ones.

use std::time::Duration;

use futures::stream::{self, StreamExt};
use serde::Serialize;
use serde_json::{Value, json};

use crate::assets::Asset;
use crate::aws::{Aws, AwsError, Fields, Method};
use crate::names::Names;
use crate::progress::Progress;

/// So many imports are begun and looked at side by side.
const AT_ONCE: usize = 4;
/// The longest an import may take.
const WITHIN: Duration = Duration::from_hours(1);

/// One import.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Ingestion {
    pub id: String,
    /// `COMPLETED`, `FAILED`, `CANCELLED`, or what it is doing.
    pub status: String,
    pub rows: Option<u64>,
    pub dropped_rows: Option<u64>,
    /// Seconds since 1970.
    pub began: Option<f64>,
    pub seconds: Option<f64>,
    pub bytes: Option<u64>,
    /// What Quick Sight says went wrong, with its code.
    pub error: Option<String>,
}

/// What became of the import of one data set.
#[derive(Debug, Clone, PartialEq)]
pub struct Imported {
    pub relation: String,
    pub data_set: String,
    pub result: Result<Ingestion, AwsError>,
}

impl Ingestion {
    fn of(shown: &Value) -> Self {
        let whole = |path: &str| shown.field(path).as_u64();
        let error = match (
            shown.text("ErrorInfo/Type"),
            shown.text("ErrorInfo/Message"),
        ) {
            ("", "") => None,
            (kind, "") => Some(kind.to_owned()),
            ("", message) => Some(message.to_owned()),
            (kind, message) => Some(format!("{message} ({kind})")),
        };
        Self {
            id: shown.text("IngestionId").to_owned(),
            status: shown.text("IngestionStatus").to_owned(),
            rows: whole("RowInfo/RowsIngested"),
            dropped_rows: whole("RowInfo/RowsDropped"),
            began: shown.number("CreatedTime"),
            seconds: shown.number("IngestionTimeInSeconds"),
            bytes: whole("IngestionSizeInBytes"),
            error,
        }
    }

    pub fn has_ended(&self) -> bool {
        matches!(self.status.as_str(), "COMPLETED" | "FAILED" | "CANCELLED")
    }

    pub fn has_succeeded(&self) -> bool {
        self.status == "COMPLETED"
    }

    /// What a person can do about its error.
    pub fn hint(&self) -> &'static str {
        let error = self.error.as_deref().unwrap_or_default();
        let says = |words: &[&str]| words.iter().any(|word| error.contains(word));
        if says(&[
            "PERMISSION",
            "AccessDenied",
            "Access Denied",
            "not authorized",
            "Insufficient",
        ]) {
            "Quick Sight's service role may not read the data: `kiro-analytics deploy` puts its policy and the Lake Formation grants right"
        } else if says(&["SPICE", "CAPACITY"]) {
            "the account's SPICE capacity is used up: buy more or release some in Manage Quick Sight, SPICE capacity"
        } else if says(&["does not exist", "NOT_FOUND", "TABLE", "COLUMN"]) {
            "a view is missing or has other columns: `kiro-analytics deploy` makes them again"
        } else if says(&["SUPERSEDED"]) {
            "another import has taken its place: `kiro-analytics status` shows it"
        } else {
            "run `kiro-analytics refresh` again; if it fails again, `kiro-analytics preflight` checks what an import needs"
        }
    }
}

/// The newest import of a data set, if there was any.
pub async fn newest_ingestion(aws: &Aws, data_set: &Asset) -> Result<Option<Ingestion>, AwsError> {
    let call = aws
        .quicksight(
            "ListIngestions",
            Method::Get,
            &["data-sets", &data_set.id, "ingestions"],
        )
        .on(data_set.title())
        .query("max-results", "20");
    let answer = call.send().await?;
    let began = |shown: &&Value| shown.number("CreatedTime").unwrap_or_default();
    let newest = answer
        .items("Ingestions")
        .iter()
        .max_by(|one, other| began(one).total_cmp(&began(other)));
    Ok(newest.map(Ingestion::of))
}

/// Imports data sets anew and waits until each has ended, well or badly. `id` must be new.
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
        .buffer_unordered(AT_ONCE);
    progress.doing("importing data sets");
    progress.count(0, Some(total), "data sets");
    while let Some((data_set, result)) = running.next().await {
        done += 1;
        progress.count(done, Some(total), "data sets");
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
    let path = ["data-sets", data_set.id.as_str(), "ingestions", id];
    let begin = aws
        .quicksight("CreateIngestion", Method::Put, &path)
        .on(data_set.title())
        .body(json!({"IngestionType": "FULL_REFRESH"}));
    begin.send().await?;
    let mut polling = aws.polling(WITHIN);
    loop {
        let look = aws
            .quicksight("DescribeIngestion", Method::Get, &path)
            .on(data_set.title());
        let ingestion = Ingestion::of(look.send().await?.field("Ingestion"));
        if ingestion.has_ended() || !polling.again().await {
            return Ok(ingestion);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Ingestion;

    #[test]
    fn a_failed_import_says_why_and_what_to_do() {
        let ingestion = Ingestion::of(&json!({
            "IngestionId": "refresh-1", "IngestionStatus": "FAILED", "CreatedTime": 1_780_000_000.5,
            "ErrorInfo": {"Type": "PERMISSION_DENIED", "Message": "Insufficient Lake Formation permission(s)"},
        }));
        assert_eq!(
            ingestion.error.as_deref(),
            Some("Insufficient Lake Formation permission(s) (PERMISSION_DENIED)")
        );
        assert!(ingestion.has_ended() && !ingestion.has_succeeded());
        assert!(ingestion.hint().contains("Lake Formation"));
    }
}
