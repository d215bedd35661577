//! Sends a mail by SMTP, over TLS but to this machine.

use std::fmt;
use std::time::Duration;

use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::transport::smtp::{Error as SmtpError, SmtpTransport};
use lettre::{Message, Transport};

use crate::mail::{Mail, MailError};

/// Maximum time for each answer of the server.
const TIMEOUT: Duration = Duration::from_mins(1);

/// How a connection is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    /// From its first byte.
    Tls,
    /// By `STARTTLS`, without which no mail is sent.
    StartTls,
    /// Not at all: for a server of this machine.
    None,
}

/// A server that accepts mail for others.
#[derive(Debug, Clone)]
pub struct MailServer {
    pub host: String,
    pub port: u16,
    pub encryption: Encryption,
    pub login: Option<MailLogin>,
}

/// What a server asks for. The password is never shown.
#[derive(Clone)]
pub struct MailLogin {
    pub user: String,
    pub password: String,
}

impl fmt::Debug for MailLogin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("MailLogin").finish_non_exhaustive()
    }
}

/// A mail was not accepted. The texts of the server are left out: they may repeat an address.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    #[error(transparent)]
    Mail(#[from] MailError),
    #[error("it has refused the login (status {code})")]
    Login { code: u16 },
    #[error("it has refused the mail for now (status {code})")]
    Later { code: u16 },
    #[error("it has refused the mail (status {code})")]
    Refused { code: u16 },
    #[error("the encrypted connection failed")]
    Tls(#[source] SmtpError),
    #[error("it cannot be reached")]
    Unreachable(#[source] SmtpError),
    #[error("it did not answer as SMTP says")]
    Protocol,
}

impl SendError {
    /// Returns true if the command or the settings are at fault, and not the server.
    pub fn is_user_error(&self) -> bool {
        matches!(self, Self::Mail(_))
    }

    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Mail(_) => "check the addresses of --mail and of `report_from`",
            Self::Login { .. } => {
                "check user and password: `smtp_url`, KIRO_ANALYTICS_SMTP_PASSWORD"
            }
            Self::Later { .. } => "run the command again later",
            Self::Refused { .. } => {
                "check that the server accepts this sender, these recipients and a mail of this size; its log says why"
            }
            Self::Tls(_) => {
                "check host and port of `smtp_url`: `smtps://` encrypts at once, `smtp://` by STARTTLS; SSL_CERT_FILE names certificates of your own"
            }
            Self::Unreachable(_) => "check host and port of `smtp_url`, and the network",
            Self::Protocol => "check the port of `smtp_url`",
        }
    }
}

impl MailServer {
    /// Sends a mail. Returns when the server has taken it over.
    ///
    /// # Errors
    ///
    /// If the server has not accepted it for all recipients.
    pub async fn send(&self, mail: &Mail) -> Result<(), SendError> {
        let (server, message) = (self.clone(), mail.message()?);
        let sent = tokio::task::spawn_blocking(move || server.send_message(&message)).await;
        sent.map_err(|_| SendError::Protocol)?
    }

    fn send_message(&self, message: &Message) -> Result<(), SendError> {
        let parameters = || TlsParameters::new(self.host.clone()).map_err(SendError::Tls);
        let tls = match self.encryption {
            Encryption::Tls => Tls::Wrapper(parameters()?),
            Encryption::StartTls => Tls::Required(parameters()?),
            Encryption::None => Tls::None,
        };
        let mut transport = SmtpTransport::builder_dangerous(&self.host)
            .port(self.port)
            .timeout(Some(TIMEOUT))
            .tls(tls);
        if let Some(login) = &self.login {
            let credentials = Credentials::new(login.user.clone(), login.password.clone());
            transport = transport.credentials(credentials);
        }
        let sent = transport.build().send(message);
        sent.map(|_| ()).map_err(send_error)
    }
}

fn send_error(error: SmtpError) -> SendError {
    let code = error.status().map(u16::from);
    match code {
        // RFC 4954: what has to do with authentication.
        Some(code @ (432 | 454 | 530 | 534 | 535 | 538)) => SendError::Login { code },
        Some(code) if error.is_transient() => SendError::Later { code },
        Some(code) => SendError::Refused { code },
        None if error.is_tls() => SendError::Tls(error),
        None if error.is_response() || error.is_client() => SendError::Protocol,
        None => SendError::Unreachable(error),
    }
}
