//! Answers of `CloudWatch`, whose protocol is CBOR.

use serde_json::Value;

use crate::server::Given;

pub(crate) fn cbor(status: u16, body: &Value) -> Given {
    let mut bytes = Vec::new();
    encode(body, &mut bytes);
    Given {
        status,
        headers: vec![("smithy-protocol", "rpc-v2-cbor".to_owned())],
        body: bytes,
    }
}

/// CBOR (RFC 8949) of a JSON value.
fn encode(value: &Value, bytes: &mut Vec<u8>) {
    match value {
        Value::Null => bytes.push(0xf6),
        Value::Bool(value) => bytes.push(if *value { 0xf5 } else { 0xf4 }),
        Value::Number(number) => {
            if let Some(number) = number.as_u64() {
                encode_head(0, number, bytes);
            } else {
                bytes.push(0xfb);
                bytes.extend(number.as_f64().unwrap().to_be_bytes());
            }
        }
        Value::String(text) => {
            encode_head(3, text.len() as u64, bytes);
            bytes.extend(text.as_bytes());
        }
        Value::Array(items) => {
            encode_head(4, items.len() as u64, bytes);
            for item in items {
                encode(item, bytes);
            }
        }
        Value::Object(members) => {
            encode_head(5, members.len() as u64, bytes);
            for (name, member) in members {
                encode(&Value::from(name.as_str()), bytes);
                encode(member, bytes);
            }
        }
    }
}

/// The major type, and a number or a length.
fn encode_head(major: u8, number: u64, bytes: &mut Vec<u8>) {
    bytes.push((major << 5) | 0x1b);
    bytes.extend(number.to_be_bytes());
}
