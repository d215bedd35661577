//! Whether a report was mailed: a small file beside it, so that of two runs one sends, and a later run sends nothing.

use chrono::{DateTime, TimeDelta, Utc};
use kiro_ingest::{StoreError, StoreErrorKind};
use kiro_report::ObjectKey;
use serde::{Deserialize, Serialize};

use super::{MailMode, Recipients};
use crate::destination::Destination;
use crate::report_file::{ReportFile, sha256};

/// A run that has not marked its mail as sent by then has ended.
const CLAIM_IS_VOID_AFTER: TimeDelta = TimeDelta::hours(1);
/// Attempts to write a receipt that other runs keep changing.
const MAX_ATTEMPTS: u32 = 10;

/// The receipt of one report for one list of recipients. It has no address: its name is a hash.
pub struct MailReceipt<'a> {
    destination: &'a dyn Destination,
    name: String,
}

/// What a run has to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailClaim {
    /// Send the mail, then confirm or release.
    Send,
    /// It was sent before.
    Sent,
    /// Another run is sending it.
    InWork,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Document {
    state: State,
    at: DateTime<Utc>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Claimed,
    Sent,
    Failed,
}

impl<'a> MailReceipt<'a> {
    /// The receipt in the folder of a report, which is empty or ends with `/`. `report` distinguishes the report from all others in
    /// the folder; the order of the recipients does not matter.
    pub fn new(
        destination: &'a dyn Destination,
        folder: &str,
        report: &str,
        recipients: &Recipients,
    ) -> Self {
        let mut parts = recipients.identity();
        parts.push(report.to_owned());
        let hash = sha256(parts.join("\n").as_bytes());
        Self {
            destination,
            name: format!("{folder}mail/{}.json", &hash[..16]),
        }
    }

    /// Claims the mail for this run, unless it was sent.
    ///
    /// # Errors
    ///
    /// If the destination cannot be read or written.
    pub async fn claim(&self, now: DateTime<Utc>, mode: MailMode) -> Result<MailClaim, StoreError> {
        for _ in 0..MAX_ATTEMPTS {
            let existing = self.destination.read(&self.name).await?;
            let document = existing
                .as_ref()
                .and_then(|existing| serde_json::from_slice::<Document>(&existing.content).ok());
            match document {
                Some(document) if document.state == State::Sent && mode == MailMode::Once => {
                    return Ok(MailClaim::Sent);
                }
                Some(document)
                    if document.state == State::Claimed
                        && now - document.at < CLAIM_IS_VOID_AFTER =>
                {
                    return Ok(MailClaim::InWork);
                }
                Some(_) | None => {}
            }
            let version = existing.map(|existing| existing.version);
            let file = self.file(State::Claimed, now);
            if self.destination.replace(&file, version.as_deref()).await? {
                return Ok(MailClaim::Send);
            }
        }
        Err(self.contended())
    }

    /// Marks the mail as sent.
    ///
    /// # Errors
    ///
    /// If the destination cannot be written: the next run after an hour sends the mail again.
    pub async fn confirm(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        self.set(State::Sent, now).await
    }

    /// Gives the mail back: the next run sends it.
    ///
    /// # Errors
    ///
    /// If the destination cannot be written: the next run after an hour sends it.
    pub async fn release(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        self.set(State::Failed, now).await
    }

    async fn set(&self, state: State, now: DateTime<Utc>) -> Result<(), StoreError> {
        let file = self.file(state, now);
        for _ in 0..MAX_ATTEMPTS {
            let existing = self.destination.read(&self.name).await?;
            let version = existing.map(|existing| existing.version);
            if self.destination.replace(&file, version.as_deref()).await? {
                return Ok(());
            }
        }
        Err(self.contended())
    }

    fn file(&self, state: State, at: DateTime<Utc>) -> ReportFile {
        let document = Document { state, at };
        // A word and a time are always JSON.
        let content = serde_json::to_vec(&document).unwrap_or_default();
        ReportFile::json(self.name.clone(), content)
    }

    fn contended(&self) -> StoreError {
        let key = ObjectKey::new(self.destination.location(&self.name));
        StoreError::new("write", &key, StoreErrorKind::Changed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FolderDestination;

    fn at(hour: u32) -> DateTime<Utc> {
        let day = chrono::NaiveDate::from_ymd_opt(2026, 11, 30).unwrap();
        day.and_hms_opt(hour, 0, 0).unwrap().and_utc()
    }

    #[tokio::test]
    async fn a_mail_is_sent_once_and_a_failed_or_lost_one_again() {
        let folder = tempfile::tempdir().unwrap();
        let destination = FolderDestination::new(folder.path());
        let receipt = |report: &str, recipients: &str| {
            let recipients = Recipients::parse([recipients]).unwrap();
            MailReceipt::new(&destination, "weekly/", report, &recipients)
        };
        let (once, again) = (MailMode::Once, MailMode::Again);
        let mail = receipt("a.html", "ann@example.com bo@example.com");
        assert_eq!(mail.claim(at(5), once).await.unwrap(), MailClaim::Send);
        assert_eq!(mail.claim(at(5), once).await.unwrap(), MailClaim::InWork);
        assert_eq!(mail.claim(at(5), again).await.unwrap(), MailClaim::InWork);
        // A run that was killed leaves its claim.
        assert_eq!(mail.claim(at(6), once).await.unwrap(), MailClaim::Send);
        mail.release(at(6)).await.unwrap();
        assert_eq!(mail.claim(at(6), once).await.unwrap(), MailClaim::Send);
        mail.confirm(at(6)).await.unwrap();
        let same = receipt("a.html", "BO@example.com,ann@example.com");
        assert_eq!(same.claim(at(9), once).await.unwrap(), MailClaim::Sent);
        assert_eq!(same.claim(at(9), again).await.unwrap(), MailClaim::Send);
        for other in [
            receipt("b.html", "ann@example.com bo@example.com"),
            receipt("a.html", "ann@example.com"),
        ] {
            assert_eq!(other.claim(at(9), once).await.unwrap(), MailClaim::Send);
        }
        for file in std::fs::read_dir(folder.path().join("weekly/mail")).unwrap() {
            let path = file.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            assert!(!text.contains('@') && !path.to_string_lossy().contains('@'));
        }
    }

    #[tokio::test]
    async fn of_many_runs_at_once_one_sends() {
        let folder = tempfile::tempdir().unwrap();
        let destination = FolderDestination::new(folder.path());
        let recipients = Recipients::parse(["ann@example.com"]).unwrap();
        let mail = MailReceipt::new(&destination, "", "a.html", &recipients);
        let claims = (0..8).map(|_| mail.claim(at(5), MailMode::Once));
        let claims = futures::future::join_all(claims).await;
        let sends = claims
            .iter()
            .filter(|claim| matches!(claim, Ok(MailClaim::Send)));
        assert_eq!(sends.count(), 1, "{claims:?}");
    }
}
