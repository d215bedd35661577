//! Access to AWS: the SDK's clients, made once from one configuration, and what their errors mean.
//!
//! Protocols, endpoints, signatures, retries and types are the SDK's. This module adds the caller's account and partition, one
//! error type that names call, resource, cause and next command, polling, and documents that go through a client as JSON.

mod account;
mod bucket;
mod clients;
mod context;
mod denial;
mod document;
mod error;
mod error_kind;
mod error_text;
mod listing;
mod polling;

pub use account::{Aws, Caller};
pub use bucket::{BucketHead, Buckets, ObjectHead, ObjectInfo};
pub use clients::Clients;
pub use context::{Context, Optional};
pub(crate) use document::{ResponseDocument, UntypedResponse, json_body};
pub use error::{AwsError, CallScope};
pub use error_kind::AwsErrorKind;
pub(crate) use error_text::spice_hint;
pub use kiro_s3::SdkOptions;
pub use listing::{ListedObject, Listing, Page};
pub use polling::{AwsTuning, Polling};
