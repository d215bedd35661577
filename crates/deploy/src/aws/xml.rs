//! XML answers as JSON values.

use serde_json::{Map, Value};
use xmlparser::{ElementEnd, Token, Tokenizer};

/// An element that is being read.
#[derive(Default)]
struct Element {
    name: String,
    children: Vec<(String, Value)>,
    text: String,
}

/// The root element's content: elements are members, elements called `member` are the items of a list, all else is text.
/// `None` if it is no XML.
pub(crate) fn parse(text: &str) -> Option<Value> {
    let mut open: Vec<Element> = vec![Element::default()];
    for token in Tokenizer::from(text) {
        match token.ok()? {
            Token::ElementStart { local, .. } => open.push(Element {
                name: local.to_string(),
                ..Element::default()
            }),
            Token::ElementEnd { end, .. } if end != ElementEnd::Open => {
                let element = open.pop()?;
                let name = element.name.clone();
                open.last_mut()?.children.push((name, element.value()));
            }
            Token::Text { text } => open.last_mut()?.text.push_str(&unescaped(text.as_str())),
            Token::Cdata { text, .. } => open.last_mut()?.text.push_str(text.as_str()),
            _ => {}
        }
    }
    let root = open.pop()?;
    let is_whole = open.is_empty();
    let (_, value) = root.children.into_iter().next()?;
    is_whole.then_some(value)
}

impl Element {
    fn value(self) -> Value {
        if self.children.is_empty() {
            return Value::String(self.text);
        }
        if self.children.iter().all(|(name, _)| name == "member") {
            return self.children.into_iter().map(|(_, value)| value).collect();
        }
        Value::Object(self.children.into_iter().collect::<Map<_, _>>())
    }
}

fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        plain.push_str(before);
        let named = after
            .split_once(';')
            .and_then(|(name, after)| Some((character(name)?, after)));
        let (character, after) = named.unwrap_or(('&', after));
        plain.push(character);
        rest = after;
    }
    plain.push_str(rest);
    plain
}

fn character(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::parse;

    #[test]
    fn members_are_lists_and_elements_are_objects() {
        let text = "<?xml version=\"1.0\"?><R xmlns=\"x\"><DescribeResult><Stacks><member><Name>a &amp; b&#33;</Name><Tags/>\n\
                    </member><member><Name><![CDATA[<c>]]></Name></member></Stacks></DescribeResult></R>";
        let expected = json!({"DescribeResult": {"Stacks": [{"Name": "a & b!", "Tags": ""}, {"Name": "<c>"}]}});
        assert_eq!(parse(text), Some(expected));
    }

    #[test]
    fn what_is_no_xml_is_nothing() {
        for text in ["", "{}", "<a><b></a>", "<a", "oops"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
