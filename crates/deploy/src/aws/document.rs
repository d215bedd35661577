//! Requests and responses that are documents: made by the dashboard compiler, or compared as a whole with what was made.
//!
//! The SDK's types drop members that they do not know, and have no way back to JSON. A document is therefore sent in place of
//! the body that the SDK has written, before the request is signed, and read from the response as it came.

use std::sync::{Arc, Mutex, PoisonError};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::AfterDeserializationInterceptorContextRef;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::ConfigBag;
use serde_json::Value;

/// For `customize().mutate_request(…)`: sends this document instead of the SDK's body.
pub(crate) fn json_body(document: &Value) -> impl Fn(&mut HttpRequest) + Send + Sync + 'static {
    let body = document.to_string();
    move |request| {
        let headers = request.headers_mut();
        headers.insert("content-length", body.len().to_string());
        headers.insert("content-type", "application/json");
        *request.body_mut() = SdkBody::from(body.clone());
    }
}

/// For `customize().interceptor(…)`: keeps the response's body. Clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct ResponseDocument(Arc<Mutex<Value>>);

impl ResponseDocument {
    /// The body of the last response; null if there was none, or if it was no JSON.
    pub(crate) fn take(&self) -> Value {
        let mut body = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *body)
    }
}

#[aws_smithy_runtime_api::client::interceptors::dyn_dispatch_hint]
impl Intercept for ResponseDocument {
    fn name(&self) -> &'static str {
        "ResponseDocument"
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let bytes = context.response().body().bytes().unwrap_or_default();
        let document = serde_json::from_slice(bytes).unwrap_or_default();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = document;
        Ok(())
    }
}
