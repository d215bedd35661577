//! The settings of all commands.
//!
//! Every setting is declared once, in `declarations.rs`: key, type, default, environment variables, meaning, and how a deployed
//! stack remembers it. Plans, prices and thresholds are declared in `kiro_catalog::Settings`. [`Layers`] merges flags, environment,
//! file, the deployed stack and defaults, in this order, and records the origin of each value. Reads no environment and calls
//! nothing: callers pass variables, the file's text and the stack's parameters.

mod check;
mod choice;
mod config;
mod declarations;
mod environment;
mod file;
mod layers;
mod problem;
mod reference;
mod remembered;
mod resolved;
mod sample;
mod schedule;
mod secret_id;
mod setting;
mod value;
mod views;

pub use choice::{
    Architecture, LakeFormation, Language, MailTransport, ReportFormat, ReportSchedule, RowRules,
    Theme, WebhookFormat,
};
pub use config::SourceFolder;
pub use declarations::Config;
pub use environment::misspelled_variables;
pub use file::ConfigFile;
pub use layers::{Flag, Layers, StackAddress};
pub use problem::{Origin, Problem, Problems};
pub use reference::{example_file, settings_page};
pub use remembered::{REMEMBERED, Remembered, StackParameters};
pub use resolved::Resolved;
pub use setting::{Persistence, Scope, Setting, deployment_settings, setting};
pub use value::{Kind, is_empty, parse_flag};
