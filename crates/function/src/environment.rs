//! The environment and the clock of a function.

use chrono::{DateTime, Utc};

/// The value of an environment variable.
#[expect(
    clippy::disallowed_methods,
    reason = "only the binaries of functions use this crate"
)]
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The current time.
#[expect(
    clippy::disallowed_methods,
    reason = "only the binaries of functions use this crate"
)]
pub fn now() -> DateTime<Utc> {
    Utc::now()
}
