//! `identity-map`: reads the environment, then answers one event after the other.

use std::process::ExitCode;
use std::str::FromStr;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use kiro_identity_lambda::{
    Config, DirectorySource, IdentityCenter, IdentityMapper, InvocationError, LOG_LEVEL,
    MapResponse, RosterObject,
};
use kiro_report::ObjectKey;
use kiro_s3::{S3ClientFactory, S3Options, SdkConfigError};
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
    let mapper = match mapper(&config).await {
        Ok(mapper) => Arc::new(mapper),
        Err(error) => {
            tracing::error!(%error, "SDK configuration not loaded.");
            return ExitCode::FAILURE;
        }
    };
    let served = lambda_runtime::run(service_fn(move |event: LambdaEvent<Value>| {
        let mapper = Arc::clone(&mapper);
        async move { answer(&mapper, event).await }
    }));
    match served.await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "Runtime failed.");
            ExitCode::FAILURE
        }
    }
}

async fn mapper(config: &Config) -> Result<IdentityMapper, SdkConfigError> {
    let clients = S3ClientFactory::from_environment(S3Options::default()).await?;
    let directory = config.directory.clone().map(|options| {
        let directory = IdentityCenter::new(clients.config().clone(), options);
        Arc::new(directory) as Arc<dyn DirectorySource>
    });
    Ok(IdentityMapper {
        parts: Arc::new(clients.bucket(&config.parts)),
        source: config.parts.to_string(),
        map: Arc::new(clients.bucket(&config.map)),
        directory,
        roster: config.roster.as_ref().map(|roster| RosterObject {
            objects: Arc::new(clients.bucket(&roster.bucket)),
            key: ObjectKey::new(roster.key.as_str()),
            url: format!("{}{}", roster.bucket, roster.key),
        }),
        rules: config.rules.clone(),
        has_seat_groups: config.has_seat_groups,
        clock: now,
    })
}

async fn answer(
    mapper: &IdentityMapper,
    event: LambdaEvent<Value>,
) -> Result<MapResponse, InvocationError> {
    let outcome = mapper.handle(event.payload).await;
    match &outcome {
        Ok(response) => {
            if !response.unmatched.is_empty() {
                tracing::warn!(
                    texts = response.unmatched.len(),
                    "Texts to forget name no person."
                );
            }
            tracing::info!(
                users = response.users,
                named = response.named,
                rows = response.rows,
                left = response.left,
                forgotten = response.forgotten,
                groups = response.groups,
                "Run ended."
            );
        }
        Err(error) => tracing::error!(error = error.text(), "Invocation failed."),
    }
    outcome
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
