//! `follow-up`: reads the environment, then answers one event after the other.

use std::process::ExitCode;
use std::sync::Arc;

use kiro_follow_up_lambda::{
    Config, FollowUp, ImportTask, InvocationError, QuickSightImports, Response,
};
use kiro_function::{Function, StartError, now, run, variable};
use lambda_runtime::LambdaEvent;
use serde_json::Value;

#[tokio::main]
async fn main() -> ExitCode {
    run(Box::pin(async {
        let config = Config::read(variable).map_err(|error| StartError::config(&error))?;
        let imports = QuickSightImports::from_environment(&config.account).await;
        let imports = imports.map_err(|error| StartError::sdk(&error))?;
        let import_task = ImportTask {
            imports: Arc::new(imports),
            data_sets: config.data_sets,
            rules_data_set: config.rules_data_set,
            max_imports_a_day: config.max_imports_a_day,
            clock: now,
        };
        Ok(AfterRun(FollowUp {
            tasks: vec![Box::new(import_task)],
        }))
    }))
    .await
}

/// The function.
struct AfterRun(FollowUp);

impl Function for AfterRun {
    type Response = Response;
    type Error = InvocationError;

    async fn handle(&self, event: LambdaEvent<Value>) -> Result<Response, InvocationError> {
        let outcome = self.0.handle(&event.payload).await;
        if let Err(error) = &outcome {
            tracing::error!(%error, "Invocation failed.");
        }
        outcome
    }
}
