//! Webhooks over HTTP: accepted, refused, busy, away.

use std::error::Error;
use std::net::TcpListener;
use std::time::Duration;

use kiro_alerts::{
    Digest, RetryPolicy, Webhook, WebhookError, WebhookErrorKind, WebhookFormat, WebhookUrl,
};
use kiro_s3::http_client;

use crate::fixture::one_of_each;
use crate::receiver::{Answer, Receiver};

const SECRET: &str = "T0/B0/SECRET?sig=SECRET";

fn webhook(address: impl std::fmt::Display) -> Webhook {
    let url = WebhookUrl::new(&format!("http://{address}/{SECRET}")).unwrap();
    Webhook::new(url, WebhookFormat::Slack, http_client(None)).with_retries(RetryPolicy {
        max_attempts: 3,
        first_delay: Duration::ZERO,
        max_delay: Duration::ZERO,
    })
}

async fn send(answers: &'static [Answer]) -> (Receiver, Result<(), WebhookError>) {
    let receiver = Receiver::start(answers);
    let digest = Digest::new(one_of_each()).unwrap();
    let sent = webhook(receiver.address).send(&digest).await;
    (receiver, sent)
}

fn assert_keeps_secret(error: &WebhookError) {
    let mut texts = vec![format!("{error:?}"), error.to_string()];
    let mut cause: &dyn Error = error;
    while let Some(source) = cause.source() {
        texts.push(source.to_string());
        cause = source;
    }
    assert!(
        texts.iter().all(|text| !text.contains("SECRET")),
        "{texts:?}"
    );
    assert!(texts[1].contains("`127.0.0.1`"), "{texts:?}");
}

#[tokio::test]
async fn a_message_is_posted_whole_to_the_whole_address() {
    let (receiver, sent) = send(&["200 OK"]).await;
    sent.unwrap();
    let requests = receiver.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].line, format!("POST /{SECRET} HTTP/1.1"));
    assert!(
        requests[0]
            .headers
            .contains(&"content-type: application/json".to_owned())
    );
    let digest = Digest::new(one_of_each()).unwrap();
    assert_eq!(requests[0].body, digest.webhook_body(WebhookFormat::Slack));
}

#[tokio::test]
async fn teams_accepts_with_202() {
    let (receiver, sent) = send(&["202 Accepted"]).await;
    sent.unwrap();
    assert_eq!(receiver.requests().len(), 1);
}

#[tokio::test]
async fn a_busy_webhook_is_asked_again() {
    for answers in [
        &["500 Internal Server Error", "200 OK"] as &'static [Answer],
        &[
            "429 Too Many Requests\r\nRetry-After: 3600",
            "503 Busy",
            "200 OK",
        ],
    ] {
        let (receiver, sent) = send(answers).await;
        sent.unwrap();
        let requests = receiver.requests();
        assert_eq!(requests.len(), answers.len());
        assert_eq!(requests[0].body, requests[1].body);
    }
}

#[tokio::test]
async fn a_webhook_that_stays_busy_is_given_up() {
    let (receiver, sent) = send(&["502 Bad Gateway"]).await;
    let error = sent.unwrap_err();
    assert_eq!(error.kind, WebhookErrorKind::Status { status: 502 });
    assert_eq!(receiver.requests().len(), 3);
    assert_keeps_secret(&error);
}

#[tokio::test]
async fn a_refusal_is_final() {
    let (receiver, sent) = send(&["404 Not Found", "200 OK"]).await;
    let error = sent.unwrap_err();
    assert_eq!(error.kind, WebhookErrorKind::Status { status: 404 });
    assert_eq!(receiver.requests().len(), 1);
    assert!(error.kind.hint().contains("alert_webhook_url"));
    assert_keeps_secret(&error);
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let other = Receiver::start(&["200 OK"]);
    let location = format!("302 Found\r\nLocation: http://{}/{SECRET}", other.address);
    let answers: &'static [Answer] = Box::leak(Box::new([&*Box::leak(location.into_boxed_str())]));
    let (receiver, sent) = send(answers).await;
    let error = sent.unwrap_err();
    assert_eq!(error.kind, WebhookErrorKind::Redirect { status: 302 });
    assert_eq!(receiver.requests().len(), 1);
    assert!(other.requests().is_empty());
    assert_keeps_secret(&error);
}

#[tokio::test]
async fn an_unreachable_webhook_names_its_host_and_the_reason() {
    // A port that is free again.
    let address = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let digest = Digest::new(one_of_each()).unwrap();
    let error = webhook(address).send(&digest).await.unwrap_err();
    assert!(
        matches!(&error.kind, WebhookErrorKind::Unreachable { cause } if cause.contains("refused")),
        "{error:?}"
    );
    assert_keeps_secret(&error);
}
