//! A file of a report.

use bytes::Bytes;
use sha2::{Digest as _, Sha256};

/// A file with its name below a destination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportFile {
    /// Folders are separated by `/`.
    pub name: String,
    pub content: Bytes,
    pub content_type: &'static str,
    /// What a browser does with it.
    pub content_disposition: String,
}

impl ReportFile {
    /// A page. A browser shows it, and saves it under its file name.
    pub fn html(name: String, content: impl Into<Bytes>) -> Self {
        Self::new(name, content.into(), "text/html; charset=utf-8", "inline")
    }

    /// A table. A browser saves it.
    pub fn csv(name: String, content: impl Into<Bytes>) -> Self {
        Self::new(
            name,
            content.into(),
            "text/csv; charset=utf-8",
            "attachment",
        )
    }

    /// A document for programs.
    pub(crate) fn json(name: String, content: impl Into<Bytes>) -> Self {
        Self::new(name, content.into(), "application/json", "inline")
    }

    /// The name without folders.
    pub fn file_name(&self) -> &str {
        file_name(&self.name)
    }

    fn new(name: String, content: Bytes, content_type: &'static str, disposition: &str) -> Self {
        // Names have letters, digits and `+-_.` alone: nothing to quote.
        let content_disposition = format!("{disposition}; filename=\"{}\"", file_name(&name));
        Self {
            name,
            content,
            content_type,
            content_disposition,
        }
    }
}

fn file_name(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or_default()
}

/// The SHA-256 of a content in hexadecimal digits.
pub fn sha256(content: &[u8]) -> String {
    hex::encode(Sha256::digest(content))
}
