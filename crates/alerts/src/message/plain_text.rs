//! The message for a mail or a terminal.

use super::digest::{Digest, Line};

/// Amazon SNS takes 262,144 bytes; the rest is for the lines around the alerts.
const MAX_BYTES: usize = 250_000;

pub(super) fn plain_text(digest: &Digest) -> String {
    let mut text = format!("As of {}\n", digest.as_of_date);
    for line in digest.lines(MAX_BYTES) {
        match line {
            Line::Heading(heading) => {
                text.push('\n');
                text.push_str(heading);
            }
            Line::Sentence(sentence) => {
                text.push_str("- ");
                text.push_str(sentence);
            }
            Line::Left(left) => text.push_str(&left),
        }
        text.push('\n');
    }
    text
}
