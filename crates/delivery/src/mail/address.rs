//! E-mail addresses.

use std::fmt;
use std::str::FromStr;

/// An address such as `ann@example.com`, its domain in lower case. Only ASCII, without quotes, comments or a name.
#[derive(Clone, PartialEq, Eq)]
pub struct MailAddress(String);

/// A text is no address. The text is not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected an e-mail address such as `ann@example.com`, without a name")]
pub struct MailAddressError;

/// RFC 5321, 4.5.3.1: an address, and the part before the `@`.
const MAX_BYTES: usize = 254;
const MAX_LOCAL_BYTES: usize = 64;
/// RFC 1035, 2.3.4.
const MAX_LABEL_BYTES: usize = 63;

impl MailAddress {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part behind the `@`.
    pub fn domain(&self) -> &str {
        self.0.rsplit('@').next().unwrap_or_default()
    }
}

impl FromStr for MailAddress {
    type Err = MailAddressError;

    fn from_str(text: &str) -> Result<Self, MailAddressError> {
        let (local, domain) = text.split_once('@').ok_or(MailAddressError)?;
        let is_good = text.len() <= MAX_BYTES && is_local(local) && is_domain(domain);
        is_good
            .then(|| Self(format!("{local}@{}", domain.to_ascii_lowercase())))
            .ok_or(MailAddressError)
    }
}

/// Shows no address.
impl fmt::Debug for MailAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("MailAddress(…)")
    }
}

/// RFC 5322, 3.2.3: a dot-atom. One that begins with `-` could be taken for an option of a program.
fn is_local(local: &str) -> bool {
    let is_allowed =
        |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte);
    local.len() <= MAX_LOCAL_BYTES
        && !local.starts_with('-')
        && local
            .split('.')
            .all(|atom| !atom.is_empty() && atom.bytes().all(is_allowed))
}

fn is_domain(domain: &str) -> bool {
    let is_label = |label: &str| {
        (1..=MAX_LABEL_BYTES).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    domain.contains('.') && domain.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_mailbox_and_nothing_else() {
        for (text, expected) in [
            ("ann@example.com", "ann@example.com"),
            (
                "Ann.O'Hara+kiro@Mail.Example.COM",
                "Ann.O'Hara+kiro@mail.example.com",
            ),
        ] {
            assert_eq!(text.parse::<MailAddress>().unwrap().as_str(), expected);
        }
        let long = format!("{}@example.com", "x".repeat(65));
        for wrong in [
            "",
            "ann",
            "@example.com",
            "ann@",
            "ann@localhost",
            "ann@@example.com",
            "ann@example..com",
            "ann@-example.com",
            "ann@example.com.",
            ".ann@example.com",
            "-oQ/tmp@example.com",
            "ann bo@example.com",
            "Ann <ann@example.com>",
            "ann@example.com\r\nBcc: eve@example.com",
            "ann@example.com\n",
            "änn@example.com",
            "ann@exämple.com",
            "ann@[127.0.0.1]",
            &long,
        ] {
            let error = wrong.parse::<MailAddress>().unwrap_err().to_string();
            assert!(!error.contains("bo@") && !error.contains("eve"), "{error}");
        }
    }

    #[test]
    fn an_address_is_not_shown_by_accident() {
        let address: MailAddress = "ann@example.com".parse().unwrap();
        assert_eq!(format!("{address:?}"), "MailAddress(…)");
        assert_eq!(address.domain(), "example.com");
    }
}
