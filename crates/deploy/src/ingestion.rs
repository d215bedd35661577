//! Imports of data sets into SPICE: begun, awaited, and what became of the last ones.

use std::fmt;
use std::time::Duration;

use futures::stream::{self, StreamExt};
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use crate::assets::Asset;
use crate::aws::{Aws, AwsError, Fields, JsonCall, Method};
use crate::names::Names;
use crate::progress::{NoProgress, Progress};

/// So many imports are begun and looked at side by side.
const AT_ONCE: usize = 4;
/// The longest that imports which are awaited together may take.
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
    pub error: Option<IngestionError>,
}

/// What Quick Sight says went wrong: either may be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IngestionError {
    /// Its code: `PERMISSION_DENIED`.
    pub kind: String,
    pub message: String,
}

/// The imports of one data set.
pub(crate) struct Imports<'a> {
    aws: &'a Aws,
    data_set: String,
    /// What messages call the data set.
    title: String,
}

/// An import that goes on.
pub(crate) struct Begun<'a> {
    imports: Imports<'a>,
    id: String,
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
        let error = IngestionError {
            kind: shown.text("ErrorInfo/Type").to_owned(),
            message: shown.text("ErrorInfo/Message").to_owned(),
        };
        Self {
            id: shown.text("IngestionId").to_owned(),
            status: shown.text("IngestionStatus").to_owned(),
            rows: whole("RowInfo/RowsIngested"),
            dropped_rows: whole("RowInfo/RowsDropped"),
            began: shown.number("CreatedTime"),
            seconds: shown.number("IngestionTimeInSeconds"),
            bytes: whole("IngestionSizeInBytes"),
            error: (error != IngestionError::default()).then_some(error),
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
        let error = self.error.as_ref().map(ToString::to_string);
        let error = error.unwrap_or_default();
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

impl<'a> Imports<'a> {
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
        let call = self
            .call("ListIngestions", Method::Get, &[])
            .query("max-results", "20");
        let answer = call.send().await?;
        Ok(answer
            .items("Ingestions")
            .iter()
            .map(Ingestion::of)
            .collect())
    }

    /// Begins one. `id` must be new.
    pub(crate) async fn begin(&self, id: &str) -> Result<(), AwsError> {
        let call = self.call("CreateIngestion", Method::Put, &[id]);
        call.body(json!({"IngestionType": "FULL_REFRESH"}))
            .send()
            .await?;
        Ok(())
    }

    /// The one of that id, that somebody has begun.
    pub(crate) fn begun(self, id: String) -> Begun<'a> {
        Begun { imports: self, id }
    }

    fn call(&self, operation: &'static str, method: Method, rest: &[&str]) -> JsonCall<'a> {
        let path: Vec<&str> = ["data-sets", &self.data_set, "ingestions"]
            .into_iter()
            .chain(rest.iter().copied())
            .collect();
        let call = self.aws.quicksight(operation, method, &path);
        call.on(self.title.as_str())
    }
}

impl Begun<'_> {
    /// What messages call its data set.
    pub(crate) fn title(&self) -> &str {
        &self.imports.title
    }

    async fn look(&self) -> Result<Ingestion, AwsError> {
        let call = self
            .imports
            .call("DescribeIngestion", Method::Get, &[&self.id]);
        Ok(Ingestion::of(call.send().await?.field("Ingestion")))
    }

    /// Looks at all of them, again and again until each has ended: in the order in which they ended. Those that still go on
    /// when the time is over come last.
    pub(crate) async fn wait(
        aws: &Aws,
        mut waiting: Vec<Self>,
        progress: &dyn Progress,
    ) -> Result<Vec<(Self, Ingestion)>, AwsError> {
        let all = waiting.len() as u64;
        let mut ended = Vec::new();
        let mut polling = aws.polling(WITHIN);
        while !waiting.is_empty() {
            progress.count(all - waiting.len() as u64, Some(all), "datasets");
            let mut still = Vec::new();
            for begun in waiting {
                let ingestion = begun.look().await?;
                if ingestion.has_ended() {
                    ended.push((begun, ingestion));
                } else {
                    let data_set = &begun.imports.data_set;
                    progress.doing(&format!("{data_set}: {}", ingestion.status));
                    still.push((begun, ingestion));
                }
            }
            if !still.is_empty() && !polling.again().await {
                ended.append(&mut still);
            }
            waiting = still.into_iter().map(|(begun, _)| begun).collect();
        }
        Ok(ended)
    }
}

/// The newest import of a data set, if there was any.
pub async fn newest_ingestion(aws: &Aws, data_set: &Asset) -> Result<Option<Ingestion>, AwsError> {
    let began = |shown: &Ingestion| shown.began.unwrap_or_default();
    let listed = Imports::of(aws, data_set).list().await?.into_iter();
    Ok(listed.max_by(|one, other| began(one).total_cmp(&began(other))))
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
    let imports = Imports::of(aws, data_set);
    imports.begin(id).await?;
    let begun = vec![imports.begun(id.to_owned())];
    let mut ended = Begun::wait(aws, begun, &NoProgress).await?;
    Ok(ended
        .pop()
        .map(|(_, ingestion)| ingestion)
        .unwrap_or_default())
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
            ingestion.error.as_ref().map(ToString::to_string).as_deref(),
            Some("Insufficient Lake Formation permission(s) (PERMISSION_DENIED)")
        );
        assert!(ingestion.has_ended() && !ingestion.has_succeeded());
        assert!(ingestion.hint().contains("Lake Formation"));
    }
}
