//! The normalizer as a function of AWS Lambda: an event in, a run over the exports it is about, an account of it out.
//!
//! Owns what an event means, how much one invocation takes on, what its caller and its alarms are told. What a run does is
//! `kiro-ingest`'s business, how S3 is asked is `kiro-s3`'s.

mod answer;
mod config;
mod event;
mod handler;
mod invocation;
mod metrics;

pub use answer::{Answer, InvocationError};
pub use config::{Config, ConfigError};
pub use event::{Arrival, Event, EventError, Order};
pub use handler::{Clock, Normalizer, SourcePlace, Told};
pub use invocation::Invocation;
pub use metrics::Metrics;
