//! Errors on one line, for logs and lists of failures.

use std::error::Error;

use crate::printable;

/// An error and all its causes on one line.
pub fn error_chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    printable(&text).into_owned()
}
