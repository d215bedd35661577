//! A mail as MIME: a plain text, and the report as an attachment if it is small enough.

use chrono::{DateTime, Utc};
use lettre::Message;
use lettre::message::header::ContentType;
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};

use crate::report_file::{ReportFile, sha256};

/// A mail to some recipients, who see each other.
#[derive(Debug, Clone)]
pub struct Mail {
    pub from: String,
    pub to: Vec<String>,
    pub subject: String,
    /// Lines end with `\n`.
    pub text: String,
    pub attachment: Option<ReportFile>,
    pub date: DateTime<Utc>,
}

/// A mail cannot be written. No text repeats an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    #[error("the sender is not an e-mail address")]
    Sender,
    #[error("a recipient is not an e-mail address")]
    Recipient,
    #[error("the mail could not be encoded")]
    Encoding,
}

impl Mail {
    /// The largest attachment: 4/3 of it and the text are below the 10 MB that most mail servers accept.
    pub const MAX_ATTACHMENT_BYTES: u64 = 7_000_000;

    /// The message. The same mail always has the same id, so that a second copy can be recognised.
    ///
    /// # Errors
    ///
    /// If an address is none.
    pub(crate) fn message(&self) -> Result<Message, MailError> {
        let from: Mailbox = self.from.parse().map_err(|_| MailError::Sender)?;
        let content = self.attachment.as_ref().map(|file| sha256(&file.content));
        let same = [
            self.to.join(","),
            self.subject.clone(),
            content.unwrap_or_default(),
        ];
        let id = sha256(same.join("\n").as_bytes());
        let mut message = Message::builder()
            .message_id(Some(format!("<{}@{}>", &id[..32], from.email.domain())))
            .date(self.date.into())
            .subject(self.subject.clone())
            .from(from);
        for recipient in &self.to {
            let recipient: Mailbox = recipient.parse().map_err(|_| MailError::Recipient)?;
            message = message.to(recipient);
        }
        let text = SinglePart::plain(self.text.replace('\n', "\r\n"));
        let message = match &self.attachment {
            None => message.singlepart(text),
            Some(file) => {
                let content_type = ContentType::parse(file.content_type);
                let content_type = content_type.map_err(|_| MailError::Encoding)?;
                let part = Attachment::new(file.file_name().to_owned())
                    .body(file.content.to_vec(), content_type);
                message.multipart(MultiPart::mixed().singlepart(text).singlepart(part))
            }
        };
        message.map_err(|_| MailError::Encoding)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail() -> Mail {
        Mail {
            from: "reports@example.com".to_owned(),
            to: vec!["ann@example.com".to_owned(), "bo@example.com".to_owned()],
            subject: "Kiro weekly report 2026-W48: Zürich".to_owned(),
            text: "Users: 12\nThe report is attached.\n".to_owned(),
            attachment: Some(ReportFile::html("weekly/a.html".to_owned(), "<p>ü</p>")),
            date: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_mail_has_its_text_and_its_report() {
        let text = String::from_utf8(mail().message().unwrap().formatted()).unwrap();
        for line in [
            "From: reports@example.com\r\n",
            "To: ann@example.com, bo@example.com\r\n",
            "Date: Thu, 01 Jan 1970 00:00:00 +0000\r\n",
            "Content-Type: multipart/mixed;",
            "\r\nUsers: 12\r\nThe report is attached.\r\n",
            "Content-Disposition: attachment; filename=\"a.html\"\r\n",
            "Content-Type: text/html; charset=utf-8\r\n",
        ] {
            assert!(text.contains(line), "{line}: {text}");
        }
        assert!(text.is_ascii());
    }

    #[test]
    fn the_same_mail_has_the_same_id_and_no_recipient_is_hidden_in_a_header() {
        let id = |mail: &Mail| {
            let text = String::from_utf8(mail.message().unwrap().formatted()).unwrap();
            let line = text.lines().find(|line| line.starts_with("Message-ID: "));
            line.unwrap().to_owned()
        };
        let later = Mail {
            date: DateTime::UNIX_EPOCH + chrono::TimeDelta::hours(1),
            ..mail()
        };
        assert_eq!(id(&mail()), id(&later));
        let other = Mail {
            subject: "another".to_owned(),
            ..mail()
        };
        assert_ne!(id(&mail()), id(&other));
        for (from, to, error) in [
            ("nobody", "ann@example.com", MailError::Sender),
            ("a@example.com", "ann", MailError::Recipient),
            (
                "a@example.com",
                "ann@example.com\r\nBcc: eve@example.com",
                MailError::Recipient,
            ),
        ] {
            let wrong = Mail {
                from: from.to_owned(),
                to: vec![to.to_owned()],
                ..mail()
            };
            assert_eq!(wrong.message().unwrap_err(), error);
        }
    }
}
