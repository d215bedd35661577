//! The service's description of an asset: status and errors are typed, everything else is the JSON document.

use aws_sdk_quicksight::types::{
    AnalysisErrorType, DashboardErrorType, DashboardVersion, DataSourceErrorInfoType, Entity,
    ResourceStatus, ThemeErrorType, ThemeVersion,
};
use aws_smithy_types::DateTime;
use serde_json::Value;

use super::requests::{AssetAddress, request};
use crate::asset_kind::AssetKind;
use crate::aws::{AwsError, Context, Optional, ResponseDocument, UntypedResponse};

/// An asset as the service describes it.
#[derive(Debug, Clone)]
pub(crate) struct Description {
    /// The description as JSON, without the other members of the response.
    pub(crate) document: Value,
    /// None for datasets, which are created synchronously.
    pub(crate) status: Option<ResourceStatus>,
    pub(crate) errors: Vec<AssetError>,
    /// The described version, if the kind has versions.
    pub(crate) version: Option<i64>,
    /// Changes with every change of the asset: its version, or the time of its last change.
    pub(crate) revision: String,
}

/// An error of an asset that could not be created or updated.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct AssetError {
    /// The service's code: `COLUMN_NOT_FOUND`.
    pub(crate) code: String,
    pub(crate) message: String,
    /// Paths into the definition.
    pub(crate) paths: Vec<String>,
}

impl Description {
    /// Returns true if it was created or updated without errors.
    pub(crate) fn is_sound(&self) -> bool {
        matches!(
            self.status,
            None | Some(ResourceStatus::CreationSuccessful | ResourceStatus::UpdateSuccessful)
        )
    }

    pub(crate) fn is_in_progress(&self) -> bool {
        matches!(
            self.status,
            Some(ResourceStatus::CreationInProgress | ResourceStatus::UpdateInProgress)
        )
    }

    pub(crate) fn has_failed(&self) -> bool {
        matches!(
            self.status,
            Some(ResourceStatus::CreationFailed | ResourceStatus::UpdateFailed)
        )
    }

    /// Returns true if its creation failed: the service neither updates such an asset nor creates it again.
    pub(crate) fn is_unusable(&self) -> bool {
        self.status == Some(ResourceStatus::CreationFailed)
            && self.version.is_none_or(|version| version <= 1)
    }

    /// Returns true if it is an analysis in the recycle bin.
    pub(crate) fn is_recycled(&self) -> bool {
        self.status == Some(ResourceStatus::Deleted)
    }

    /// The service's name of its status; empty for datasets.
    pub(crate) fn status_name(&self) -> &str {
        self.status.as_ref().map_or("", ResourceStatus::as_str)
    }
}

