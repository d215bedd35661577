//! The port to Amazon Quick Sight, by the AWS SDK.

use std::time::Duration;

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_quicksight::Client;
use aws_sdk_quicksight::error::{DisplayErrorContext, ProvideErrorMetadata};
use aws_sdk_quicksight::types::{Ingestion, IngestionStatus, IngestionType};
use chrono::{DateTime, Utc};

use crate::error::{ImportError, ImportErrorKind};
use crate::import_service::{ImportService, KnownImport, Started};

/// Imports in one page: the most that the service gives.
const PAGE_SIZE: i32 = 100;
/// Time between two looks at a running import.
const PAUSE: Duration = Duration::from_secs(10);

/// The imports of one account.
pub struct QuickSightImports {
    client: Client,
    account: String,
}

impl QuickSightImports {
    /// A client with this configuration. Sends no request.
    pub fn new(config: &SdkConfig, account: &str) -> Self {
        Self {
            client: Client::new(config),
            account: account.to_owned(),
        }
    }
}

#[async_trait]
impl ImportService for QuickSightImports {
    async fn imports_since(
        &self,
        data_set: &str,
        since: DateTime<Utc>,
    ) -> Result<Vec<KnownImport>, ImportError> {
        let mut found = Vec::new();
        let mut token = None;
        loop {
            let request = self.client.list_ingestions();
            let request = request
                .aws_account_id(&self.account)
                .data_set_id(data_set)
                .max_results(PAGE_SIZE)
                .set_next_token(token);
            let page = request
                .send()
                .await
                .map_err(|error| import_error(data_set, &error))?;
            let imports = page.ingestions().iter();
            let imports: Vec<KnownImport> = imports
                .filter_map(known)
                .filter(|import| import.began >= since)
                .collect();
            let has_older_only = imports.is_empty();
            found.extend(imports);
            token = page.next_token;
            // The service lists the newest first.
            if token.is_none() || has_older_only {
                return Ok(found);
            }
        }
    }

    async fn start(&self, data_set: &str, id: &str) -> Result<Started, ImportError> {
        let request = self.client.create_ingestion();
        let request = request
            .aws_account_id(&self.account)
            .data_set_id(data_set)
            .ingestion_id(id)
            .ingestion_type(IngestionType::FullRefresh);
        match request.send().await {
            Ok(_) => Ok(Started::New),
            Err(error) if error.code() == Some("ResourceExistsException") => Ok(Started::Before),
            Err(error) => Err(import_error(data_set, &error)),
        }
    }

    async fn pause(&self) {
        tokio::time::sleep(PAUSE).await;
    }
}

fn known(shown: &Ingestion) -> Option<KnownImport> {
    let status = &shown.ingestion_status;
    Some(KnownImport {
        id: shown.ingestion_id.clone().unwrap_or_default(),
        began: DateTime::from_timestamp(
            shown.created_time.secs(),
            shown.created_time.subsec_nanos(),
        )?,
        has_ended: matches!(
            status,
            IngestionStatus::Completed | IngestionStatus::Failed | IngestionStatus::Cancelled
        ),
        has_failed: matches!(status, IngestionStatus::Failed | IngestionStatus::Cancelled),
    })
}

/// Maps an error of the service by its code; the text tells a dataset that queries directly from other wrong parameters.
fn import_error<E>(data_set: &str, error: &E) -> ImportError
where
    E: ProvideErrorMetadata + std::error::Error,
{
    let message = error.message().unwrap_or_default();
    let code = error.code().unwrap_or_default();
    let text = if message.is_empty() {
        code.to_owned()
    } else {
        format!("{message} ({code})")
    };
    let kind = match code {
        "LimitExceededException" => ImportErrorKind::Quota(text),
        "ResourceNotFoundException" => ImportErrorKind::NotFound,
        "InvalidParameterValueException" if message.contains("SPICE") => {
            ImportErrorKind::NotInSpice
        }
        "AccessDeniedException" | "UnsupportedUserEditionException" => {
            ImportErrorKind::Denied(text)
        }
        "ThrottlingException" | "TooManyRequestsException" => ImportErrorKind::Throttled(text),
        "" => ImportErrorKind::Failed(DisplayErrorContext(error).to_string()),
        _ => ImportErrorKind::Failed(text),
    };
    ImportError {
        data_set: data_set.to_owned(),
        kind,
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_quicksight::error::ErrorMetadata;
    use aws_sdk_quicksight::operation::create_ingestion::CreateIngestionError;
    use aws_sdk_quicksight::primitives::DateTime;
    use aws_sdk_quicksight::types::{Ingestion, IngestionStatus};

    use super::{import_error, known};
    use crate::error::ImportErrorKind;

    fn kind(code: &str, message: &str) -> ImportErrorKind {
        let metadata = ErrorMetadata::builder().code(code).message(message);
        let error = CreateIngestionError::generic(metadata.build());
        let error = import_error("kiro-code", &error);
        assert_eq!(error.data_set, "kiro-code");
        error.kind
    }

    #[test]
    fn errors_of_the_service_are_told_apart_by_what_to_do() {
        assert_eq!(
            kind("LimitExceededException", "32 ingestions"),
            ImportErrorKind::Quota("32 ingestions (LimitExceededException)".to_owned())
        );
        assert_eq!(
            kind("ThrottlingException", "Rate exceeded"),
            ImportErrorKind::Throttled("Rate exceeded (ThrottlingException)".to_owned())
        );
        assert_eq!(
            kind("AccessDeniedException", ""),
            ImportErrorKind::Denied("AccessDeniedException".to_owned())
        );
        assert_eq!(
            kind("ResourceNotFoundException", "no"),
            ImportErrorKind::NotFound
        );
        assert_eq!(
            kind("InvalidParameterValueException", "x is not a SPICE dataset"),
            ImportErrorKind::NotInSpice
        );
        assert_eq!(
            kind("InvalidParameterValueException", "bad id"),
            ImportErrorKind::Failed("bad id (InvalidParameterValueException)".to_owned())
        );
    }

    #[test]
    fn a_cancelled_import_has_ended_and_brought_nothing() {
        let import = |status: IngestionStatus| {
            let ingestion = Ingestion::builder()
                .arn("arn:x")
                .ingestion_id("refresh-1")
                .ingestion_status(status)
                .created_time(DateTime::from_millis(1_783_739_700_250));
            let import = known(&ingestion.build().unwrap()).unwrap();
            assert_eq!(import.began.timestamp_millis(), 1_783_739_700_250);
            (import.has_ended, import.has_failed)
        };
        assert_eq!(import(IngestionStatus::Cancelled), (true, true));
        assert_eq!(import(IngestionStatus::Completed), (true, false));
        assert_eq!(import(IngestionStatus::Queued), (false, false));
    }
}
