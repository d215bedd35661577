//! Sends alerts while the page is open.

use std::sync::Arc;

use futures::future::BoxFuture;
use kiro_alerts::{AlertState, Delivery, DeliveryError, Digest, FolderState, deliver};
use kiro_catalog::Alerts;
use kiro_config::Config;
use kiro_ingest::error_chain;
use kiro_web::{DashboardService, DataListener};

use crate::alert_channel::WEBHOOK;
use crate::alert_rows;
use crate::command_error::{CommandError, note};
use crate::commands::normalize::now;
use crate::format::counted;
use crate::webhook::Sender;

/// Posts new alerts to the webhook after each change of the data.
pub(crate) struct AlertListener {
    settings: Alerts,
    store: FolderState,
    sender: Sender,
}

impl AlertListener {
    /// The listener of the settings.
    ///
    /// # Errors
    ///
    /// If no webhook is configured.
    pub(crate) async fn of_settings(
        config: &Config,
    ) -> Result<Arc<dyn DataListener>, CommandError> {
        Ok(Arc::new(Self {
            settings: config.views.alerts.clone(),
            store: FolderState::below(&config.data),
            sender: Sender::of_settings(config).await?,
        }))
    }

    async fn send(&self, data: &DashboardService) -> bool {
        let alerts = match alert_rows::of_page(data, &self.settings).await {
            Ok(alerts) => alerts,
            Err(error) => {
                let error = error.message();
                note(format_args!(
                    "warning: could not compute the alerts: {error}"
                ));
                return false;
            }
        };
        let state = AlertState::new(&self.store, WEBHOOK);
        let send = async |digest: &Digest| self.sender.send(digest).await;
        match deliver(&state, alerts, now(), send).await {
            Ok(Delivery::Nothing) => true,
            Ok(Delivery::Sent(digest)) => {
                let alerts = counted(digest.alerts.len() as u64, "alert");
                note(format_args!("sent {alerts} to {}", self.sender.host()));
                true
            }
            Err(error) => {
                note(format_args!("warning: {}", error_chain(&error)));
                // What was sent must not be sent again before the claim is void.
                matches!(error, DeliveryError::Unmarked(_))
            }
        }
    }
}

impl DataListener for AlertListener {
    fn data_changed<'a>(&'a self, data: &'a DashboardService) -> BoxFuture<'a, bool> {
        Box::pin(self.send(data))
    }
}
