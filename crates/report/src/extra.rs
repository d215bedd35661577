//! The cells of unknown columns, as one JSON object in the order of the header.

use std::fmt::Write as _;

/// Builds the object of each row in one buffer.
#[derive(Debug, Default)]
pub(crate) struct ExtraBuilder {
    json: String,
}

impl ExtraBuilder {
    pub(crate) fn clear(&mut self) {
        self.json.clear();
    }

    /// Adds a member.
    pub(crate) fn add(&mut self, name: &str, value: &str) {
        self.json.push(if self.json.is_empty() { '{' } else { ',' });
        push_string(&mut self.json, name);
        self.json.push(':');
        push_string(&mut self.json, value);
    }

    /// The object; `None` if it has no members.
    pub(crate) fn finish(&mut self) -> Option<&str> {
        if self.json.is_empty() {
            return None;
        }
        self.json.push('}');
        Some(&self.json)
    }
}

/// Appends a quoted and escaped string (RFC 8259, section 7).
fn push_string(json: &mut String, text: &str) {
    json.push('"');
    for letter in text.chars() {
        match letter {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            '\n' => json.push_str("\\n"),
            '\r' => json.push_str("\\r"),
            '\t' => json.push_str("\\t"),
            control if control < ' ' => {
                // Writing to a string cannot fail.
                write!(json, "\\u{:04x}", u32::from(control)).ok();
            }
            letter => json.push(letter),
        }
    }
    json.push('"');
}

#[cfg(test)]
mod tests {
    use super::ExtraBuilder;

    #[test]
    fn extra_is_valid_json_in_header_order() {
        let nasty = "a \"b\" \\ \n\r\t\u{0}\u{1f}\u{7f} \u{e4}\u{1f600}";
        let mut extra = ExtraBuilder::default();
        assert_eq!(extra.finish(), None);
        extra.add("zebra", nasty);
        extra.add("ap\"ple", "1");
        let json = extra.finish().unwrap().to_owned();
        assert!(json.starts_with("{\"zebra\":"), "{json}");
        let read: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(read, serde_json::json!({"zebra": nasty, "ap\"ple": "1"}));
        extra.clear();
        assert_eq!(extra.finish(), None);
    }
}
