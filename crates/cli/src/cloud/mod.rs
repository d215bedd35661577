//! Everything about a deployment in AWS: the commands from `init` to `teardown`, their arguments, and the sign-in they
//! share. Compiled with the feature `aws` only: reading local exports needs none of it.

pub(crate) mod args;
mod commands;
mod deployed;
mod dispatch;
mod prompt;
mod relative_time;
mod session;
mod settings_file;
mod status_lines;
mod step_progress;

pub(crate) use dispatch::dispatch;
