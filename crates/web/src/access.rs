//! Access rules: the Host header must name this server, other machines need the token, and other sites may not post.
//! Also sets the security headers of every response.

use std::net::IpAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::response::error_response;

/// Allows nothing from other origins, nothing inline, and no framing.
pub(crate) const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
     connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// A secret that requests from other machines must send.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// Accepts a token of 16 to 256 letters, digits, `-` and `_`.
    pub fn new(text: impl Into<String>) -> Option<Self> {
        let text = text.into();
        let is_plain = text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        (text.len() >= 16 && text.len() <= 256 && is_plain).then_some(Self(text))
    }

    /// Generates a token of 192 random bits. None if the system has no random source.
    pub fn generate() -> Option<Self> {
        let mut bytes = [0; 24];
        getrandom::fill(&mut bytes).ok()?;
        Some(Self(URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// The secret text, for the URL that is printed once.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Compares digests, so that the time of the comparison reveals nothing about the token.
    fn matches(&self, other: &str) -> bool {
        Sha256::digest(self.0.as_bytes()) == Sha256::digest(other.as_bytes())
    }

    /// Unique per token, because cookies are shared by all ports of a host.
    fn cookie_name(&self) -> String {
        let digest = Sha256::digest(self.0.as_bytes());
        format!("kiro_{}", hex::encode(&digest[..4]))
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Token(…)")
    }
}

/// The access rules of a server.
#[derive(Debug, Clone, Default)]
pub struct Access {
    /// The bound name or address, unless it is a loopback one. `0.0.0.0` allows all names.
    pub host: Option<String>,
    /// If set, required of every request.
    pub token: Option<Token>,
}

/// Rejects requests that the rules do not allow, and sets the security headers of every response.
pub(crate) async fn guard(
    State(access): State<Arc<Access>>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = match access.check(&request) {
        Ok(()) => next.run(request).await,
        Err(rejection) => *rejection,
    };
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(), geolocation=(), microphone=()",
        ),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}

impl Access {
    fn check(&self, request: &Request<Body>) -> Result<(), Box<Response>> {
        let headers = request.headers();
        let host = host_of(request).unwrap_or_default();
        if !self.allows_host(host) {
            return Err(Box::new(error_response(
                StatusCode::MISDIRECTED_REQUEST,
                "the Host header does not name this server",
            )));
        }
        if request.uri().path() == "/healthz" {
            return Ok(());
        }
        if let Some(token) = &self.token {
            check_token(token, request)?;
        }
        if request.method() != Method::GET
            && request.method() != Method::HEAD
            && !is_same_origin(headers, host)
        {
            return Err(Box::new(error_response(
                StatusCode::FORBIDDEN,
                "only the page itself may send this request",
            )));
        }
        Ok(())
    }

    fn allows_host(&self, host: &str) -> bool {
        let name = without_port(host);
        if is_loopback(name) {
            return true;
        }
        self.host.as_deref().is_some_and(|bound| {
            bound.parse::<IpAddr>().map_or_else(
                |_| bound.eq_ignore_ascii_case(name),
                // Bound to all addresses: any name is allowed, because the token is required.
                |address| {
                    if address.is_unspecified() {
                        self.token.is_some()
                    } else {
                        name.parse() == Ok(address)
                    }
                },
            )
        })
    }
}

fn check_token(token: &Token, request: &Request<Body>) -> Result<(), Box<Response>> {
    let headers = request.headers();
    let bearer = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    if bearer
        .and_then(|value| value.strip_prefix("Bearer "))
        .is_some_and(|given| token.matches(given))
    {
        return Ok(());
    }
    let name = token.cookie_name();
    let cookies = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok());
    for cookie in cookies.flat_map(|line| line.split(';')) {
        if let Some((key, given)) = cookie.trim().split_once('=')
            && key == name
            && token.matches(given)
        {
            return Ok(());
        }
    }
    let query = request.uri().query().unwrap_or_default();
    let given = query
        .split('&')
        .find_map(|pair| pair.strip_prefix("token="));
    if given.is_some_and(|given| token.matches(given)) {
        // Sets a cookie and redirects to the same URL without the token.
        let rest: Vec<&str> = query
            .split('&')
            .filter(|pair| !pair.starts_with("token="))
            .collect();
        let path = request.uri().path();
        let target = if rest.is_empty() {
            path.to_owned()
        } else {
            format!("{path}?{}", rest.join("&"))
        };
        // Browsers read a backslash as a slash, and two slashes as the beginning of a host.
        let is_local = target
            .strip_prefix('/')
            .is_some_and(|rest| !rest.starts_with(['/', '\\']));
        let target = if is_local { target } else { "/".to_owned() };
        let cookie = format!("{name}={}; Path=/; HttpOnly; SameSite=Lax", token.reveal());
        return Err(Box::new(
            (
                StatusCode::SEE_OTHER,
                [(header::LOCATION, target), (header::SET_COOKIE, cookie)],
            )
                .into_response(),
        ));
    }
    let error = "a token is required: open the address that the server printed, or send the token as a bearer token";
    let mut response = error_response(StatusCode::UNAUTHORIZED, error);
    response
        .headers_mut()
        .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    Err(Box::new(response))
}

fn host_of(request: &Request<Body>) -> Option<&str> {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    match (hosts.next(), hosts.next()) {
        (Some(host), None) => host.to_str().ok(),
        (None, _) => request
            .uri()
            .authority()
            .map(axum::http::uri::Authority::as_str),
        // Two Host headers could be read in two ways: reject them.
        (Some(_), Some(_)) => None,
    }
}

fn without_port(host: &str) -> &str {
    if let Some(rest) = host.strip_prefix('[') {
        return rest.split_once(']').map_or("", |(address, _)| address);
    }
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

/// Returns true if a name or address always refers to this machine.
pub fn is_loopback(name: &str) -> bool {
    name.eq_ignore_ascii_case("localhost")
        || name
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

/// Returns true if a changing request comes from the page itself, or from a client that is not a browser.
fn is_same_origin(headers: &HeaderMap, host: &str) -> bool {
    let text = |name: &HeaderName| {
        headers
            .get(name)
            .map(|value| value.to_str().unwrap_or_default())
    };
    let site = text(&HeaderName::from_static("sec-fetch-site"));
    let is_site_own = site.is_none_or(|site| site == "same-origin");
    is_site_own
        && text(&header::ORIGIN).is_none_or(|origin| {
            origin
                .split_once("://")
                .is_some_and(|(_, from)| from.eq_ignore_ascii_case(host))
        })
}
