//! Calls of a function of the deployment.

use std::time::Duration;

use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::{LastUpdateStatus, State};
use aws_smithy_types::timeout::TimeoutConfig;
use serde_json::Value;

use crate::aws::Context;
use crate::progress::Progress;
use crate::step::{Deployment, ErrorCategory, StepError};

/// Read timeout of a call: Lambda stops a function after 15 minutes.
const READ_TIMEOUT: Duration = Duration::from_mins(16);
/// Maximum time until a new function is ready.
const READY_TIMEOUT: Duration = Duration::from_mins(5);

/// Calls a function and waits for its response.
///
/// # Errors
///
/// If the function cannot be called. An error of the function itself is a response.
pub(super) async fn invoke_function(
    deployment: &Deployment,
    function: &str,
    event: &Value,
) -> Result<Vec<u8>, StepError> {
    let timeouts = TimeoutConfig::builder().read_timeout(READ_TIMEOUT).build();
    let config = aws_sdk_lambda::config::Builder::new().timeout_config(timeouts);
    let call = deployment.aws.clients().lambda.invoke();
    let output = call
        .function_name(function)
        .payload(Blob::new(event.to_string()))
        .customize()
        .config_override(config)
        .send()
        .await
        .context(
            &deployment.aws,
            "lambda:Invoke",
            format!("function `{function}`"),
        )?;
    Ok(output.payload.map(Blob::into_inner).unwrap_or_default())
}

/// Waits until a function that was created or updated can be called.
///
/// # Errors
///
/// If Lambda reports that it failed, or if it is not ready in time.
pub(super) async fn wait_until_ready(
    deployment: &Deployment,
    function: &str,
    progress: &dyn Progress,
) -> Result<(), StepError> {
    let aws = &deployment.aws;
    let mut polling = aws.polling(READY_TIMEOUT);
    loop {
        let call = aws.clients().lambda.get_function_configuration();
        let found = call.function_name(function).send().await.context(
            aws,
            "lambda:GetFunctionConfiguration",
            format!("function `{function}`"),
        )?;
        let (state, update) = (&found.state, &found.last_update_status);
        let is_ready = matches!(state, Some(State::Active | State::Inactive) | None)
            && matches!(update, Some(LastUpdateStatus::Successful) | None);
        if is_ready {
            return Ok(());
        }
        if state == &Some(State::Failed) || update == &Some(LastUpdateStatus::Failed) {
            let reasons = [found.state_reason, found.last_update_status_reason];
            let reasons: Vec<String> = reasons.into_iter().flatten().collect();
            return Err(failed(function, &reasons.join(" ")));
        }
        progress.doing("waiting for the function to be ready");
        if !polling.again().await {
            return Err(failed(function, "it is not ready after five minutes"));
        }
    }
}

/// The error of a function that failed.
pub(super) fn failed(function: &str, reason: &str) -> StepError {
    StepError::failed(
        ErrorCategory::Aws,
        format!("function `{function}` failed: {reason}"),
        "`kiro-analytics logs` shows details; run the command again to continue",
    )
}
