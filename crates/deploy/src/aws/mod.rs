//! The only place that talks to AWS: one untyped call for every service, and what its errors mean.
//!
//! Requests go through the SDK's own orchestrator (credentials, signatures, retries, timeouts, endpoints). Bodies are JSON
//! values on both sides, whatever the service speaks, so no service crate has to be built.

mod account;
mod bucket;
mod call;
mod clients;
mod context;
mod denial;
mod document;
mod error;
mod fields;
mod listing;
mod service;
mod tuning;
mod wire;
mod xml;

pub use account::{Aws, AwsAddress, Caller};
pub use bucket::{BucketHead, Buckets, ObjectHead};
pub use call::{Answer, JsonCall, Method, is_mutating};
pub use clients::Clients;
pub use context::{Context, Optional};
pub(crate) use document::{ResponseDocument, json_body};
pub use error::{AwsError, AwsErrorKind};
pub use fields::Fields;
pub use listing::{ListedObject, Listing, Page};
pub use service::{Protocol, Scope, Service, services};
pub use tuning::{AwsTuning, Polling};
