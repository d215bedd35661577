//! The rules for imports, over a fake of the service.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};

use super::ImportTask;
use crate::error::{ImportError, ImportErrorKind, TaskError};
use crate::event::FinishedRun;
use crate::follow_up::Task;
use crate::import_service::{ImportService, KnownImport, Started};
use crate::response::{ImportCounts, TaskReport};

const RULES: &str = "kiro-row-rules";

fn now() -> DateTime<Utc> {
    "2026-07-11T03:15:10Z".parse().unwrap()
}

fn run() -> FinishedRun {
    FinishedRun {
        id: "run-1".to_owned(),
        ended: now() - TimeDelta::seconds(5),
        has_news: true,
    }
}

/// The service: what it knows, what it refuses, and what it was asked.
#[derive(Default)]
struct FakeImports {
    known: Mutex<BTreeMap<String, Vec<KnownImport>>>,
    refused: Mutex<BTreeMap<String, ImportErrorKind>>,
    /// Imports in the order of their starts, and the pauses between them.
    calls: Mutex<Vec<String>>,
}

impl FakeImports {
    fn knows(&self, data_set: &str, import: KnownImport) {
        let mut known = self.known.lock().unwrap();
        known.entry(data_set.to_owned()).or_default().push(import);
    }

    fn refuses(&self, data_set: &str, kind: ImportErrorKind) {
        self.refused
            .lock()
            .unwrap()
            .insert(data_set.to_owned(), kind);
    }

    fn calls(&self) -> Vec<String> {
        std::mem::take(&mut *self.calls.lock().unwrap())
    }
}

fn import(id: &str, seconds_before_now: i64, has_failed: bool) -> KnownImport {
    KnownImport {
        id: id.to_owned(),
        began: now() - TimeDelta::seconds(seconds_before_now),
        has_ended: true,
        has_failed,
    }
}

#[async_trait]
impl ImportService for FakeImports {
    async fn imports_since(
        &self,
        data_set: &str,
        since: DateTime<Utc>,
    ) -> Result<Vec<KnownImport>, ImportError> {
        let known = self.known.lock().unwrap();
        let imports = known.get(data_set).cloned().unwrap_or_default();
        Ok(imports
            .into_iter()
            .filter(|import| import.began >= since)
            .collect())
    }

    async fn start(&self, data_set: &str, id: &str) -> Result<Started, ImportError> {
        if let Some(kind) = self.refused.lock().unwrap().get(data_set) {
            return Err(ImportError {
                data_set: data_set.to_owned(),
                kind: kind.clone(),
            });
        }
        let mut known = self.known.lock().unwrap();
        let imports = known.entry(data_set.to_owned()).or_default();
        if imports.iter().any(|import| import.id == id) {
            return Ok(Started::Before);
        }
        imports.push(KnownImport {
            has_ended: false,
            ..import(id, 0, false)
        });
        self.calls.lock().unwrap().push(data_set.to_owned());
        Ok(Started::New)
    }

    /// Ends all imports.
    async fn pause(&self) {
        for import in self.known.lock().unwrap().values_mut().flatten() {
            import.has_ended = true;
        }
        self.calls.lock().unwrap().push("pause".to_owned());
    }
}

fn task(imports: &Arc<FakeImports>) -> ImportTask {
    ImportTask {
        imports: Arc::clone(imports) as Arc<dyn ImportService>,
        data_sets: ["kiro-code", "kiro-users", RULES].map(str::to_owned).into(),
        rules_data_set: None,
        max_imports_a_day: 24,
        clock: now,
    }
}

async fn counts(task: &ImportTask, run: &FinishedRun) -> ImportCounts {
    match task.follow(run).await.unwrap() {
        TaskReport::Imports(counts) => counts,
        TaskReport::Alerts(counts) => panic!("{counts:?}"),
    }
}

#[tokio::test]
async fn every_data_set_is_imported_once() {
    let imports = Arc::new(FakeImports::default());
    let task = task(&imports);
    let run = run();
    let first = counts(&task, &run).await;
    assert_eq!(first.started, 3);
    assert_eq!(imports.calls(), ["kiro-code", "kiro-users", RULES]);
    // A retry of the same event.
    let again = counts(&task, &run).await;
    assert_eq!((again.started, again.already_imported), (0, 3));
    assert_eq!(imports.calls(), [""; 0]);
}

#[tokio::test]
async fn an_import_that_began_before_the_run_ended_is_followed_by_another() {
    let imports = Arc::new(FakeImports::default());
    let running = KnownImport {
        has_ended: false,
        ..import("schedule-1", 60, false)
    };
    imports.knows("kiro-code", running);
    let task = task(&imports);
    let found = counts(&task, &run()).await;
    assert_eq!(found.started, 3);
    assert!(imports.calls().contains(&"kiro-code".to_owned()));
}

#[tokio::test]
async fn an_import_that_began_after_the_run_has_read_everything() {
    let imports = Arc::new(FakeImports::default());
    imports.knows("kiro-code", import("refresh-1", 3, false));
    imports.knows("kiro-users", import("refresh-1", 3, true));
    let task = task(&imports);
    let found = counts(&task, &run()).await;
    // A failed import has brought nothing.
    assert_eq!((found.started, found.already_imported), (2, 1));
    assert_eq!(imports.calls(), ["kiro-users", RULES]);
}

#[tokio::test]
async fn the_quota_leaves_a_reserve_and_counts_the_last_24_hours_alone() {
    let imports = Arc::new(FakeImports::default());
    for number in 0..24 {
        imports.knows(
            "kiro-code",
            import(&format!("a-{number}"), 600 + number, false),
        );
        let days_ago = 86_400 + 600 + number;
        imports.knows(
            "kiro-users",
            import(&format!("a-{number}"), days_ago, false),
        );
    }
    imports.refuses(
        RULES,
        ImportErrorKind::Quota("32 imports (LimitExceededException)".to_owned()),
    );
    let task = task(&imports);
    let found = counts(&task, &run()).await;
    assert_eq!((found.started, found.over_quota), (1, 2));
    assert_eq!(imports.calls(), ["kiro-users"]);
}

#[tokio::test]
async fn the_rules_are_imported_and_awaited_before_the_data() {
    let imports = Arc::new(FakeImports::default());
    let mut task = task(&imports);
    task.rules_data_set = Some(RULES.to_owned());
    let found = counts(&task, &run()).await;
    assert_eq!(found.started, 3);
    assert_eq!(imports.calls(), [RULES, "pause", "kiro-code", "kiro-users"]);
}

#[tokio::test]
async fn every_data_set_is_tried_and_each_failure_is_named_with_what_to_do() {
    let imports = Arc::new(FakeImports::default());
    imports.refuses(
        "kiro-code",
        ImportErrorKind::Denied("no (AccessDeniedException)".to_owned()),
    );
    imports.refuses("kiro-users", ImportErrorKind::NotInSpice);
    let task = task(&imports);
    let run = run();
    let TaskError { problems, .. } = task.follow(&run).await.unwrap_err();
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(
        problems[0].starts_with(
            "dataset `kiro-code`: not allowed: no (AccessDeniedException); `kiro-analytics deploy`"
        ),
        "{problems:?}"
    );
    assert_eq!(imports.calls(), [RULES]);
    // The retry starts only what has failed.
    imports.refused.lock().unwrap().clear();
    let again = counts(&task, &run).await;
    assert_eq!((again.started, again.already_imported), (2, 1));
}
