//! Counts the SDK's retries, which it does not report.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeSerializationInterceptorContextRef, BeforeTransmitInterceptorContextRef,
};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;

/// Counts calls and attempts of a client. Clones share the numbers.
#[derive(Debug, Clone, Default)]
pub(crate) struct RequestCounter(Arc<Numbers>);

#[derive(Debug, Default)]
struct Numbers {
    calls: AtomicU64,
    attempts: AtomicU64,
}

impl RequestCounter {
    /// Attempts after the first one of each call.
    pub(crate) fn retries(&self) -> u64 {
        let attempts = self.0.attempts.load(Ordering::Relaxed);
        attempts.saturating_sub(self.0.calls.load(Ordering::Relaxed))
    }
}

impl Intercept for RequestCounter {
    fn name(&self) -> &'static str {
        "RequestCounter"
    }

    fn read_before_execution(
        &self,
        _context: &BeforeSerializationInterceptorContextRef<'_>,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.0.calls.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    fn read_before_attempt(
        &self,
        _context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.0.attempts.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}