impl AssetAddress<'_> {
    /// Describes it, or one of its versions. None if it does not exist.
    ///
    /// # Errors
    ///
    /// If the call failed.
    pub(crate) async fn describe(
        &self,
        version: Option<i64>,
    ) -> Result<Option<Description>, AwsError> {
        match self.kind {
            AssetKind::Dashboard => self.describe_dashboard(version).await,
            AssetKind::Analysis => self.describe_analysis().await,
            AssetKind::DataSet => self.describe_data_set().await,
            AssetKind::DataSource => self.describe_data_source().await,
            AssetKind::Theme => self.describe_theme(version).await,
        }
    }

    async fn describe_dashboard(
        &self,
        version: Option<i64>,
    ) -> Result<Option<Description>, AwsError> {
        let document = ResponseDocument::default();
        let request = request!(self, describe_dashboard, dashboard_id);
        let request = request.set_version_number(version).customize();
        let sent = request.interceptor(document.clone()).send().await;
        let sent = sent.context(self.aws, "quicksight:DescribeDashboard", self.title());
        let found = sent.optional()?.and_then(|found| found.dashboard);
        Ok(found.map(|dashboard| {
            let version = dashboard.version();
            let errors = version.map_or(&[][..], |version| version.errors());
            let number = version.and_then(DashboardVersion::version_number);
            Description {
                document: member(&document, "Dashboard"),
                status: version.and_then(|version| version.status()).cloned(),
                errors: errors
                    .iter()
                    .map(|error| {
                        let code = error.r#type().map(DashboardErrorType::as_str);
                        AssetError::new(code, error.message(), error.violated_entities())
                    })
                    .collect(),
                version: number,
                revision: number.map(|number| number.to_string()).unwrap_or_default(),
            }
        }))
    }

    async fn describe_analysis(&self) -> Result<Option<Description>, AwsError> {
        let document = ResponseDocument::default();
        let request = request!(self, describe_analysis, analysis_id).customize();
        let sent = request.interceptor(document.clone()).send().await;
        let sent = sent.context(self.aws, "quicksight:DescribeAnalysis", self.title());
        let found = sent.optional()?.and_then(|found| found.analysis);
        Ok(found.map(|analysis| Description {
            document: member(&document, "Analysis"),
            status: analysis.status().cloned(),
            errors: analysis
                .errors()
                .iter()
                .map(|error| {
                    let code = error.r#type().map(AnalysisErrorType::as_str);
                    AssetError::new(code, error.message(), error.violated_entities())
                })
                .collect(),
            version: None,
            revision: revision(analysis.last_updated_time()),
        }))
    }

    async fn describe_data_set(&self) -> Result<Option<Description>, AwsError> {
        let document = ResponseDocument::default();
        let request = request!(self, describe_data_set, data_set_id).customize();
        let sent = request.interceptor(document.clone()).send().await;
        let sent = sent.context(self.aws, "quicksight:DescribeDataSet", self.title());
        let found = sent.optional()?.and_then(|found| found.data_set);
        Ok(found.map(|data_set| Description {
            document: member(&document, "DataSet"),
            status: None,
            errors: Vec::new(),
            version: None,
            revision: revision(data_set.last_updated_time()),
        }))
    }

    async fn describe_data_source(&self) -> Result<Option<Description>, AwsError> {
        let document = ResponseDocument::default();
        let request = request!(self, describe_data_source, data_source_id).customize();
        let sent = request.interceptor(document.clone()).send().await;
        let sent = sent.context(self.aws, "quicksight:DescribeDataSource", self.title());
        let found = sent.optional()?.and_then(|found| found.data_source);
        Ok(found.map(|data_source| Description {
            document: member(&document, "DataSource"),
            status: data_source.status().cloned(),
            errors: data_source
                .error_info()
                .map(|error| {
                    let code = error.r#type().map(DataSourceErrorInfoType::as_str);
                    AssetError::new(code, error.message(), &[])
                })
                .into_iter()
                .collect(),
            version: None,
            revision: revision(data_source.last_updated_time()),
        }))
    }

    async fn describe_theme(&self, version: Option<i64>) -> Result<Option<Description>, AwsError> {
        let document = ResponseDocument::default();
        let request = request!(self, describe_theme, theme_id);
        let request = request.set_version_number(version).customize();
        let sent = request.interceptor(document.clone()).send().await;
        let sent = sent.context(self.aws, "quicksight:DescribeTheme", self.title());
        let found = sent.optional()?.and_then(|found| found.theme);
        Ok(found.map(|theme| {
            let version = theme.version();
            let errors = version.map_or(&[][..], |version| version.errors());
            let number = version.and_then(ThemeVersion::version_number);
            Description {
                document: member(&document, "Theme"),
                status: version.and_then(|version| version.status()).cloned(),
                errors: errors
                    .iter()
                    .map(|error| {
                        let code = error.r#type().map(ThemeErrorType::as_str);
                        AssetError::new(code, error.message(), &[])
                    })
                    .collect(),
                version: number,
                revision: number.map(|number| number.to_string()).unwrap_or_default(),
            }
        }))
    }

    /// The definition of an analysis or a dashboard, with its name and theme; null for other kinds.
    ///
    /// # Errors
    ///
    /// If the call failed.
    pub(crate) async fn definition(&self) -> Result<Value, AwsError> {
        let document = UntypedResponse::default();
        match self.kind {
            AssetKind::Dashboard => {
                let request = request!(self, describe_dashboard_definition, dashboard_id);
                let request = request.customize().interceptor(document.clone());
                let action = "quicksight:DescribeDashboardDefinition";
                let sent = request.send().await;
                sent.context(self.aws, action, self.title())?;
            }
            AssetKind::Analysis => {
                let request = request!(self, describe_analysis_definition, analysis_id);
                let request = request.customize().interceptor(document.clone());
                let action = "quicksight:DescribeAnalysisDefinition";
                let sent = request.send().await;
                sent.context(self.aws, action, self.title())?;
            }
            AssetKind::DataSet | AssetKind::DataSource | AssetKind::Theme => {}
        }
        Ok(document.take())
    }
}

impl AssetError {
    fn new(code: Option<&str>, message: Option<&str>, entities: &[Entity]) -> Self {
        Self {
            code: code.unwrap_or_default().to_owned(),
            message: message.unwrap_or_default().to_owned(),
            paths: entities
                .iter()
                .filter_map(|entity| entity.path())
                .filter(|path| !path.is_empty())
                .map(str::to_owned)
                .collect(),
        }
    }

    /// Returns true if the service was not allowed to read the asset's data.
    pub(crate) fn is_about_permission(&self) -> bool {
        let text = format!("{} {}", self.code, self.message).to_lowercase();
        let words = [
            "access_denied",
            "access denied",
            "accessdenied",
            "permission",
            "not authorized",
            "not authorised",
        ];
        words.iter().any(|word| text.contains(word))
    }
}

fn member(document: &ResponseDocument, name: &str) -> Value {
    document
        .take()
        .get_mut(name)
        .map(Value::take)
        .unwrap_or_default()
}

fn revision(time: Option<&DateTime>) -> String {
    let millis = time.and_then(|time| time.to_millis().ok());
    millis.map(|millis| millis.to_string()).unwrap_or_default()
}
