//! What takes a mail, and the order of receipt and mail.

use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use kiro_ingest::StoreError;
use serde::Serialize;

use super::{Mail, MailClaim, MailReceipt, SendmailError};

/// Takes a mail and sees to its delivery.
pub trait Mailer: Send + Sync {
    /// Hands the mail over. What becomes of it later is not known.
    fn send<'a>(&'a self, mail: &'a Mail) -> BoxFuture<'a, Result<(), MailError>>;
}

/// A mail was not taken. No text has an address.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    #[error(transparent)]
    Sendmail(#[from] SendmailError),
    #[cfg(feature = "aws")]
    #[error(transparent)]
    Ses(#[from] super::SesError),
}

/// Whether a mail that was sent before is sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailMode {
    Once,
    Again,
}

/// What became of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MailStatus {
    /// This run has sent it.
    Sent,
    /// An earlier run has sent it.
    SentBefore,
    /// Another run is sending it.
    InWork,
}

/// A mail was not delivered as it should be.
#[derive(Debug, thiserror::Error)]
pub enum MailDeliveryError {
    #[error(transparent)]
    Receipt(StoreError),
    #[error(transparent)]
    Mail(MailError),
    #[error("the mail was sent, but not marked as sent: a run after an hour sends it again")]
    Unmarked(#[source] StoreError),
}

impl MailError {
    /// Returns true if a service or the network is the cause, and not this machine.
    pub fn is_remote(&self) -> bool {
        match self {
            Self::Sendmail(_) => false,
            #[cfg(feature = "aws")]
            Self::Ses(_) => true,
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Sendmail(error) => error.kind.hint(),
            #[cfg(feature = "aws")]
            Self::Ses(error) => error.hint(),
        }
    }
}

/// Sends a mail unless its receipt says that it was sent. Of several runs at once, one sends. A mail that was not taken is given
/// back. A run that is killed between the mail and its receipt has the mail sent again after an hour.
///
/// # Errors
///
/// If the receipt cannot be read or written, or if the mail is not taken.
pub async fn deliver(
    mailer: &dyn Mailer,
    receipt: &MailReceipt<'_>,
    mail: &Mail,
    mode: MailMode,
) -> Result<MailStatus, MailDeliveryError> {
    let now: DateTime<Utc> = mail.date;
    let claim = receipt.claim(now, mode).await;
    match claim.map_err(MailDeliveryError::Receipt)? {
        MailClaim::Sent => return Ok(MailStatus::SentBefore),
        MailClaim::InWork => return Ok(MailStatus::InWork),
        MailClaim::Send => {}
    }
    if let Err(error) = mailer.send(mail).await {
        // The error of the mail matters more than one of the receipt, whose claim ends after an hour.
        receipt.release(now).await.unwrap_or_default();
        return Err(MailDeliveryError::Mail(error));
    }
    let confirmed = receipt.confirm(now).await;
    confirmed.map_err(MailDeliveryError::Unmarked)?;
    Ok(MailStatus::Sent)
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::FolderDestination;
    use crate::mail::{Recipients, SendmailErrorKind};

    /// Takes mails unless it is broken.
    #[derive(Default)]
    struct Mailbox {
        is_broken: bool,
        subjects: Mutex<Vec<String>>,
    }

    impl Mailer for Mailbox {
        fn send<'a>(&'a self, mail: &'a Mail) -> BoxFuture<'a, Result<(), MailError>> {
            Box::pin(async move {
                if self.is_broken {
                    let program = "sendmail".into();
                    let kind = SendmailErrorKind::Timeout;
                    return Err(SendmailError { program, kind }.into());
                }
                self.subjects.lock().unwrap().push(mail.subject.clone());
                Ok(())
            })
        }
    }

    #[tokio::test]
    async fn a_mail_that_was_not_taken_is_sent_by_the_next_run_and_then_never_again() {
        let folder = tempfile::tempdir().unwrap();
        let destination = FolderDestination::new(folder.path());
        let to = Recipients::parse(["ann@example.com"]).unwrap();
        let receipt = MailReceipt::new(&destination, "", "a.html", &to);
        let mail = Mail {
            from: "reports@example.com".parse().unwrap(),
            to,
            subject: "Report".to_owned(),
            text: String::new(),
            attachment: None,
            date: DateTime::UNIX_EPOCH,
        };
        let broken = Mailbox {
            is_broken: true,
            ..Mailbox::default()
        };
        let error = deliver(&broken, &receipt, &mail, MailMode::Once).await;
        assert!(
            matches!(error, Err(MailDeliveryError::Mail(_))),
            "{error:?}"
        );
        let mailbox = Mailbox::default();
        for (mode, expected) in [
            (MailMode::Once, MailStatus::Sent),
            (MailMode::Once, MailStatus::SentBefore),
            (MailMode::Again, MailStatus::Sent),
        ] {
            let status = deliver(&mailbox, &receipt, &mail, mode).await.unwrap();
            assert_eq!(status, expected);
        }
        assert_eq!(*mailbox.subjects.lock().unwrap(), ["Report", "Report"]);
    }
}
