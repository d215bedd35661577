//! What follows a run of the normalizer, as a function of AWS Lambda: the event of a finished run in, tasks in order, a response out.
//!
//! Owns the meaning of these events, the tasks and their order, the rules for imports into Amazon Quick Sight, and the way of alerts
//! from Athena to a topic and a webhook. Knows no export; what a row means is known to `kiro-alerts`.

mod alert_config;
mod alert_error;
mod alert_query;
mod alert_sender;
mod alert_task;
mod athena_queries;
mod call_error;
mod config;
mod error;
mod event;
mod follow_up;
mod import_service;
mod import_task;
mod query_service;
mod quicksight_imports;
mod response;
mod secret_webhook;
mod topic;

pub use alert_config::AlertConfig;
pub use alert_error::{AlertError, SendError};
pub use alert_sender::AlertSender;
pub use alert_task::{AlertChannel, AlertTask};
pub use athena_queries::AthenaQueries;
pub use call_error::{CallError, CallErrorKind};
pub use config::{Config, ConfigError};
pub use error::{ImportError, ImportErrorKind, InvocationError, TaskError};
pub use event::{EventError, FinishedRun};
pub use follow_up::{FollowUp, Task};
pub use import_service::{ImportService, KnownImport, Started};
pub use import_task::ImportTask;
pub use query_service::{QueryService, QueryState, ResultPage};
pub use quicksight_imports::QuickSightImports;
pub use response::{AlertCounts, ImportCounts, Response, TaskReport};
pub use secret_webhook::{Secret, StoredSecret, WebhookSender};
pub use topic::{SnsTopic, Topic, TopicSender};
