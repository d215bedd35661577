//! One file per command: arguments in, an answer on standard output or a failure out.

pub(crate) mod config;
pub(crate) mod deploy;
pub(crate) mod init;
pub(crate) mod logs;
pub(crate) mod open;
pub(crate) mod permissions;
pub(crate) mod preflight;
pub(crate) mod refresh;
pub(crate) mod status;
pub(crate) mod synth;
pub(crate) mod teardown;
