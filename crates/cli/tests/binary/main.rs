//! The binary as its users meet it: transcripts, signals and full disks, and its totals against a second count.
#![expect(clippy::unwrap_used, reason = "tests")]

mod alerts;
#[cfg(unix)]
mod audience;
#[cfg(target_os = "linux")]
mod buckets;
mod differential;
#[cfg(target_os = "linux")]
mod hostile;
mod names;
#[cfg(unix)]
mod page;
#[cfg(feature = "aws")]
mod people;
mod permissions;
#[cfg(target_os = "linux")]
mod process;
#[cfg(feature = "aws")]
#[path = "../../../alerts/tests/alerts/receiver.rs"]
mod receiver;
mod report;
#[cfg(target_os = "linux")]
mod report_delivery;
#[cfg(target_os = "linux")]
mod report_function;
#[cfg(all(target_os = "linux", feature = "aws"))]
mod report_mail;
#[cfg(target_os = "linux")]
#[path = "../../../s3/tests/it/server.rs"]
mod server;
mod support;
mod transcripts;
mod traps;
