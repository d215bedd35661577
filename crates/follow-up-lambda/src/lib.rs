//! What follows a run of the normalizer, as a function of AWS Lambda: the event of a finished run in, tasks in order, a response out.
//!
//! Owns the meaning of these events, the tasks and their order, and the rules for imports into Amazon Quick Sight. Knows no export and no
//! row.

mod config;
mod error;
mod event;
mod follow_up;
mod import_service;
mod import_task;
mod quicksight_imports;
mod response;

pub use config::{Config, ConfigError};
pub use error::{ImportError, ImportErrorKind, InvocationError, TaskError};
pub use event::{EventError, FinishedRun};
pub use follow_up::{FollowUp, Task};
pub use import_service::{ImportService, KnownImport, Started};
pub use import_task::ImportTask;
pub use quicksight_imports::QuickSightImports;
pub use response::{ImportCounts, Response, TaskReport};
