//! The local state, properties of the map, and its scale.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod fixture;
mod lists;
mod properties;
mod scale;
mod store;
