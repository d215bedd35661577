//! The public interface of the engine: views, refreshes, functions, refused statements, exports.
#![expect(clippy::unwrap_used, reason = "tests")]

mod empty;
mod endless;
mod export;
mod fixture;
mod functions;
mod habits;
mod parts;
mod read_only;
mod refresh;
mod restriction;
mod row_rules;
mod versions;
mod views;
