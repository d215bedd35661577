//! The normalizer as a function of AWS Lambda: an event in, a run over the exports of that event, a response out.
//!
//! Owns the meaning of events, the limits of an invocation, its response and its metrics. `kiro-ingest` owns the run,
//! `kiro-s3` the requests to S3.

mod config;
mod event;
mod handler;
mod invocation;
mod metrics;
mod response;

pub use config::{Config, ConfigError};
pub use event::{CreatedObject, Event, EventError, RunRequest};
pub use handler::{Clock, InvocationOutcome, Normalizer, SourceBucket};
pub use invocation::Invocation;
pub use metrics::Metrics;
pub use response::{InvocationError, RunResponse};
