//! The SDK's clients, one per service.

use aws_config::SdkConfig;

/// Clients of all services, made from one configuration. A client is cheap to clone and shares its connections.
#[derive(Debug, Clone)]
pub struct Clients {
    pub athena: aws_sdk_athena::Client,
    pub cloudformation: aws_sdk_cloudformation::Client,
    pub cloudwatch: aws_sdk_cloudwatch::Client,
    pub glue: aws_sdk_glue::Client,
    pub iam: aws_sdk_iam::Client,
    pub identity_store: aws_sdk_identitystore::Client,
    pub kms: aws_sdk_kms::Client,
    pub lake_formation: aws_sdk_lakeformation::Client,
    pub lambda: aws_sdk_lambda::Client,
    pub logs: aws_sdk_cloudwatchlogs::Client,
    pub quicksight: aws_sdk_quicksight::Client,
    pub s3: aws_sdk_s3::Client,
    pub scheduler: aws_sdk_scheduler::Client,
    pub sqs: aws_sdk_sqs::Client,
    pub sso_admin: aws_sdk_ssoadmin::Client,
    pub sts: aws_sdk_sts::Client,
}

impl Clients {
    pub(super) fn new(config: &SdkConfig) -> Self {
        Self {
            athena: aws_sdk_athena::Client::new(config),
            cloudformation: aws_sdk_cloudformation::Client::new(config),
            cloudwatch: aws_sdk_cloudwatch::Client::new(config),
            glue: aws_sdk_glue::Client::new(config),
            iam: aws_sdk_iam::Client::new(config),
            identity_store: aws_sdk_identitystore::Client::new(config),
            kms: aws_sdk_kms::Client::new(config),
            lake_formation: aws_sdk_lakeformation::Client::new(config),
            lambda: aws_sdk_lambda::Client::new(config),
            logs: aws_sdk_cloudwatchlogs::Client::new(config),
            quicksight: aws_sdk_quicksight::Client::new(config),
            s3: aws_sdk_s3::Client::new(config),
            scheduler: aws_sdk_scheduler::Client::new(config),
            sqs: aws_sdk_sqs::Client::new(config),
            sso_admin: aws_sdk_ssoadmin::Client::new(config),
            sts: aws_sdk_sts::Client::new(config),
        }
    }
}
