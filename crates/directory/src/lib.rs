//! IAM Identity Center as a source of names.
//!
//! Reads users, groups and members by the AWS SDK into the types of `kiro-people`: paged, below the published request rate,
//! with another Region or role if configured. Keeps id, user name, display name and address of a user and nothing else.
//! Merges nothing, stores nothing, and puts no name or address into an error or into debug output.

mod answer;
mod call_error;
mod call_error_kind;
mod call_target;
mod deciding_policy;
mod denial;
mod error;
mod groups;
mod identity_store_id;
mod instances;
mod options;
mod page_token;
mod policy_statement;
mod probe;
mod progress;
mod reader;
mod request_counter;
mod request_pacer;
mod role;
mod session;
mod user_selection;
mod users;

pub use answer::DirectoryAnswer;
pub use call_error::CallError;
pub use call_error_kind::CallErrorKind;
pub use call_target::CallTarget;
pub use deciding_policy::DecidingPolicy;
pub use denial::Denial;
pub use error::DirectoryError;
pub use options::{DirectoryOptions, OptionsError, RequestLimits, RoleOptions};
pub use policy_statement::PolicyStatement;
pub use probe::{DirectoryAddress, find_directory, probe_directory};
pub use progress::{NoProgress, Progress, ReadCounts};
pub use reader::read_directory;
pub use user_selection::{MAX_DESCRIBED_USERS, UserSelection};
