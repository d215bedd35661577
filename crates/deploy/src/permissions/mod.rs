//! The permissions of a deployer: one list, the source of the printed policy, of the page that explains it, of the check in
//! `preflight`, and of the calls that the end-to-end tests allow.
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
