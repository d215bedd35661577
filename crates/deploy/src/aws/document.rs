//! Requests and responses as JSON documents: the dashboard compiler writes them, and descriptions are compared as a whole.
//!
//! The SDK's types drop unknown members and cannot be serialized to JSON. A document therefore replaces the SDK's request body
//! before the request is signed, and is read from the raw response.

use std::sync::{Arc, Mutex, PoisonError};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    AfterDeserializationInterceptorContextRef, BeforeDeserializationInterceptorContextMut,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::ConfigBag;
use bytes::Bytes;
use http_body::Frame;
use http_body_util::BodyExt;
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
    /// The body of the last response; null if there was none, or if it was not JSON.
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

/// For `customize().interceptor(…)`: keeps the response's body and hands an empty document to the SDK. Clones share it.
///
/// For definitions of dashboards: their types are so deep that an unoptimised SDK needs more than four megabytes of stack to
/// read one, and the typed result is not used. The SDK still reads errors.
#[derive(Debug, Clone, Default)]
pub(crate) struct UntypedResponse(Arc<Mutex<Vec<u8>>>);

impl UntypedResponse {
    /// The body of the last response; null if there was none, or if it was not JSON.
    pub(crate) fn take(&self) -> Value {
        let mut body = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        serde_json::from_slice(&std::mem::take(&mut *body)).unwrap_or_default()
    }
}

#[aws_smithy_runtime_api::client::interceptors::dyn_dispatch_hint]
impl Intercept for UntypedResponse {
    fn name(&self) -> &'static str {
        "UntypedResponse"
    }

    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let response = context.response_mut();
        if !response.status().is_success() {
            return Ok(());
        }
        let kept = Arc::clone(&self.0);
        let mut is_first = true;
        let body = response
            .take_body()
            .map_frame(move |frame| match frame.into_data() {
                Ok(data) => {
                    let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                    if std::mem::take(&mut is_first) {
                        // An earlier attempt may have ended within its body.
                        kept.clear();
                        kept.extend_from_slice(&data);
                        Frame::data(Bytes::from_static(b"{}"))
                    } else {
                        kept.extend_from_slice(&data);
                        Frame::data(Bytes::new())
                    }
                }
                Err(trailers) => trailers,
            });
        *response.body_mut() = SdkBody::from_body_1_x(body);
        Ok(())
    }
}
