//! One run: claim, send, mark as sent.

use chrono::{DateTime, Utc};

use crate::alert::Alert;
use crate::message::Digest;
use crate::state::{AlertState, StateError};

/// How a run ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Delivery {
    /// All alerts were sent before, or another run is sending them.
    Nothing,
    Sent(Digest),
}

/// A run failed.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryError<E: std::error::Error + 'static> {
    /// Nothing was sent.
    #[error("the state of the alerts could not be used")]
    State(#[source] StateError),
    /// Nothing was sent; the next run sends it.
    #[error("the alerts could not be sent")]
    Send(#[source] E),
    /// The message was sent. The next run after an hour sends it again.
    #[error("the alerts were sent, but not marked as sent")]
    Unmarked(#[source] StateError),
}

/// Sends the alerts that the channel does not have yet in one message.
///
/// # Errors
///
/// `Send` if `send` fails: the alerts are given back.
pub async fn deliver<E: std::error::Error + 'static>(
    state: &AlertState<'_>,
    alerts: Vec<Alert>,
    now: DateTime<Utc>,
    send: impl AsyncFnOnce(&Digest) -> Result<(), E>,
) -> Result<Delivery, DeliveryError<E>> {
    let mut claim = state
        .claim(alerts, now)
        .await
        .map_err(DeliveryError::State)?;
    let Some(digest) = Digest::new(std::mem::take(&mut claim.alerts)) else {
        return Ok(Delivery::Nothing);
    };
    if let Err(error) = send(&digest).await {
        // A claim that cannot be given back is void after an hour.
        state.release(&claim).await.ok();
        return Err(DeliveryError::Send(error));
    }
    state
        .confirm(&claim, now)
        .await
        .map_err(DeliveryError::Unmarked)?;
    Ok(Delivery::Sent(digest))
}
