//! One file per command: takes arguments, writes standard output or returns an error.

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
