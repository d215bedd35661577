//! The address of a webhook. It is a secret: whoever has it can post.

use std::fmt;
use std::net::IpAddr;

use serde::Deserialize;

/// A valid address. It shows nothing but its host.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct WebhookUrl {
    url: String,
    host: String,
}

/// Why an address is refused. The address is not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WebhookUrlError {
    #[error("expected a URL that begins with `https://`")]
    NotHttps,
    #[error("expected a URL with a host")]
    NoHost,
    #[error("expected a URL without user name and password")]
    Credentials,
    #[error("expected a URL without blanks, control characters, `#` and letters beyond ASCII")]
    Characters,
}

impl WebhookUrl {
    /// Checks an address: `https`, or `http` to a loopback address.
    ///
    /// # Errors
    ///
    /// If the address is no URL of that kind.
    pub fn new(url: &str) -> Result<Self, WebhookUrlError> {
        let is_secure = has_scheme(url, "https://");
        let rest = if is_secure {
            url.get("https://".len()..)
        } else if has_scheme(url, "http://") {
            url.get("http://".len()..)
        } else {
            None
        };
        let rest = rest.ok_or(WebhookUrlError::NotHttps)?;
        if !url
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'#')
        {
            return Err(WebhookUrlError::Characters);
        }
        let authority = rest.split(['/', '?']).next().unwrap_or_default();
        if authority.contains('@') {
            return Err(WebhookUrlError::Credentials);
        }
        let host = host_of(authority).ok_or(WebhookUrlError::NoHost)?;
        if !is_secure && !is_loopback(host) {
            return Err(WebhookUrlError::NotHttps);
        }
        Ok(Self {
            url: url.to_owned(),
            host: host.to_owned(),
        })
    }

    /// The host, without port and path.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The address up to its path, and the path: for the request and nothing else.
    #[cfg(feature = "network")]
    pub(crate) fn reveal(&self) -> (&str, String) {
        let authority = self.url.find("://").map_or(0, |scheme| scheme + 3);
        let end = self.url[authority..]
            .find(['/', '?'])
            .map_or(self.url.len(), |end| authority + end);
        let (origin, path) = self.url.split_at(end);
        let slash = if path.starts_with('/') { "" } else { "/" };
        (origin, format!("{slash}{path}"))
    }
}

impl TryFrom<String> for WebhookUrl {
    type Error = WebhookUrlError;

    fn try_from(url: String) -> Result<Self, WebhookUrlError> {
        Self::new(&url)
    }
}

impl fmt::Debug for WebhookUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("WebhookUrl")
            .field("host", &self.host)
            .finish_non_exhaustive()
    }
}

fn has_scheme(url: &str, scheme: &str) -> bool {
    url.get(..scheme.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
}

/// The host of `host`, `host:port` and `[address]:port`.
fn host_of(authority: &str) -> Option<&str> {
    let (host, port) = if let Some(rest) = authority.strip_prefix('[') {
        let (host, port) = rest.split_once(']')?;
        host.parse::<IpAddr>().ok()?;
        (
            host,
            port.strip_prefix(':').or(port.is_empty().then_some("")),
        )
    } else {
        match authority.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, Some("")),
        }
    };
    let port = port?;
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:".contains(&byte);
    let is_good = !host.is_empty()
        && host.bytes().all(is_name)
        && (port.is_empty() || port.parse::<u16>().is_ok());
    is_good.then_some(host)
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_encrypted_or_local_addresses_are_good() {
        for (url, host) in [
            (
                "https://hooks.slack.com/services/T0/B0/x",
                "hooks.slack.com",
            ),
            ("https://example.com:8443?sig=x", "example.com"),
            ("HTTPS://example.com/x", "example.com"),
            ("http://127.0.0.1:9000/hook", "127.0.0.1"),
            ("http://[::1]:9000/hook", "::1"),
            ("http://localhost/hook", "localhost"),
        ] {
            assert_eq!(WebhookUrl::new(url).unwrap().host(), host);
        }
        for (url, error) in [
            ("", WebhookUrlError::NotHttps),
            ("hooks.slack.com/services", WebhookUrlError::NotHttps),
            ("http://example.com/x", WebhookUrlError::NotHttps),
            ("http://127.0.0.1.example.com/x", WebhookUrlError::NotHttps),
            ("ftp://example.com", WebhookUrlError::NotHttps),
            ("https:///x", WebhookUrlError::NoHost),
            ("https://example.com:x/y", WebhookUrlError::NoHost),
            ("https://[example]/y", WebhookUrlError::NoHost),
            (
                "https://me:secret@example.com/",
                WebhookUrlError::Credentials,
            ),
            (
                "http://localhost@example.com/",
                WebhookUrlError::Credentials,
            ),
            ("https://example.com/a b", WebhookUrlError::Characters),
            ("https://example.com/a\nb", WebhookUrlError::Characters),
            ("https://example.com/\u{e9}", WebhookUrlError::Characters),
        ] {
            assert_eq!(WebhookUrl::new(url), Err(error), "{url}");
        }
    }

    #[cfg(feature = "network")]
    #[test]
    fn a_request_goes_to_the_whole_address() {
        for (url, expected) in [
            (
                "https://example.com/a/b?sig=x",
                ("https://example.com", "/a/b?sig=x"),
            ),
            (
                "https://example.com:1?sig=x",
                ("https://example.com:1", "/?sig=x"),
            ),
            ("http://[::1]:1", ("http://[::1]:1", "/")),
        ] {
            let url = WebhookUrl::new(url).unwrap();
            let (origin, path) = url.reveal();
            assert_eq!((origin, path.as_str()), expected);
        }
    }

    #[test]
    fn a_secret_is_in_no_output() {
        let url = WebhookUrl::new("https://hooks.slack.com/services/SECRET").unwrap();
        assert!(!format!("{url:?}").contains("SECRET"));
        for bad in ["SECRET", "http://example.com/SECRET", "https://a:SECRET@b/"] {
            let error = WebhookUrl::new(bad).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("SECRET"));
        }
    }
}
