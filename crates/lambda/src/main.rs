//! `normalize-report`: reads the environment, then answers one event after the other.

use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;

use chrono::DateTime;
use kiro_function::{Function, StartError, now, run, variable};
use kiro_ingest::ObjectStore;
use kiro_lambda::{
    Config, Invocation, InvocationError, Metrics, Normalizer, RunResponse, SourceBucket,
};
use kiro_s3::{S3ClientFactory, S3Options, S3Url, SdkConfigError};
use lambda_runtime::LambdaEvent;
use serde_json::Value;

#[tokio::main]
async fn main() -> ExitCode {
    run(Box::pin(async {
        let config = Config::read(variable).map_err(|error| StartError::config(&error))?;
        let normalizer = normalizer(&config).await;
        let normalizer = normalizer.map_err(|error| StartError::sdk(&error))?;
        Ok(NormalizeReport(normalizer))
    }))
    .await
}

async fn normalizer(config: &Config) -> Result<Normalizer, SdkConfigError> {
    let clients = S3ClientFactory::from_environment(S3Options::default()).await?;
    let open = |url: &S3Url| Arc::new(clients.bucket(url)) as Arc<dyn ObjectStore>;
    let sources = config.sources.iter().map(|url| SourceBucket {
        url: url.clone(),
        store: open(url),
    });
    Ok(Normalizer::new(
        sources.collect(),
        open(&config.destination),
        config,
        now,
    ))
}

/// The function.
struct NormalizeReport(Normalizer);

impl Function for NormalizeReport {
    type Response = RunResponse;
    type Error = InvocationError;

    async fn handle(&self, event: LambdaEvent<Value>) -> Result<RunResponse, InvocationError> {
        let LambdaEvent { payload, context } = event;
        let invocation = Invocation {
            request_id: context.request_id,
            started: now(),
            deadline: i64::try_from(context.deadline)
                .ok()
                .filter(|deadline| *deadline > 0)
                .and_then(DateTime::from_timestamp_millis),
        };
        let outcome = self.0.handle(payload, &invocation).await;
        if let Some(summary) = &outcome.summary {
            let metrics = Metrics {
                function: &context.env_config.function_name,
                summary,
                started: invocation.started,
                finished: now(),
            };
            // CloudWatch reads the metrics from the log. A failed write cannot be reported anywhere.
            writeln!(std::io::stdout(), "{}", metrics.line()).unwrap_or_default();
        }
        outcome.result
    }
}
