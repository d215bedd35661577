//! A mail as MIME: a plain text, and the report if it is attached.

use super::{MailAddress, Recipients};
use crate::report_file::{ReportFile, sha256};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};

/// RFC 5322, 2.1.1: 998 bytes without the end of the line.
const MAX_LINE_BYTES: usize = 990;
/// A subject that needs no folding.
const MAX_HEADER_BYTES: usize = 66;

/// A mail to some recipients, who see each other.
#[derive(Debug, Clone)]
pub struct Mail {
    pub from: MailAddress,
    pub to: Recipients,
    pub subject: String,
    /// Lines end with `\n`.
    pub text: String,
    pub attachment: Option<ReportFile>,
    pub date: DateTime<Utc>,
}

impl Mail {
    /// The largest attachment: even 4/3 of it, as base64, is below the 10 MB that most mail servers accept.
    pub const MAX_ATTACHMENT_BYTES: u64 = 7_000_000;

    /// The message of RFC 5322 in ASCII, its lines ended by `\r\n`. The same mail always has the same id, so that a second copy can
    /// be recognised.
    pub(crate) fn message(&self) -> String {
        let id = self.id();
        let to: Vec<String> = self.to.addresses().iter().map(bracketed).collect();
        let mut message = String::new();
        for (name, value) in [
            ("From", bracketed(&self.from)),
            ("To", to.join(",\r\n ")),
            ("Subject", encoded_words(&self.subject)),
            ("Date", self.date.to_rfc2822()),
            ("Message-ID", format!("<{id}@{}>", self.from.domain())),
            // RFC 3834: an absent reader's mailbox does not reply.
            ("Auto-Submitted", "auto-generated".to_owned()),
            ("X-Mailer", "kiro-analytics".to_owned()),
            ("MIME-Version", "1.0".to_owned()),
        ] {
            push_line(&mut message, &format!("{name}: {value}"));
        }
        let Some(file) = &self.attachment else {
            push_text(&mut message, &self.text);
            return message;
        };
        let boundary = format!("=_{id}");
        push_line(
            &mut message,
            &format!("Content-Type: multipart/mixed; boundary=\"{boundary}\""),
        );
        push_line(&mut message, &format!("\r\n--{boundary}"));
        push_text(&mut message, &self.text);
        push_line(&mut message, &format!("\r\n--{boundary}"));
        push_line(
            &mut message,
            &format!("Content-Type: {}", file.content_type),
        );
        let file_name = file_name_parameter(file.file_name());
        push_line(
            &mut message,
            &format!("Content-Disposition: attachment; {file_name}"),
        );
        push_base64(&mut message, &file.content);
        push_line(&mut message, &format!("--{boundary}--"));
        message
    }

    fn id(&self) -> String {
        let content = self.attachment.as_ref().map(|file| sha256(&file.content));
        let mut same = self.to.identity();
        same.push(self.subject.clone());
        same.push(content.unwrap_or_default());
        let hash = sha256(same.join("\n").as_bytes());
        hash[..32].to_owned()
    }
}

fn push_line(message: &mut String, line: &str) {
    message.push_str(line);
    message.push_str("\r\n");
}

fn bracketed(address: &MailAddress) -> String {
    format!("<{}>", address.as_str())
}

/// The headers and the body of a plain text. It is readable as it is if mail systems may pass it on as it is.
fn push_text(message: &mut String, text: &str) {
    push_line(message, "Content-Type: text/plain; charset=utf-8");
    let is_plain = text.is_ascii()
        && !text.contains(|letter: char| letter.is_control() && letter != '\n')
        && text.lines().all(|line| line.len() <= MAX_LINE_BYTES);
    if is_plain {
        push_line(message, "Content-Transfer-Encoding: 7bit\r\n");
        for line in text.lines() {
            push_line(message, line);
        }
    } else {
        push_base64(message, text.replace('\n', "\r\n").as_bytes());
    }
}

/// The last header and the body of a part in base64.
fn push_base64(message: &mut String, content: &[u8]) {
    push_line(message, "Content-Transfer-Encoding: base64\r\n");
    // 57 bytes are 76 letters, the longest line of RFC 2045.
    for line in content.chunks(57) {
        STANDARD.encode_string(line, message);
        message.push_str("\r\n");
    }
}

/// The value of a header: as it is, or as encoded words of RFC 2047 if it is long or not plain. A control character is a blank.
fn encoded_words(text: &str) -> String {
    let text: String = text
        .chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .collect();
    if text.is_ascii() && text.len() <= MAX_HEADER_BYTES && !text.contains("=?") {
        return text;
    }
    let mut words = vec![String::new()];
    for letter in text.chars() {
        match words.last_mut() {
            // 45 bytes are 60 letters: a word has at most 75 with its frame.
            Some(word) if word.len() + letter.len_utf8() <= 45 => word.push(letter),
            _ => words.push(letter.to_string()),
        }
    }
    let words = words
        .iter()
        .map(|word| format!("=?utf-8?B?{}?=", STANDARD.encode(word)));
    words.collect::<Vec<_>>().join("\r\n ")
}

