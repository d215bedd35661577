//! The tasks that follow a run, in their order.

use async_trait::async_trait;
use serde_json::Value;

use crate::error::{InvocationError, TaskError};
use crate::event::FinishedRun;
use crate::response::{Response, TaskReport};

/// A task that follows a run. A repeated call with the same run does nothing twice.
#[async_trait]
pub trait Task: Send + Sync {
    /// Does it for one run.
    ///
    /// # Errors
    ///
    /// If a part of it failed, after all other parts were tried.
    async fn follow(&self, run: &FinishedRun) -> Result<TaskReport, TaskError>;
}

/// All tasks.
pub struct FollowUp {
    /// In the order in which they run.
    pub tasks: Vec<Box<dyn Task>>,
}

impl FollowUp {
    /// Handles the event of a finished run. A task that fails does not keep the later ones from running.
    ///
    /// # Errors
    ///
    /// If the event is unknown, or if a task failed: Lambda then repeats the invocation.
    pub async fn handle(&self, event: &Value) -> Result<Response, InvocationError> {
        let run = FinishedRun::parse(event).map_err(InvocationError::UnknownEvent)?;
        let mut response = Response {
            run: run.id.clone(),
            tasks: Vec::new(),
        };
        if !run.has_news {
            tracing::info!(run = run.id, "Nothing new.");
            return Ok(response);
        }
        let mut failures = Vec::new();
        for task in &self.tasks {
            match task.follow(&run).await {
                Ok(report) => response.tasks.push(report),
                Err(error) => failures.push(error),
            }
        }
        if failures.is_empty() {
            Ok(response)
        } else {
            Err(InvocationError::TasksFailed(failures))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use serde_json::json;

    use super::*;
    use crate::response::ImportCounts;

    struct Counted(Arc<AtomicUsize>, bool);

    #[async_trait]
    impl Task for Counted {
        async fn follow(&self, _run: &FinishedRun) -> Result<TaskReport, TaskError> {
            self.0.fetch_add(1, Ordering::Relaxed);
            if self.1 {
                Ok(TaskReport::Imports(ImportCounts::default()))
            } else {
                Err(TaskError {
                    task: "imports",
                    problems: vec!["no".to_owned()],
                })
            }
        }
    }

    fn event(files_processed: u64) -> Value {
        json!({"detail": {
            "timestamp": "2026-07-11T03:15:04Z",
            "requestContext": {"requestId": "run-1"},
            "responsePayload": {"files_processed": files_processed},
        }})
    }

    #[tokio::test]
    async fn a_failed_task_fails_the_invocation_after_the_others_have_run() {
        let runs = Arc::new(AtomicUsize::new(0));
        let task = |succeeds| Box::new(Counted(Arc::clone(&runs), succeeds)) as Box<dyn Task>;
        let follow_up = FollowUp {
            tasks: vec![task(false), task(true)],
        };
        let error = follow_up.handle(&event(1)).await.unwrap_err();
        assert_eq!(error.to_string(), "imports: no");
        assert_eq!(runs.load(Ordering::Relaxed), 2);
        let follow_up = FollowUp {
            tasks: vec![task(true)],
        };
        let response = follow_up.handle(&event(1)).await.unwrap();
        assert_eq!((response.run.as_str(), response.tasks.len()), ("run-1", 1));
        assert_eq!(runs.load(Ordering::Relaxed), 3);
    }

    #[tokio::test]
    async fn a_run_with_nothing_new_starts_no_task() {
        let runs = Arc::new(AtomicUsize::new(0));
        let follow_up = FollowUp {
            tasks: vec![Box::new(Counted(Arc::clone(&runs), true))],
        };
        assert_eq!(follow_up.handle(&event(0)).await.unwrap().tasks, []);
        assert_eq!(runs.load(Ordering::Relaxed), 0);
    }
}
