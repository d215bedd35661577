//! The engine as its callers see it: views by hand-made answers, refreshes, functions, refusals, exports.
#![expect(clippy::unwrap_used, reason = "tests")]

mod empty;
mod export;
mod fixture;
mod functions;
mod parts;
mod read_only;
mod refresh;
mod views;
