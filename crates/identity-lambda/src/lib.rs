//! The identity map as a function of AWS Lambda: reads which users occur in the data, asks the directory and the roster for
//! them, and replaces the map.
//!
//! Owns the index of the users of the data, the state beside the map and the order of the writes. `kiro-people` owns the
//! merge, `kiro-directory` the calls to IAM Identity Center, `kiro-s3` the requests to S3. Logs and responses have counts,
//! never names.

mod config;
mod directory_source;
mod error;
mod event;
mod mapper;
mod objects;
mod part_users;
mod response;
mod state;
mod user_index;

pub use config::{Config, ConfigError, RosterUrl};
pub use directory_source::{DirectorySource, IdentityCenter};
pub use error::InvocationError;
pub use event::{EventError, RunRequest};
pub use mapper::{Clock, IdentityMapper, MAP_KEY, RosterObject, STATE_KEY};
pub use objects::Objects;
pub use response::{MapResponse, MapStatus};
