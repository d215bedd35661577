//! `send-reports`: reads the environment, then answers one event after the other.

use std::process::ExitCode;
use std::sync::Arc;

use kiro_delivery::BucketDestination;
use kiro_delivery::mail::Ses;
use kiro_function::{Function, StartError, now, run, variable};
use kiro_ingest::ObjectStore;
use kiro_reports_lambda::{Config, DataCopy, InvocationError, ReportResponse, ReportSender};
use kiro_s3::{S3ClientFactory, S3Options, SdkConfigError};
use lambda_runtime::LambdaEvent;
use serde_json::Value;
use tokio::sync::Mutex;

#[tokio::main]
async fn main() -> ExitCode {
    run(Box::pin(async {
        let config = Config::read(variable).map_err(|error| StartError::config(&error))?;
        let sender = sender(config).await;
        Ok(SendReports(
            sender.map_err(|error| StartError::sdk(&error))?,
        ))
    }))
    .await
}

async fn sender(config: Config) -> Result<ReportSender, SdkConfigError> {
    let clients = S3ClientFactory::from_environment(S3Options::default()).await?;
    let destination = |url| Arc::new(BucketDestination::new(clients.bucket(url)));
    Ok(ReportSender {
        parts: Arc::new(clients.bucket(&config.parts)),
        names: config
            .map
            .as_ref()
            .map(|map| Arc::new(clients.bucket(map)) as Arc<dyn ObjectStore>),
        settings: destination(&config.settings),
        reports: destination(&config.reports),
        copy: Mutex::new(DataCopy::new(config.data)),
        mailer: Arc::new(Ses::new(clients.config())),
        clock: now,
        version: env!("CARGO_PKG_VERSION").to_owned(),
    })
}

/// The function.
struct SendReports(ReportSender);

impl Function for SendReports {
    type Response = ReportResponse;
    type Error = InvocationError;

    async fn handle(&self, event: LambdaEvent<Value>) -> Result<ReportResponse, InvocationError> {
        let outcome = self.0.handle(&event.payload).await;
        if let Err(error) = &outcome {
            tracing::error!(error = error.text(), "Invocation failed.");
        }
        outcome
    }
}
