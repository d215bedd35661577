//! The body for a workflow of Microsoft Teams: a message with one Adaptive Card.

use serde_json::{Value, json};

use super::digest::{Digest, Line};

/// Teams takes messages of about 28 KB. A text block adds about 70 bytes to its text.
const MAX_BYTES: usize = 6_000;

pub(super) fn body(digest: &Digest) -> Value {
    let title = json!({"type": "TextBlock", "text": escaped(&digest.subject), "weight": "Bolder", "size": "Medium", "wrap": true});
    let lines = digest.lines(MAX_BYTES).into_iter().map(|line| match line {
        Line::Heading(heading) => json!({"type": "TextBlock", "text": escaped(heading), "weight": "Bolder", "wrap": true}),
        Line::Sentence(sentence) => {
            json!({"type": "TextBlock", "text": escaped(sentence), "wrap": true, "spacing": "Small"})
        }
        Line::Left(left) => json!({"type": "TextBlock", "text": left, "isSubtle": true, "wrap": true}),
    });
    let blocks: Vec<Value> = std::iter::once(title).chain(lines).collect();
    json!({
        "type": "message",
        "attachments": [{
            "contentType": "application/vnd.microsoft.card.adaptive",
            "contentUrl": null,
            "content": {
                "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                "type": "AdaptiveCard",
                "version": "1.4",
                "body": blocks,
                "msteams": {"width": "Full"},
            },
        }],
    })
}

/// A text block reads Markdown: links, lists and emphasis.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        if matches!(letter, '\\' | '*' | '_' | '[' | ']' | '`' | '~') {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
}
