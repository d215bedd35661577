//! The alerts of local data.

use kiro_alerts::{Alert, AlertRows, Statement};
use kiro_catalog::Alerts;
use kiro_query::{Engine, ResultFormat};
use kiro_web::{DashboardError, DashboardService};
use serde_json::{Map, Value};

use crate::command_error::CommandError;
use crate::commands::normalize::now;
use crate::engine::command_error;

/// The alerts of the rules that are on.
pub(crate) async fn of_engine(
    engine: &Engine,
    settings: &Alerts,
) -> Result<Vec<Alert>, CommandError> {
    let mut rows = AlertRows::default();
    for statement in Statement::needed(settings) {
        let batches = engine.query(statement.sql()).await.map_err(command_error)?;
        let mut text = Vec::new();
        ResultFormat::Json
            .write(batches, &mut text)
            .await
            .map_err(command_error)?;
        let objects: Vec<Map<String, Value>> =
            serde_json::from_slice(&text).map_err(CommandError::data)?;
        rows.add_objects(statement, objects)
            .map_err(CommandError::data)?;
    }
    Ok(rows.alerts(settings, now().date_naive()))
}

/// The same of the data that a page shows.
pub(crate) async fn of_page(
    data: &DashboardService,
    settings: &Alerts,
) -> Result<Vec<Alert>, AlertRowsError> {
    let mut rows = AlertRows::default();
    for statement in Statement::needed(settings) {
        rows.add_objects(statement, data.objects(statement.sql()).await?)?;
    }
    Ok(rows.alerts(settings, now().date_naive()))
}

/// The alerts of a page could not be computed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AlertRowsError {
    #[error(transparent)]
    Dashboard(#[from] DashboardError),
    #[error(transparent)]
    Row(#[from] kiro_alerts::RowError),
}

impl AlertRowsError {
    /// The texts of the engine are left out: they may repeat a value of the data.
    pub(crate) fn message(&self) -> String {
        match self {
            Self::Dashboard(error) => error.message(),
            Self::Row(error) => error.to_string(),
        }
    }
}