/// The parameter of RFC 2183, or of RFC 2231 if the name is not plain.
fn file_name_parameter(name: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._+-".contains(&byte);
    if name.bytes().all(is_plain) {
        return format!("filename=\"{name}\"");
    }
    let encoded = name.bytes().map(|byte| match byte {
        byte if is_plain(byte) && byte != b'+' => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    });
    format!("filename*=utf-8''{}", encoded.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail() -> Mail {
        Mail {
            from: "reports@example.com".parse().unwrap(),
            to: Recipients::parse(["ann@example.com", "bo@example.com"]).unwrap(),
            subject: "Kiro weekly report 2026-W48: Zürich".to_owned(),
            text: "Users: 12\nThe report is attached.\n".to_owned(),
            attachment: Some(ReportFile::html("weekly/a.html".to_owned(), "<p>ü</p>")),
            date: DateTime::UNIX_EPOCH,
        }
    }

    fn shown(mail: &Mail) -> String {
        mail.message()
    }

    fn header(mail: &Mail, name: &str) -> String {
        let unfolded = shown(mail).replace("\r\n ", " ").replace("\r\n\t", " ");
        let line = unfolded.lines().find(|line| line.starts_with(name));
        line.unwrap_or_default().to_owned()
    }

    #[test]
    fn a_mail_has_its_text_and_its_report() {
        let text = shown(&mail());
        for line in [
            "From: <reports@example.com>\r\n",
            "To: <ann@example.com>,\r\n <bo@example.com>\r\n",
            "Date: Thu, 1 Jan 1970 00:00:00 +0000\r\n",
            "Auto-Submitted: auto-generated\r\n",
            "Subject: =?utf-8?B?S2lybyB3ZWVrbHkgcmVwb3J0IDIwMjYtVzQ4OiBaw7xyaWNo?=\r\n",
            "Content-Type: multipart/mixed;",
            "\r\nUsers: 12\r\nThe report is attached.\r\n",
            "Content-Disposition: attachment; filename=\"a.html\"\r\n",
            "Content-Transfer-Encoding: base64\r\n\r\nPHA+w7w8L3A+\r\n--=_",
            "Content-Type: text/html; charset=utf-8\r\n",
        ] {
            assert!(text.contains(line), "{line}: {text}");
        }
        assert!(text.is_ascii());
        assert!(text.lines().all(|line| line.len() <= 998), "{text}");
    }

    #[test]
    fn a_mail_without_a_report_is_one_text() {
        let mail = Mail {
            attachment: None,
            ..mail()
        };
        let text = shown(&mail);
        assert!(
            text.contains("Content-Type: text/plain; charset=utf-8\r\n"),
            "{text}"
        );
        assert!(!text.contains("multipart"), "{text}");
        assert!(
            text.ends_with("\r\n\r\nUsers: 12\r\nThe report is attached.\r\n"),
            "{text}"
        );
    }

    #[test]
    fn the_same_mail_has_the_same_id_and_a_name_breaks_no_header() {
        let later = Mail {
            date: DateTime::UNIX_EPOCH + chrono::TimeDelta::hours(1),
            ..mail()
        };
        let id = header(&mail(), "Message-ID: ");
        assert_eq!(id, header(&later, "Message-ID: "));
        assert!(id.ends_with("@example.com>"), "{id}");
        let hostile = Mail {
            subject: "Report: a\r\nBcc: eve@example.com".to_owned(),
            ..mail()
        };
        assert_ne!(id, header(&hostile, "Message-ID: "));
        assert_eq!(header(&hostile, "Bcc"), "");
        assert_eq!(
            header(&hostile, "Subject: "),
            "Subject: Report: a  Bcc: eve@example.com"
        );
    }

    #[test]
    fn long_lines_and_other_letters_are_encoded_within_the_limits() {
        let name = "東京 report \"1\".html";
        let mail = Mail {
            subject: "Kiro report ".to_owned() + &"é".repeat(200),
            text: format!("https://example.com/?{}\nü\n", "x".repeat(2000)),
            attachment: Some(ReportFile::html(format!("weekly/{name}"), "x".repeat(500))),
            ..mail()
        };
        let message = shown(&mail);
        assert!(message.is_ascii());
        assert!(message.lines().all(|line| line.len() <= 140), "{message}");
        assert!(message.contains("filename*=utf-8''%E6%9D%B1%E4%BA%AC%20report%20%221%22.html"));
        let subject = header(&mail, "Subject: ");
        let words = subject["Subject: ".len()..].split(' ');
        let decoded: Vec<u8> = words
            .flat_map(|word| {
                assert!(word.len() <= 75, "{word}");
                let word = word.strip_prefix("=?utf-8?B?").unwrap();
                STANDARD.decode(word.strip_suffix("?=").unwrap()).unwrap()
            })
            .collect();
        assert_eq!(String::from_utf8(decoded).unwrap(), mail.subject);
    }
}
