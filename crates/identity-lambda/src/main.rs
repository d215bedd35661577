//! `identity-map`: reads the environment, then answers one event after the other.

use std::process::ExitCode;
use std::sync::Arc;

use kiro_function::{Function, StartError, now, run, variable};
use kiro_identity_lambda::{
    Config, DirectorySource, IdentityCenter, IdentityMapper, InvocationError, MapResponse,
    RosterObject,
};
use kiro_report::ObjectKey;
use kiro_s3::{S3ClientFactory, S3Options, SdkConfigError};
use lambda_runtime::LambdaEvent;
use serde_json::Value;

#[tokio::main]
async fn main() -> ExitCode {
    run(Box::pin(async {
        let config = Config::read(variable).map_err(|error| StartError::config(&error))?;
        let mapper = mapper(&config).await;
        let mapper = mapper.map_err(|error| StartError::sdk(&error))?;
        Ok(IdentityMap(mapper))
    }))
    .await
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

/// The function.
struct IdentityMap(IdentityMapper);

impl Function for IdentityMap {
    type Response = MapResponse;
    type Error = InvocationError;

    async fn handle(&self, event: LambdaEvent<Value>) -> Result<MapResponse, InvocationError> {
        let outcome = self.0.handle(event.payload).await;
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
}
