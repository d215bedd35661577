//! The binary as its users meet it: transcripts, signals and full disks, and its totals against a second count.
#![expect(clippy::unwrap_used, reason = "tests")]

mod differential;
#[cfg(unix)]
mod page;
#[cfg(target_os = "linux")]
mod process;
mod report;
mod support;
mod transcripts;
mod traps;
