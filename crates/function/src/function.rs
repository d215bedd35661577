//! A function from its start to its end.

use std::fmt::{Debug, Display};
use std::process::ExitCode;
use std::sync::Arc;

use lambda_runtime::{Diagnostic, LambdaEvent, service_fn};
use serde::Serialize;
use serde_json::Value;

use crate::log;

/// What a binary does with an event.
pub trait Function: Send + Sync + 'static {
    type Response: Serialize + Send;
    type Error: Into<Diagnostic> + Debug + Send;

    /// Handles one event. Events come one after the other, so the future need not be `Send`.
    fn handle(
        &self,
        event: LambdaEvent<Value>,
    ) -> impl Future<Output = Result<Self::Response, Self::Error>>;
}

/// Why a function did not start.
#[derive(Debug)]
pub enum StartError {
    /// The environment is wrong: all problems.
    Config(String),
    /// The SDK's configuration could not be loaded.
    Sdk(String),
}

impl StartError {
    pub fn config(error: &impl Display) -> Self {
        Self::Config(error.to_string())
    }

    pub fn sdk(error: &impl Display) -> Self {
        Self::Sdk(error.to_string())
    }
}

/// Starts the log and the function, then answers one event after the other until Lambda ends the process.
pub async fn run<F: Function>(start: impl Future<Output = Result<F, StartError>>) -> ExitCode {
    log::start();
    let function = match start.await {
        Ok(function) => Arc::new(function),
        Err(StartError::Config(error)) => {
            tracing::error!(error, "Configuration is wrong.");
            return ExitCode::FAILURE;
        }
        Err(StartError::Sdk(error)) => {
            tracing::error!(error, "SDK configuration not loaded.");
            return ExitCode::FAILURE;
        }
    };
    let served = lambda_runtime::run(service_fn(move |event: LambdaEvent<Value>| {
        let function = Arc::clone(&function);
        async move { function.handle(event).await }
    }));
    match served.await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "Runtime failed.");
            ExitCode::FAILURE
        }
    }
}
