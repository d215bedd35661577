//! The message of a day: one subject, groups of sentences, and its form for each channel.

mod body;
mod digest;
mod figure;
mod plain_text;
mod sentence;
mod slack;
mod teams;

pub use body::WebhookFormat;
pub use digest::{Digest, DigestGroup, MAX_SUBJECT_LETTERS};
