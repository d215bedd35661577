//! Imports the datasets after a run that has read something new.
//!
//! All of them: each reads both reports, as its view asks which rows are superseded and which day is the newest.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::TimeDelta;

use crate::error::{ImportError, ImportErrorKind, TaskError};
use crate::event::FinishedRun;
use crate::follow_up::Task;
use crate::import_service::{ImportService, Started};
use crate::response::{ImportCounts, TaskReport};

/// Quick Sight counts the imports of the last 24 hours.
const QUOTA_PERIOD: TimeDelta = TimeDelta::hours(24);
/// Maximum number of looks at the running import of the rules: five minutes with pauses of ten seconds.
const MAX_LOOKS: usize = 30;

/// The imports.
pub struct ImportTask {
    pub imports: Arc<dyn ImportService>,
    pub data_sets: Vec<String>,
    /// Imported first: a person who has left a team must not see its new rows.
    pub rules_data_set: Option<String>,
    pub max_imports_a_day: usize,
    /// Returns the current time.
    pub clock: fn() -> chrono::DateTime<chrono::Utc>,
}

/// What became of one dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Started,
    AlreadyImported,
    OverQuota,
    NotInSpice,
}

impl ImportTask {
    /// The datasets to import, the rules first.
    fn in_order(&self) -> Vec<&str> {
        let mut ids: Vec<&str> = self.data_sets.iter().map(String::as_str).collect();
        ids.sort_by_key(|id| !self.is_rules(id));
        ids
    }

    fn is_rules(&self, data_set: &str) -> bool {
        self.rules_data_set.as_deref() == Some(data_set)
    }

    /// Starts one import, unless one exists that has read all that the run has written.
    ///
    /// An import that began before the run ended may have read less. Another one is started also while it runs: Quick Sight ends
    /// the older one, or lets the newer one wait.
    async fn import(&self, data_set: &str, run: &FinishedRun) -> Result<Outcome, ImportError> {
        let id = import_id(run);
        let since = ((self.clock)() - QUOTA_PERIOD).min(run.ended);
        let known = self.imports.imports_since(data_set, since).await?;
        let has_read_all = known
            .iter()
            .any(|import| import.id == id || (import.began >= run.ended && !import.has_failed));
        if has_read_all {
            return Ok(Outcome::AlreadyImported);
        }
        if known.len() >= self.max_imports_a_day {
            tracing::warn!(
                data_set,
                imports = known.len(),
                "Not imported: too many imports in 24 hours. The daily import brings the data."
            );
            return Ok(Outcome::OverQuota);
        }
        match self.imports.start(data_set, &id).await {
            Ok(Started::New) => {
                tracing::info!(data_set, import = id, "Import started.");
                Ok(Outcome::Started)
            }
            Ok(Started::Before) => Ok(Outcome::AlreadyImported),
            Err(error) => match error.kind {
                ImportErrorKind::Quota(_) => {
                    tracing::warn!(data_set, %error, "Not imported. The daily import brings the data.");
                    Ok(Outcome::OverQuota)
                }
                ImportErrorKind::NotInSpice => Ok(Outcome::NotInSpice),
                _ => Err(error),
            },
        }
    }

    /// Waits until all imports of the rules that began after the run have ended, for some minutes at most.
    async fn wait(&self, data_set: &str, run: &FinishedRun) -> Result<(), ImportError> {
        for _ in 0..MAX_LOOKS {
            let known = self.imports.imports_since(data_set, run.ended).await?;
            if known.iter().all(|import| import.has_ended) {
                return Ok(());
            }
            self.imports.pause().await;
        }
        tracing::warn!(data_set, "The import of the rules is still running.");
        Ok(())
    }
}

/// The id of all imports of one run: a second attempt starts none twice.
fn import_id(run: &FinishedRun) -> String {
    format!("follow-up-{}", run.id)
}

#[async_trait]
impl Task for ImportTask {
    async fn follow(&self, run: &FinishedRun) -> Result<TaskReport, TaskError> {
        let mut counts = ImportCounts::default();
        let mut problems = Vec::new();
        for data_set in self.in_order() {
            let mut outcome = self.import(data_set, run).await;
            if self.is_rules(data_set)
                && matches!(outcome, Ok(Outcome::Started | Outcome::AlreadyImported))
                && let Err(error) = self.wait(data_set, run).await
            {
                outcome = Err(error);
            }
            let count = match outcome {
                Ok(Outcome::Started) => &mut counts.started,
                Ok(Outcome::AlreadyImported) => &mut counts.already_imported,
                Ok(Outcome::OverQuota) => &mut counts.over_quota,
                Ok(Outcome::NotInSpice) => &mut counts.not_in_spice,
                Err(error) => {
                    tracing::error!(data_set, error = %error.kind, hint = error.kind.hint(), "Import not started.");
                    problems.push(format!("{error}; {}", error.kind.hint()));
                    &mut counts.failed
                }
            };
            *count += 1;
        }
        tracing::info!(
            run = run.id,
            started = counts.started,
            already_imported = counts.already_imported,
            over_quota = counts.over_quota,
            not_in_spice = counts.not_in_spice,
            failed = counts.failed,
            "Imports followed."
        );
        if problems.is_empty() {
            Ok(TaskReport::Imports(counts))
        } else {
            Err(TaskError {
                task: "imports",
                problems,
            })
        }
    }
}

#[cfg(test)]
mod tests;
