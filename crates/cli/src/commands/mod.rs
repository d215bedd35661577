//! One file per command: arguments in, an answer on standard output or a failure out.

pub(crate) mod completions;
pub(crate) mod config;
pub(crate) mod demo;
pub(crate) mod deploy;
pub(crate) mod export;
pub(crate) mod init;
pub(crate) mod logs;
pub(crate) mod man;
pub(crate) mod normalize;
pub(crate) mod open;
pub(crate) mod permissions;
pub(crate) mod preflight;
pub(crate) mod query;
pub(crate) mod refresh;
pub(crate) mod report;
pub(crate) mod serve;
pub(crate) mod status;
pub(crate) mod synth;
pub(crate) mod teardown;
pub(crate) mod views;
