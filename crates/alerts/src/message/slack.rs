//! The body of an incoming webhook of Slack: `text` for notifications, `blocks` for the message.

use serde_json::{Value, json};

use super::digest::{Digest, Line};

/// Slack refuses a message whose blocks have more than about 13,000 letters together, and a section with more than 3,000.
const MAX_BYTES: usize = 9_000;
const MAX_SECTION_BYTES: usize = 2_900;

pub(super) fn body(digest: &Digest) -> Value {
    let mut sections = vec![String::new()];
    for line in digest.lines(MAX_BYTES) {
        let (text, is_new) = match line {
            Line::Heading(heading) => (format!("*{}*", escaped(heading)), true),
            Line::Sentence(sentence) => (format!("• {}", escaped(sentence)), false),
            Line::Left(left) => (escaped(&left), true),
        };
        match sections.last_mut() {
            Some(section) if !is_new && section.len() + text.len() < MAX_SECTION_BYTES => {
                section.push('\n');
                section.push_str(&text);
            }
            Some(section) if section.is_empty() => *section = text,
            _ => sections.push(text),
        }
    }
    let header = json!({"type": "header", "text": {"type": "plain_text", "text": digest.subject}});
    let sections = sections.into_iter().map(|text| {
        // Without `verbatim`, Slack turns names of channels and addresses into links.
        json!({"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": true}})
    });
    let blocks: Vec<Value> = std::iter::once(header).chain(sections).collect();
    json!({"text": digest.subject, "blocks": blocks})
}

/// Slack reads `<…>` as a link or a mention, and `&…;` as a character.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
