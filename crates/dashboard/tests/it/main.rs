//! The dashboard file and its texts.

#![expect(clippy::unwrap_used, reason = "tests")]

mod builtin;
mod mistakes;
mod schema;
mod texts;
