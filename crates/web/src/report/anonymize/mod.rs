//! Anonymizes figures and picker options: keeps numbers, days and known terms, replaces every other text by a pseudonym.

mod anonymizer;
mod export_path;
mod pseudonyms;
mod words;

pub use pseudonyms::Pseudonyms;

pub(crate) use anonymizer::Anonymizer;
