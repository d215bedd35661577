//! Imports of datasets within a step: started or joined, awaited, and repeated while a new permission is not in effect.

use std::collections::BTreeMap;

use super::asset::ApplyMode;
use super::quicksight::PERMISSION_TIMEOUT;
use crate::aws::{Aws, AwsError, spice_hint};
use crate::digest::short_hash;
use crate::ingestion::{DataSetIngestions, Ingestion, RunningIngestion};
use crate::progress::Progress;
use crate::step::{Deployment, ErrorCategory, StepError};

/// Imports datasets, and waits for them. `needed` has the time of the last change of what each is read from. Returns the
/// number of imported rows.
///
/// # Errors
///
/// If an import fails. The error groups datasets that failed for the same reason.
pub(super) async fn import(
    deployment: &Deployment,
    needed: &BTreeMap<String, f64>,
    mode: ApplyMode,
    progress: &dyn Progress,
) -> Result<u64, StepError> {
    let mut running = Vec::new();
    for (data_set, changed_at) in needed {
        running.push(begin_or_join(deployment, data_set, *changed_at).await?);
    }
    let aws = &deployment.aws;
    let mut ended = RunningIngestion::wait(aws, running, progress).await?;
    let mut polling = aws.polling(PERMISSION_TIMEOUT);
    while mode == ApplyMode::AwaitsPermission && ended.iter().any(|(_, one)| one.is_denied()) {
        if !polling.again().await {
            break;
        }
        let (denied, others): (Vec<_>, Vec<_>) =
            ended.into_iter().partition(|(_, one)| one.is_denied());
        ended = others;
        let mut again = Vec::new();
        for (running, _) in &denied {
            let data_set = running.data_set();
            let changed_at = needed.get(data_set).copied().unwrap_or_default();
            again.push(begin_or_join(deployment, data_set, changed_at).await?);
        }
        ended.extend(RunningIngestion::wait(aws, again, progress).await?);
    }
    rows_read(&ended, aws)
}

fn ingestions_of<'a>(deployment: &'a Deployment, data_set: &str) -> DataSetIngestions<'a> {
    DataSetIngestions::new(&deployment.aws, data_set, format!("dataset `{data_set}`"))
}

/// The newest ingestions of a dataset, newest first; none if there is no dataset.
pub(super) async fn newest_ingestions(
    deployment: &Deployment,
    id: &str,
) -> Result<Option<Vec<Ingestion>>, AwsError> {
    match ingestions_of(deployment, id).list().await {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}

/// Starts an ingestion, or joins a running one: creating a dataset starts an import.
async fn begin_or_join<'a>(
    deployment: &'a Deployment,
    data_set: &str,
    changed_at: f64,
) -> Result<RunningIngestion<'a>, AwsError> {
    let known = newest_ingestions(deployment, data_set)
        .await?
        .unwrap_or_default();
    let running = known.iter().find(|ingestion| {
        !ingestion.has_ended() && ingestion.began.is_some_and(|at| at >= changed_at)
    });
    let ingestions = ingestions_of(deployment, data_set);
    if let Some(running) = running {
        return Ok(ingestions.running(running.id.clone()));
    }
    let newest = known.first().map_or("", |ingestion| ingestion.id.as_str());
    // The same id if an interrupted run is repeated.
    let id = format!(
        "deploy-{}",
        short_hash(format!("{newest} {changed_at} {}", known.len()))
    );
    match ingestions.begin(&id).await {
        Err(error) if error.code != "ResourceExistsException" => Err(error),
        _ => Ok(ingestions.running(id)),
    }
}

/// The number of imported rows, if all imports succeeded. The error groups datasets that failed for the same reason.
fn rows_read(ended: &[(RunningIngestion<'_>, Ingestion)], aws: &Aws) -> Result<u64, StepError> {
    let mut rows = 0;
    let mut failures: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    let mut hint = None;
    for (running, ingestion) in ended {
        if ingestion.has_succeeded() {
            rows += ingestion.rows.unwrap_or_default();
            continue;
        }
        let why = if ingestion.has_ended() {
            let error = ingestion.error.as_ref().map(ToString::to_string);
            error.unwrap_or_else(|| ingestion.status.to_lowercase())
        } else {
            "still running after an hour".to_owned()
        };
        hint.get_or_insert_with(|| {
            if ingestion.is_out_of_capacity() {
                spice_hint(&aws.scope())
            } else {
                format!("{}; then run the command again", ingestion.hint())
            }
        });
        failures.entry(why).or_default().push(running.data_set());
    }
    let Some(hint) = hint else {
        return Ok(rows);
    };
    let lines = failures
        .iter()
        .map(|(why, data_sets)| format!("{}: {why}", named(data_sets)));
    let lines: Vec<String> = lines.collect();
    Err(StepError::failed(
        ErrorCategory::Aws,
        format!("some imports failed: {}", lines.join("; ")),
        hint,
    ))
}

/// "dataset `a`" or "12 datasets (`a`, `b`, …)".
fn named(data_sets: &[&str]) -> String {
    match data_sets {
        [one] => format!("dataset `{one}`"),
        [one, other] => format!("datasets `{one}` and `{other}`"),
        [one, other, ..] => format!("{} datasets (`{one}`, `{other}`, …)", data_sets.len()),
        [] => String::new(),
    }
}
