//! Requests and answers as the three protocols write them.

use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::error::metadata::{ErrorMetadata, ProvideErrorMetadata};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use super::call::{Answer, Method};
use super::fields::Fields;
use super::service::Protocol;
use super::xml;

const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// What is sent.
#[derive(Debug, Clone)]
pub(crate) struct Wire {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) content_type: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
}

/// A service said no.
#[derive(Debug, thiserror::Error)]
#[error("{}: {}", .meta.code().unwrap_or_default(), .meta.message().unwrap_or_default())]
pub(crate) struct Refusal {
    meta: ErrorMetadata,
}

/// An answer that is not what the protocol says.
#[derive(Debug, thiserror::Error)]
#[error("the answer is not {expected}")]
struct NotReadable {
    expected: &'static str,
}

impl ProvideErrorMetadata for Refusal {
    fn meta(&self) -> &ErrorMetadata {
        &self.meta
    }
}

pub(crate) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, UNRESERVED).to_string()
}

impl Wire {
    pub(crate) fn request(
        &self,
    ) -> Result<HttpRequest, aws_smithy_runtime_api::box_error::BoxError> {
        let mut request = http::Request::builder()
            .method(self.method.name())
            .uri(&self.path);
        if !self.content_type.is_empty() {
            request = request.header("content-type", &self.content_type);
        }
        if !self.body.is_empty() || self.method != Method::Get {
            request = request.header("content-length", self.body.len());
        }
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        let request = request.body(SdkBody::from(self.body.clone()))?;
        Ok(HttpRequest::try_from(request)?)
    }
}

/// The form of a query request: `Tags.member.1.Key=a`.
pub(crate) fn form(operation: &str, version: &str, body: &Value) -> Vec<u8> {
    let mut pairs = vec![
        ("Action".to_owned(), operation.to_owned()),
        ("Version".to_owned(), version.to_owned()),
    ];
    flatten(String::new(), body, &mut pairs);
    let pairs: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
        .collect();
    pairs.join("&").into_bytes()
}

fn flatten(name: String, value: &Value, pairs: &mut Vec<(String, String)>) {
    match value {
        Value::Object(members) => {
            for (member, value) in members {
                let name = if name.is_empty() {
                    member.clone()
                } else {
                    format!("{name}.{member}")
                };
                flatten(name, value, pairs);
            }
        }
        Value::Array(items) if items.is_empty() => pairs.push((name, String::new())),
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                flatten(format!("{name}.member.{}", index + 1), value, pairs);
            }
        }
        Value::String(text) => pairs.push((name, text.clone())),
        Value::Bool(_) | Value::Number(_) => pairs.push((name, value.to_string())),
        Value::Null => {}
    }
}

/// The answer as JSON, or the refusal.
pub(crate) fn answer(
    protocol: Protocol,
    operation: &str,
    response: &HttpResponse,
) -> Result<Answer, OrchestratorError<Refusal>> {
    let status = response.status().as_u16();
    let bytes = response.body().bytes().unwrap_or_default();
    let text = String::from_utf8_lossy(bytes);
    let body = match protocol {
        Protocol::Query { .. } => xml::parse(&text),
        Protocol::Json { .. } | Protocol::Rest if text.trim().is_empty() => Some(Value::Null),
        Protocol::Json { .. } | Protocol::Rest => serde_json::from_str(&text).ok(),
    };
    if !response.status().is_success() {
        let body = body.unwrap_or_default();
        let header = response.headers().get("x-amzn-errortype");
        return Err(OrchestratorError::operation(Refusal {
            meta: metadata(status, header, &body, &text),
        }));
    }
    let expected = match protocol {
        Protocol::Query { .. } => "XML",
        Protocol::Json { .. } | Protocol::Rest => "JSON",
    };
    let body = body.ok_or_else(|| OrchestratorError::other(NotReadable { expected }))?;
    let body = match body.get(format!("{operation}Result")) {
        Some(result) if matches!(protocol, Protocol::Query { .. }) => result.clone(),
        Some(_) | None => body,
    };
    let headers = response.headers().iter();
    Ok(Answer {
        headers: headers
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        body,
    })
}

fn metadata(status: u16, header: Option<&str>, body: &Value, text: &str) -> ErrorMetadata {
    let codes = [
        header.unwrap_or_default(),
        body.text("__type"),
        body.text("Error/Code"),
        body.text("code"),
        body.text("Code"),
    ];
    let code = codes.into_iter().find(|code| !code.is_empty());
    // `com.amazonaws.glue#EntityNotFoundException` and `AccessDeniedException:http://…` are both written.
    let code = code.map_or_else(
        || status.to_string(),
        |code| {
            let code = code.split(':').next().unwrap_or(code);
            code.rsplit('#').next().unwrap_or(code).to_owned()
        },
    );
    let messages = [
        "message",
        "Message",
        "Error/Message",
        "errorMessage",
        "error_description",
    ];
    let message = messages
        .into_iter()
        .map(|name| body.text(name))
        .find(|message| !message.is_empty());
    let message = message.map_or_else(
        || {
            let start: String = text.trim().chars().take(200).collect();
            if start.is_empty() {
                format!("status {status} without a reason")
            } else {
                start
            }
        },
        str::to_owned,
    );
    ErrorMetadata::builder().code(code).message(message).build()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_form_numbers_the_items_of_its_lists() {
        let body = json!({"StackName": "a b", "Tags": [{"Key": "k", "Value": "x&y"}], "Yes": true, "No": null, "E": []});
        let form = String::from_utf8(form("CreateChangeSet", "2010-05-15", &body)).unwrap();
        let pairs: Vec<&str> = form.split('&').collect();
        assert_eq!(
            pairs,
            [
                "Action=CreateChangeSet",
                "Version=2010-05-15",
                "E=",
                "StackName=a%20b",
                "Tags.member.1.Key=k",
                "Tags.member.1.Value=x%26y",
                "Yes=true"
            ]
        );
    }

    #[test]
    fn a_refusal_is_read_from_wherever_the_service_writes_it() {
        let cases = [
            (
                Some("ThrottlingException:http://x"),
                json!({"message": "slow"}),
                "ThrottlingException",
                "slow",
            ),
            (
                None,
                json!({"__type": "com.amazonaws.glue#EntityNotFoundException", "Message": "no"}),
                "EntityNotFoundException",
                "no",
            ),
            (
                None,
                json!({"Error": {"Code": "NoSuchEntity", "Message": "gone"}}),
                "NoSuchEntity",
                "gone",
            ),
            (None, json!(null), "418", "plain text"),
        ];
        for (header, body, code, message) in cases {
            let meta = metadata(418, header, &body, "plain text");
            assert_eq!(
                (meta.code(), meta.message()),
                (Some(code), Some(message)),
                "{body}"
            );
        }
    }
}
