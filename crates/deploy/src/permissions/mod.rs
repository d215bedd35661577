//! What a deployer must be allowed: one list, from which come the policy that people attach, the page that explains it, the
//! check of `preflight`, and what the end-to-end tests compare calls with.
//!
//! Owns which action is needed on which resource, under which condition, and why. Makes no call.

mod action;
mod list;
mod page;
mod policy;
mod scope;
mod statement;

pub use action::{FREE_CALLS, action_of_call};
pub use page::render_page;
pub use policy::{DOCUMENT_LIMIT_CHARACTERS, policy_documents};
pub use scope::{ExportLocation, PolicyScope};
pub use statement::{Condition, Grant, Resource, Source, Statement, statements};
