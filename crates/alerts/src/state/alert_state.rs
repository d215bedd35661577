//! Claims alerts before they are sent, so that of two runs at once only one sends them.

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, Utc};

use super::document::{Document, hash_of};
use super::{StateError, StateStore};
use crate::alert::Alert;

/// Attempts to write an object that other runs keep changing.
const MAX_ATTEMPTS: u32 = 20;
/// Bytes of the name of a message.
const ID_BYTES: usize = 8;

/// What was sent to one channel: an object per month of the alerts' cycles, `<channel>/<yyyy-mm>.json`.
///
/// A run claims alerts, sends the message, and marks it as sent. A run that ends in between leaves a claim that is void after an
/// hour: the next run then sends the alerts, a second time if the message had gone out.
pub struct AlertState<'a> {
    store: &'a dyn StateStore,
    channel: &'a str,
}

/// Alerts that this run has to send.
#[derive(Debug)]
pub struct Claim {
    id: String,
    months: Vec<String>,
    pub alerts: Vec<Alert>,
}

impl<'a> AlertState<'a> {
    /// The state of a channel, a short word such as `webhook`.
    pub fn new(store: &'a dyn StateStore, channel: &'a str) -> Self {
        Self { store, channel }
    }

    /// The alerts that were not sent yet. Changes nothing.
    pub async fn untold(
        &self,
        alerts: Vec<Alert>,
        now: DateTime<Utc>,
    ) -> Result<Vec<Alert>, StateError> {
        let mut untold = Vec::new();
        for (month, alerts) in by_month(alerts) {
            let (document, _) = self.read(&month).await?;
            untold.extend(without_told(&document, alerts, now));
        }
        Ok(untold)
    }

    /// Claims the alerts that were not sent yet. Without any, nothing is written.
    ///
    /// # Errors
    ///
    /// If the state cannot be read or written. What was claimed until then is released.
    pub async fn claim(&self, alerts: Vec<Alert>, now: DateTime<Utc>) -> Result<Claim, StateError> {
        let mut id = [0; ID_BYTES];
        getrandom::fill(&mut id).map_err(|_| StateError::NoRandomness)?;
        let mut claim = Claim {
            id: hex::encode(id),
            months: Vec::new(),
            alerts: Vec::new(),
        };
        for (month, alerts) in by_month(alerts) {
            match self.claim_month(&claim.id, &month, alerts, now).await {
                Ok(alerts) if alerts.is_empty() => {}
                Ok(alerts) => {
                    claim.months.push(month);
                    claim.alerts.extend(alerts);
                }
                Err(error) => {
                    // The first error is the one that matters; a claim that stays is void after an hour.
                    self.release(&claim).await.ok();
                    return Err(error);
                }
            }
        }
        Ok(claim)
    }

    /// Marks the alerts as sent, for all runs of the cycle.
    pub async fn confirm(&self, claim: &Claim, now: DateTime<Utc>) -> Result<(), StateError> {
        for month in &claim.months {
            self.change(month, |document| document.confirm(&claim.id, now))
                .await?;
        }
        Ok(())
    }

    /// Gives the alerts back: the next run sends them.
    pub async fn release(&self, claim: &Claim) -> Result<(), StateError> {
        for month in &claim.months {
            self.change(month, |document| document.release(&claim.id))
                .await?;
        }
        Ok(())
    }

    async fn claim_month(
        &self,
        id: &str,
        month: &str,
        alerts: Vec<Alert>,
        now: DateTime<Utc>,
    ) -> Result<Vec<Alert>, StateError> {
        let mut untold = Vec::new();
        self.change(month, |document| {
            // Written by an attempt whose answer was lost: what it claimed is ours.
            if document.has(id) {
                return false;
            }
            untold = without_told(document, alerts.clone(), now);
            if untold.is_empty() {
                return false;
            }
            let hashes = untold.iter().map(|alert| hash_of(&alert.key)).collect();
            document.claim(id, hashes, now);
            true
        })
        .await?;
        Ok(untold)
    }

    /// Reads, changes and writes a document, again if another run was quicker. `change` returns false to leave it as it is.
    async fn change(
        &self,
        month: &str,
        mut change: impl FnMut(&mut Document) -> bool,
    ) -> Result<(), StateError> {
        let name = self.name(month);
        for _ in 0..MAX_ATTEMPTS {
            let (mut document, version) = self.read(month).await?;
            if !change(&mut document) {
                return Ok(());
            }
            let content = document.content();
            if self
                .store
                .replace(&name, content, version.as_deref())
                .await?
            {
                return Ok(());
            }
        }
        Err(StateError::Contended {
            object: name,
            attempts: MAX_ATTEMPTS,
        })
    }

    async fn read(&self, month: &str) -> Result<(Document, Option<String>), StateError> {
        let name = self.name(month);
        match self.store.read(&name).await? {
            None => Ok((Document::default(), None)),
            Some(stored) => Ok((
                Document::parse(&stored.content, &name)?,
                Some(stored.version),
            )),
        }
    }

    fn name(&self, month: &str) -> String {
        format!("{}/{month}.json", self.channel)
    }
}

fn by_month(alerts: Vec<Alert>) -> BTreeMap<String, Vec<Alert>> {
    let mut months: BTreeMap<String, Vec<Alert>> = BTreeMap::new();
    for alert in alerts {
        months
            .entry(alert.month().to_owned())
            .or_default()
            .push(alert);
    }
    months
}

fn without_told(document: &Document, alerts: Vec<Alert>, now: DateTime<Utc>) -> Vec<Alert> {
    let hashes: Vec<String> = alerts.iter().map(|alert| hash_of(&alert.key)).collect();
    let untold: HashSet<&String> = document.untold(&hashes, now).into_iter().collect();
    let is_untold: Vec<bool> = hashes.iter().map(|hash| untold.contains(hash)).collect();
    let alerts = alerts.into_iter().zip(is_untold);
    alerts
        .filter_map(|(alert, is_untold)| is_untold.then_some(alert))
        .collect()
}
