//! What the functions of AWS Lambda share: the log, the environment, the clock and the main loop.
//!
//! Owns no event, no response and no client of AWS.

mod environment;
mod function;
mod log;

pub use environment::{now, variable};
pub use function::{Function, StartError, run};
pub use log::LOG_LEVEL;
