//! The normalizer as its callers see it: exports in one store, parts in another.
#![expect(clippy::unwrap_used, reason = "tests")]

mod bad_input;
mod conformance;
mod differential;
mod faulty_store;
mod kiro_exports;
mod local_folder;
mod messages;
mod origins;
mod parts;
mod properties;
mod run_input;
mod runs;
mod same_content;
mod snapshots;
mod store_suite;
mod touched;
mod versions;
