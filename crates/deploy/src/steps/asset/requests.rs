//! The calls that create, update and delete an asset: maps each kind to its operations.
//!
//! Request bodies are JSON documents from the dashboard compiler; responses are typed.

use serde_json::Value;

use crate::asset_kind::AssetKind;
use crate::aws::{Aws, AwsError, Context, Optional, json_body};

/// The address of an asset in Amazon Quick Sight, which may not exist.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AssetAddress<'a> {
    pub(crate) aws: &'a Aws,
    pub(crate) kind: AssetKind,
    pub(crate) id: &'a str,
}

/// The fluent builder of an operation on one asset.
macro_rules! request {
    ($asset:expr, $operation:ident, $id:ident) => {
        $asset
            .aws
            .clients()
            .quicksight
            .$operation()
            .aws_account_id($asset.aws.account())
            .$id($asset.id)
    };
}
pub(super) use request;

/// Sends a document as the body of an operation.
macro_rules! send_document {
    ($asset:expr, $operation:ident, $id:ident, $action:literal, $body:expr) => {
        request!($asset, $operation, $id)
            .customize()
            .mutate_request(json_body($body))
            .send()
            .await
            .context($asset.aws, $action, $asset.title())
    };
}

impl AssetAddress<'_> {
    /// As messages name it: "dataset `kiro-analytics-user-totals`".
    pub(crate) fn title(&self) -> String {
        format!("{} `{}`", self.kind.api().noun, self.id)
    }

    /// Creates it. `body` is the request without account and id.
    ///
    /// # Errors
    ///
    /// If the service refuses the request.
    pub(crate) async fn create(&self, body: &Value) -> Result<(), AwsError> {
        match self.kind {
            AssetKind::Dashboard => {
                send_document!(
                    self,
                    create_dashboard,
                    dashboard_id,
                    "quicksight:CreateDashboard",
                    body
                )?;
            }
            AssetKind::Analysis => {
                send_document!(
                    self,
                    create_analysis,
                    analysis_id,
                    "quicksight:CreateAnalysis",
                    body
                )?;
            }
            AssetKind::DataSet => {
                let body = &with_member(body, "DataSetId", self.id);
                send_document!(
                    self,
                    create_data_set,
                    data_set_id,
                    "quicksight:CreateDataSet",
                    body
                )?;
            }
            AssetKind::DataSource => {
                let body = &with_member(body, "DataSourceId", self.id);
                send_document!(
                    self,
                    create_data_source,
                    data_source_id,
                    "quicksight:CreateDataSource",
                    body
                )?;
            }
            AssetKind::Theme => {
                send_document!(self, create_theme, theme_id, "quicksight:CreateTheme", body)?;
            }
        }
        Ok(())
    }

    /// Updates it. Returns the number of the new version, if the kind has versions that are published.
    ///
    /// # Errors
    ///
    /// If the service refuses the request.
    pub(crate) async fn update(&self, body: &Value) -> Result<Option<i64>, AwsError> {
        match self.kind {
            AssetKind::Dashboard => {
                let updated = send_document!(
                    self,
                    update_dashboard,
                    dashboard_id,
                    "quicksight:UpdateDashboard",
                    body
                )?;
                let version = updated.version_arn().and_then(|arn| arn.rsplit('/').next());
                return Ok(version.and_then(|version| version.parse().ok()));
            }
            AssetKind::Analysis => {
                send_document!(
                    self,
                    update_analysis,
                    analysis_id,
                    "quicksight:UpdateAnalysis",
                    body
                )?;
            }
            AssetKind::DataSet => {
                send_document!(
                    self,
                    update_data_set,
                    data_set_id,
                    "quicksight:UpdateDataSet",
                    body
                )?;
            }
            AssetKind::DataSource => {
                send_document!(
                    self,
                    update_data_source,
                    data_source_id,
                    "quicksight:UpdateDataSource",
                    body
                )?;
            }
            AssetKind::Theme => {
                send_document!(self, update_theme, theme_id, "quicksight:UpdateTheme", body)?;
            }
        }
        Ok(None)
    }

    /// Publishes a version of a dashboard.
    ///
    /// # Errors
    ///
    /// If the service refuses the request.
    pub(crate) async fn publish(&self, version: i64) -> Result<(), AwsError> {
        let request = request!(self, update_dashboard_published_version, dashboard_id);
        let sent = request.version_number(version).send().await;
        let action = "quicksight:UpdateDashboardPublishedVersion";
        sent.context(self.aws, action, self.title())?;
        Ok(())
    }

    /// Restores an analysis from the recycle bin.
    ///
    /// # Errors
    ///
    /// If the service refuses the request.
    pub(crate) async fn restore(&self) -> Result<(), AwsError> {
        let sent = request!(self, restore_analysis, analysis_id).send().await;
        sent.context(self.aws, "quicksight:RestoreAnalysis", self.title())?;
        Ok(())
    }

    /// Deletes it permanently. Succeeds if it does not exist.
    ///
    /// # Errors
    ///
    /// If the service refuses the request.
    pub(crate) async fn delete(&self) -> Result<(), AwsError> {
        let (aws, title) = (self.aws, self.title());
        match self.kind {
            AssetKind::Dashboard => {
                let sent = request!(self, delete_dashboard, dashboard_id).send().await;
                sent.context(aws, "quicksight:DeleteDashboard", title)
                    .optional()?;
            }
            AssetKind::Analysis => {
                // Otherwise the recycle bin reserves its id for 30 days.
                let request = request!(self, delete_analysis, analysis_id);
                let sent = request.force_delete_without_recovery(true).send().await;
                sent.context(aws, "quicksight:DeleteAnalysis", title)
                    .optional()?;
            }
            AssetKind::DataSet => {
                let sent = request!(self, delete_data_set, data_set_id).send().await;
                sent.context(aws, "quicksight:DeleteDataSet", title)
                    .optional()?;
            }
            AssetKind::DataSource => {
                let sent = request!(self, delete_data_source, data_source_id)
                    .send()
                    .await;
                sent.context(aws, "quicksight:DeleteDataSource", title)
                    .optional()?;
            }
            AssetKind::Theme => {
                let sent = request!(self, delete_theme, theme_id).send().await;
                sent.context(aws, "quicksight:DeleteTheme", title)
                    .optional()?;
            }
        }
        Ok(())
    }
}

fn with_member(body: &Value, name: &str, value: &str) -> Value {
    let mut body = body.clone();
    body[name] = Value::from(value);
    body
}
