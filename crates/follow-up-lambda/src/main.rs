//! `follow-up`: reads the environment, then answers one event after the other.

use std::process::ExitCode;
use std::sync::Arc;

use aws_config::SdkConfig;
use kiro_alerts::{BucketState, RetryPolicy};
use kiro_follow_up_lambda::{
    AlertChannel, AlertConfig, AlertTask, AthenaQueries, Config, FollowUp, ImportTask,
    InvocationError, QuickSightImports, Response, SnsTopic, StoredSecret, Task, TopicSender,
    WebhookSender,
};
use kiro_function::{Function, StartError, now, run, variable};
use kiro_s3::{S3ClientFactory, S3Options, SdkConfigError, load_http_client};
use lambda_runtime::LambdaEvent;
use serde_json::Value;

#[tokio::main]
async fn main() -> ExitCode {
    run(Box::pin(async {
        let config = Config::read(variable).map_err(|error| StartError::config(&error))?;
        let follow_up = follow_up(config).await;
        Ok(AfterRun(
            follow_up.map_err(|error| StartError::sdk(&error))?,
        ))
    }))
    .await
}

/// The tasks of the configuration: imports, if there are datasets, then alerts, if they are on.
async fn follow_up(config: Config) -> Result<FollowUp, SdkConfigError> {
    let clients = S3ClientFactory::from_environment(S3Options::default()).await?;
    let sdk = clients.config();
    let mut tasks: Vec<Box<dyn Task>> = Vec::new();
    if !config.data_sets.is_empty() {
        tasks.push(Box::new(ImportTask {
            imports: Arc::new(QuickSightImports::new(sdk, &config.account)),
            data_sets: config.data_sets,
            rules_data_set: config.rules_data_set,
            max_imports_a_day: config.max_imports_a_day,
            clock: now,
        }));
    }
    if let Some(alerts) = config.alerts {
        let channels = channels(&alerts, sdk).await?;
        tasks.push(Box::new(AlertTask {
            queries: Arc::new(AthenaQueries {
                client: aws_sdk_athena::Client::new(sdk),
                workgroup: alerts.workgroup,
                database: alerts.database,
            }),
            settings: alerts.settings,
            // Keys of a bucket are paths below its address.
            state: Arc::new(BucketState::new(clients.bucket(&alerts.state), "")),
            channels,
            clock: now,
        }));
    }
    Ok(FollowUp { tasks })
}

/// The channels that alerts go to.
async fn channels(
    alerts: &AlertConfig,
    sdk: &SdkConfig,
) -> Result<Vec<AlertChannel>, SdkConfigError> {
    let mut channels = Vec::new();
    if let Some(arn) = &alerts.topic {
        let topic = SnsTopic {
            client: aws_sdk_sns::Client::new(sdk),
            arn: arn.clone(),
        };
        channels.push(AlertChannel {
            name: "topic",
            sender: Arc::new(TopicSender(Arc::new(topic))),
        });
    }
    if let Some(id) = &alerts.webhook_secret {
        let secret = StoredSecret {
            client: aws_sdk_secretsmanager::Client::new(sdk),
            id: id.clone(),
        };
        channels.push(AlertChannel {
            name: "webhook",
            sender: Arc::new(WebhookSender {
                secret: Arc::new(secret),
                format: alerts.webhook_format,
                http_client: load_http_client().await?,
                retries: RetryPolicy::default(),
            }),
        });
    }
    Ok(channels)
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
