//! Sends what is news of use, cost and late data after a run that has read something new.
//!
//! The views are asked by Athena: one text of each for both engines, and no engine in this function.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use kiro_alerts::{Alert, AlertState, Delivery, Digest, StateStore, Statement, deliver};
use kiro_catalog::Alerts;

use crate::alert_error::{AlertError, delivery_problem};
use crate::alert_query::alert_rows;
use crate::alert_sender::AlertSender;
use crate::error::TaskError;
use crate::event::FinishedRun;
use crate::follow_up::Task;
use crate::query_service::QueryService;
use crate::response::{AlertCounts, TaskReport};

/// The alerts.
pub struct AlertTask {
    pub queries: Arc<dyn QueryService>,
    pub settings: Alerts,
    /// What was sent, by channel.
    pub state: Arc<dyn StateStore>,
    pub channels: Vec<AlertChannel>,
    /// Returns the current time.
    pub clock: fn() -> DateTime<Utc>,
}

/// A channel with a memory of its own: one that fails takes nothing from the others.
pub struct AlertChannel {
    /// The folder of its state.
    pub name: &'static str,
    pub sender: Arc<dyn AlertSender>,
}

impl AlertTask {
    /// The alerts that are true now.
    async fn alerts(&self, run: &FinishedRun) -> Result<Vec<Alert>, AlertError> {
        let statements = Statement::needed(&self.settings);
        let rows = alert_rows(&*self.queries, statements, run).await?;
        Ok(rows.alerts(&self.settings, (self.clock)().date_naive()))
    }

    /// Sends what the channel does not have yet. Returns the number of alerts.
    async fn send(&self, channel: &AlertChannel, alerts: Vec<Alert>) -> Result<usize, String> {
        let state = AlertState::new(&*self.state, channel.name);
        let sender = &channel.sender;
        let send = async |digest: &Digest| sender.send(digest).await;
        match deliver(&state, alerts, (self.clock)(), send).await {
            Ok(Delivery::Nothing) => Ok(0),
            Ok(Delivery::Sent(digest)) => {
                let alerts = digest.alerts.len();
                tracing::info!(channel = channel.name, alerts, "Alerts sent.");
                Ok(alerts)
            }
            Err(error) => {
                let problem = delivery_problem(channel.name, &error);
                tracing::error!(channel = channel.name, error = problem, "Alerts not sent.");
                Err(problem)
            }
        }
    }
}

#[async_trait]
impl Task for AlertTask {
    async fn follow(&self, run: &FinishedRun) -> Result<TaskReport, TaskError> {
        let failed = |problems: Vec<String>| TaskError {
            task: "alerts",
            problems,
        };
        let alerts = self.alerts(run).await.map_err(|error| {
            tracing::error!(%error, hint = error.hint(), "Alerts not computed.");
            failed(vec![format!("{error}; {}", error.hint())])
        })?;
        let mut counts = AlertCounts {
            alerts: alerts.len(),
            sent: 0,
        };
        let mut problems = Vec::new();
        for channel in &self.channels {
            match self.send(channel, alerts.clone()).await {
                Ok(sent) => counts.sent += sent,
                Err(problem) => problems.push(problem),
            }
        }
        tracing::info!(
            run = run.id,
            alerts = counts.alerts,
            sent = counts.sent,
            failed_channels = problems.len(),
            "Alerts followed."
        );
        if problems.is_empty() {
            Ok(TaskReport::Alerts(counts))
        } else {
            Err(failed(problems))
        }
    }
}

#[cfg(test)]
mod tests;
