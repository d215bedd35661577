//! The function over objects in memory and a directory that a test writes down.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod fake;
mod map;
mod privacy;
mod scale;
