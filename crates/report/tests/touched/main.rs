//! Exports that people have touched: read right, or refused by name, and no cell in a message.
#![expect(clippy::unwrap_used, reason = "tests")]

mod cells;
mod headers;
mod kept;
mod kinds;
mod markers;
