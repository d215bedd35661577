//! `normalize-report`: reads the environment, then answers one event after the other.

use std::io::Write;
use std::process::ExitCode;
use std::str::FromStr;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use kiro_ingest::ObjectStore;
use kiro_lambda::{
    Config, Invocation, InvocationError, LOG_LEVEL, Metrics, Normalizer, RunResponse, SourceBucket,
};
use kiro_s3::{S3ClientFactory, S3Options, S3Url, SdkConfigError};
use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::Value;
use tracing_subscriber::filter::LevelFilter;

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_target(false)
        .with_max_level(log_level())
        .init();
    let config = match Config::read(variable) {
        Ok(config) => config,
        Err(error) => {
            tracing::error!(%error, "Configuration is wrong.");
            return ExitCode::FAILURE;
        }
    };
    let normalizer = match normalizer(&config).await {
        Ok(normalizer) => Arc::new(normalizer),
        Err(error) => {
            tracing::error!(%error, "SDK configuration not loaded.");
            return ExitCode::FAILURE;
        }
    };
    let served = lambda_runtime::run(service_fn(move |event: LambdaEvent<Value>| {
        let normalizer = Arc::clone(&normalizer);
        async move { answer(&normalizer, event).await }
    }));
    match served.await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "Runtime failed.");
            ExitCode::FAILURE
        }
    }
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

async fn answer(
    normalizer: &Normalizer,
    event: LambdaEvent<Value>,
) -> Result<RunResponse, InvocationError> {
    let LambdaEvent { payload, context } = event;
    let invocation = Invocation {
        request_id: context.request_id,
        started: now(),
        deadline: i64::try_from(context.deadline)
            .ok()
            .filter(|deadline| *deadline > 0)
            .and_then(DateTime::from_timestamp_millis),
    };
    let outcome = normalizer.handle(payload, &invocation).await;
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

#[expect(
    clippy::disallowed_methods,
    reason = "the binary is where the environment is read"
)]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

#[expect(
    clippy::disallowed_methods,
    reason = "the binary is where the clock is read"
)]
fn now() -> DateTime<Utc> {
    Utc::now()
}

/// The level of `KIRO_LOG_LEVEL`, else of the function's logging configuration.
fn log_level() -> LevelFilter {
    [LOG_LEVEL, "AWS_LAMBDA_LOG_LEVEL"]
        .into_iter()
        .find_map(variable)
        .and_then(|level| LevelFilter::from_str(&level).ok())
        .unwrap_or(LevelFilter::INFO)
}
