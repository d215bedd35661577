//! The topic, the secret and the state, in memory.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use futures::future::BoxFuture;
use kiro_alerts::{RetryPolicy, StateError, StateStore, StoredState, WebhookFormat};
use kiro_s3::http_client;

use crate::call_error::{CallError, CallErrorKind};
use crate::secret_webhook::{Secret, WebhookSender};
use crate::topic::Topic;

/// Subjects and bodies.
type Published = Vec<(String, String)>;

#[derive(Default)]
pub(super) struct FakeTopic {
    published: Mutex<Published>,
    refuses: Mutex<bool>,
}

impl FakeTopic {
    pub(super) fn published(&self) -> Published {
        self.published.lock().unwrap().clone()
    }

    pub(super) fn refuses(&self, refuses: bool) {
        *self.refuses.lock().unwrap() = refuses;
    }
}

#[async_trait]
impl Topic for FakeTopic {
    async fn publish(&self, subject: &str, body: String) -> Result<(), CallError> {
        if *self.refuses.lock().unwrap() {
            return Err(CallError {
                call: "sns:Publish",
                kind: CallErrorKind::Denied("no (AuthorizationError)".to_owned()),
            });
        }
        self.published
            .lock()
            .unwrap()
            .push((subject.to_owned(), body));
        Ok(())
    }
}

struct FakeSecret(String);

#[async_trait]
impl Secret for FakeSecret {
    async fn text(&self) -> Result<Option<String>, CallError> {
        Ok(Some(self.0.clone()))
    }
}

/// A webhook with this secret, without retries.
pub(super) fn webhook_sender(secret: &str, format: WebhookFormat) -> WebhookSender {
    WebhookSender {
        secret: Arc::new(FakeSecret(secret.to_owned())),
        format,
        http_client: http_client(None),
        retries: RetryPolicy {
            max_attempts: 1,
            first_delay: Duration::ZERO,
            max_delay: Duration::ZERO,
        },
    }
}

/// Objects with numbered versions.
#[derive(Default)]
pub(super) struct MemoryState(Mutex<BTreeMap<String, (u64, Vec<u8>)>>);

impl MemoryState {
    pub(super) fn content(&self) -> BTreeMap<String, String> {
        let objects = self.0.lock().unwrap();
        let texts = objects.iter().map(|(name, (_, content))| {
            (name.clone(), String::from_utf8(content.clone()).unwrap())
        });
        texts.collect()
    }
}

impl StateStore for MemoryState {
    fn read<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<StoredState>, StateError>> {
        Box::pin(async move {
            // Others run between reading and writing.
            tokio::task::yield_now().await;
            let objects = self.0.lock().unwrap();
            Ok(objects.get(name).map(|(version, content)| StoredState {
                content: content.clone(),
                version: version.to_string(),
            }))
        })
    }

    fn replace<'a>(
        &'a self,
        name: &'a str,
        content: Vec<u8>,
        expected: Option<&'a str>,
    ) -> BoxFuture<'a, Result<bool, StateError>> {
        Box::pin(async move {
            tokio::task::yield_now().await;
            let mut objects = self.0.lock().unwrap();
            let current = objects.get(name).map(|(version, _)| *version);
            if current.map(|version| version.to_string()).as_deref() != expected {
                return Ok(false);
            }
            objects.insert(name.to_owned(), (current.unwrap_or_default() + 1, content));
            Ok(true)
        })
    }
}
