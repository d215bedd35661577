//! Alerts: what is worth a message, each sent once per person and cycle.
//!
//! Owns the statements over the views, their rows as alerts, the message of a day in all its forms, and the state that says what was
//! sent. Runs no SQL and publishes nothing: callers bring rows, a store and, for mail, a topic. The feature `network` adds webhooks and
//! the state in a bucket. Reads no clock and no environment.

mod alert;
mod deliver;
mod late_data;
mod message;
mod number;
mod rows;
mod state;
#[cfg(feature = "network")]
mod webhook;
mod webhook_url;

pub use alert::{Alert, AllowanceLevel, DataSource, Event, Person};
pub use deliver::{Delivery, DeliveryError, deliver};
pub use message::{Digest, DigestGroup, MAX_SUBJECT_LETTERS, WebhookFormat};
pub use rows::{AlertRows, RowError, Statement};
#[cfg(feature = "network")]
pub use state::BucketState;
pub use state::{AlertState, Claim, FolderState, StateError, StateStore, StoredState};
#[cfg(feature = "network")]
pub use webhook::{RetryPolicy, Webhook, WebhookError, WebhookErrorKind};
pub use webhook_url::{WebhookUrl, WebhookUrlError};
