//! The function as its callers see it: recorded events in, answers, metrics and parts out.
#![expect(clippy::unwrap_used, reason = "tests")]

mod events;
mod handler;
mod runtime;

#[path = "../../../s3/tests/it/server.rs"]
mod server;

#[path = "../../../ingest/tests/it/faulty_store.rs"]
#[expect(dead_code, reason = "more than these tests need")]
mod faulty_store;
#[path = "../../../ingest/tests/it/kiro_exports.rs"]
#[expect(dead_code, reason = "more than these tests need")]
mod kiro_exports;
