//! The recipients of a mail.

use super::{MailAddress, MailAddressError};

/// 1 to 50 addresses, each once, in the order in which they were named. They see each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipients(Vec<MailAddress>);

/// A list is none of recipients. No address is repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecipientsError {
    #[error("expected at least one recipient, found none")]
    None,
    #[error("expected at most {} recipients, found {found}", Recipients::MAX)]
    TooMany { found: usize },
    #[error("recipient {position} is none")]
    Address {
        /// From 1.
        position: usize,
        #[source]
        source: MailAddressError,
    },
}

impl Recipients {
    /// The limit of Amazon SES for one mail.
    pub const MAX: usize = 50;

    /// Reads addresses. A text may have several, separated by commas, semicolons or blanks.
    ///
    /// # Errors
    ///
    /// If there is none, if there are more than [`Self::MAX`], or if one is no address.
    pub fn parse<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Self, RecipientsError> {
        let mut addresses: Vec<MailAddress> = Vec::new();
        let parts = texts
            .into_iter()
            .flat_map(|text| text.split([',', ';', ' ']))
            .filter(|part| !part.is_empty());
        for (index, part) in parts.enumerate() {
            let address: MailAddress = part.parse().map_err(|source| RecipientsError::Address {
                position: index + 1,
                source,
            })?;
            let is_new = !addresses
                .iter()
                .any(|known| folded(known) == folded(&address));
            if is_new {
                addresses.push(address);
            }
        }
        match addresses.len() {
            0 => Err(RecipientsError::None),
            found if found > Self::MAX => Err(RecipientsError::TooMany { found }),
            _ => Ok(Self(addresses)),
        }
    }

    pub fn addresses(&self) -> &[MailAddress] {
        &self.0
    }

    /// The addresses in lower case and in order: the same for the same recipients.
    pub(crate) fn identity(&self) -> Vec<String> {
        let mut folded: Vec<String> = self.0.iter().map(folded).collect();
        folded.sort();
        folded
    }
}

/// In practice no mail system distinguishes the case of a mailbox.
fn folded(address: &MailAddress) -> String {
    address.as_str().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recipients_are_each_named_once() {
        let recipients =
            Recipients::parse(["b@example.com, a@example.com;B@example.com", "c@x.org"]);
        let recipients = recipients.unwrap();
        let shown: Vec<&str> = recipients
            .addresses()
            .iter()
            .map(MailAddress::as_str)
            .collect();
        assert_eq!(shown, ["b@example.com", "a@example.com", "c@x.org"]);
        assert_eq!(
            recipients.identity(),
            ["a@example.com", "b@example.com", "c@x.org"]
        );
    }

    #[test]
    fn a_wrong_list_is_refused_without_an_address_in_the_error() {
        let many: Vec<String> = (0..51)
            .map(|number| format!("n{number}@example.com"))
            .collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert!(Recipients::parse(many[..50].iter().copied()).is_ok());
        let cases: [(&[&str], RecipientsError); 4] = [
            (&[], RecipientsError::None),
            (&[" ,"], RecipientsError::None),
            (&many, RecipientsError::TooMany { found: 51 }),
            (
                &["a@example.com", "b@example.com\r\nBcc:eve@example.com"],
                RecipientsError::Address {
                    position: 2,
                    source: MailAddressError,
                },
            ),
        ];
        for (texts, expected) in cases {
            let error = Recipients::parse(texts.iter().copied()).unwrap_err();
            assert_eq!(error, expected);
            assert!(!error.to_string().contains('@'), "{error}");
        }
    }
}
