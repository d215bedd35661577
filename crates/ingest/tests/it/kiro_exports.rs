//! Small exports, and running the normalizer over them. The tests of the crates above share this file.

use std::num::NonZeroUsize;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use kiro_ingest::{
    InMemoryStore, NoProgress, NormalizeOptions, ObjectStore, RunSummary, normalize,
};

pub(crate) const FOLDER: &str = "AWSLogs/123456789012/KiroLogs/user_report/us-east-1/2026/07/10/00";
pub(crate) const IDE: &str = "AWSLogs/123456789012/KiroLogs/user_report/us-east-1/2026/07/10/00/\
                              KIRO_IDE_123456789012_user_report_202607100000.csv";
pub(crate) const LEGACY: &str = "AWSLogs/123456789012/QDeveloperLogs/by_user_analytic/us-east-1/2025/11/24/00/\
                                 123456789012_by_user_analytic_202511240000_report.csv";

/// One export of the current report with two users.
pub(crate) const TWO_USERS: &str = "\
Date,UserId,Client_Type,Credits_Used,Subscription_Tier,Total_Messages,auto_messages,glm_5_messages
2026-07-10,\"aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb\",KIRO_IDE,1.5,PRO,10,7,3
2026-07-10,\"cccccccc-1111-4222-8333-dddddddddddd\",KIRO_IDE,2.25,POWER,5,0,5
";

/// [`TWO_USERS`] on a day of July 2026, as the export of [`key_of_day`] has them.
pub(crate) fn two_users_of_day(day: u32) -> String {
    TWO_USERS.replace("2026-07-10", &format!("2026-07-{day:02}"))
}

/// An object that is named like an export and is none.
pub(crate) const POISON: &str = "no,report\n1,2\n";

/// The key of the export of a day in July.
pub(crate) fn key_of_day(day: u32) -> String {
    format!(
        "AWSLogs/123456789012/KiroLogs/user_report/us-east-1/2026/07/{day:02}/00/KIRO_IDE_123456789012_user_report_202607{day:02}0000.csv"
    )
}

pub(crate) fn options() -> NormalizeOptions {
    NormalizeOptions {
        since: None,
        until: None,
        reprocess: false,
        jobs: NonZeroUsize::new(2).unwrap(),
        processed_at: at("2026-07-11T03:00:00Z"),
        names: Arc::default(),
    }
}

pub(crate) fn at(time: &str) -> DateTime<Utc> {
    time.parse().unwrap()
}

/// Runs the normalizer to its end.
pub(crate) fn run_between(
    source: Arc<dyn ObjectStore>,
    destination: Arc<dyn ObjectStore>,
    options: &NormalizeOptions,
) -> RunSummary {
    runtime()
        .block_on(normalize(
            source,
            destination,
            options,
            Arc::new(NoProgress),
        ))
        .unwrap()
}

pub(crate) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .build()
        .unwrap()
}

/// Runs the normalizer between two stores in memory.
pub(crate) fn run(source: &InMemoryStore, destination: &InMemoryStore) -> RunSummary {
    run_between(
        Arc::new(source.clone()),
        Arc::new(destination.clone()),
        &options(),
    )
}

/// Normalizes one object into an empty store.
pub(crate) fn normalize_one(key: &str, content: impl Into<Vec<u8>>) -> (InMemoryStore, RunSummary) {
    let (source, destination) = (InMemoryStore::new(), InMemoryStore::new());
    source.put(key, content.into());
    let summary = run(&source, &destination);
    (destination, summary)
}
