//! A bucket on a real S3 server as the normalizer sees it, on good days and bad ones.
#![expect(clippy::unwrap_used, reason = "tests")]

mod conditions;
mod conformance;
mod errors;
mod faults;
mod listing;
mod proxy;
mod requests;
mod run;
mod server;
mod stores;

#[path = "../../../ingest/tests/it/kiro_exports.rs"]
#[expect(dead_code, reason = "more than these tests need")]
mod kiro_exports;
#[path = "../../../ingest/tests/it/parts.rs"]
#[expect(dead_code, reason = "more than these tests need")]
mod parts;
#[path = "../../../ingest/tests/it/store_suite.rs"]
mod store_suite;
