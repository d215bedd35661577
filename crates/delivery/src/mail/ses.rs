//! Hands mails to Amazon SES.

use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::config::http::HttpResponse;
use aws_sdk_sesv2::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sesv2::operation::send_email::SendEmailError;
use aws_sdk_sesv2::primitives::Blob;
use aws_sdk_sesv2::types::{Destination, EmailContent, RawMessage};
use aws_types::SdkConfig;
use futures::future::BoxFuture;
use kiro_ingest::RemoteErrorKind;
use kiro_s3::{credentials_error, is_expired_token, is_invalid_credentials, is_throttled};

use super::{Mail, MailAddress, MailError, Mailer};

/// Amazon SES in one Region. The permission is `ses:SendEmail` on the identity of the sender.
#[derive(Debug, Clone)]
pub struct Ses {
    client: Client,
    has_region: bool,
}

/// Amazon SES did not take a mail. Its own words are left out: they name addresses.
#[derive(Debug, thiserror::Error)]
pub enum SesError {
    #[error("no Region is configured for Amazon SES")]
    NoRegion,
    #[error(
        "Amazon SES has not verified the sender, or a recipient while the account is in the sandbox"
    )]
    NotVerified,
    #[error("access to `ses:SendEmail` was denied")]
    Denied,
    #[error("sending is paused for this account or its sender")]
    Paused,
    #[error("the sending quota of this account is used up")]
    Quota,
    #[error("Amazon SES rejected the mail ({code})")]
    Rejected { code: String },
    #[error("Amazon SES did not take the mail")]
    Service(#[source] RemoteErrorKind),
}

impl Ses {
    /// Sends no request.
    pub fn new(config: &SdkConfig) -> Self {
        Self {
            client: Client::new(config),
            has_region: config.region().is_some(),
        }
    }

    async fn send_email(&self, mail: &Mail) -> Result<(), SesError> {
        if !self.has_region {
            return Err(SesError::NoRegion);
        }
        let to = mail.to.addresses().iter().map(MailAddress::as_str);
        let destination = Destination::builder()
            .set_to_addresses(Some(to.map(str::to_owned).collect()))
            .build();
        let message = RawMessage::builder().data(Blob::new(mail.message()));
        let rejected = |_| SesError::Rejected {
            code: "InvalidRequest".to_owned(),
        };
        let content = EmailContent::builder().raw(message.build().map_err(rejected)?);
        let sent = self
            .client
            .send_email()
            .from_email_address(mail.from.as_str())
            .destination(destination)
            .content(content.build())
            .send();
        sent.await.map(drop).map_err(ses_error)
    }
}

impl Mailer for Ses {
    fn send<'a>(&'a self, mail: &'a Mail) -> BoxFuture<'a, Result<(), MailError>> {
        Box::pin(async move { Ok(self.send_email(mail).await?) })
    }
}

impl SesError {
    /// What to do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::NoRegion => Some("set AWS_REGION to the Region in which the sender is verified"),
            Self::NotVerified => Some(
                "verify the address or domain of `mail_from` in this Region: `aws sesv2 create-email-identity --email-identity DOMAIN`. If `aws sesv2 get-account` shows ProductionAccessEnabled false, verify each recipient, too, or request production access",
            ),
            Self::Denied => Some(
                "allow ses:SendEmail on the identities of `mail_from` (docs/reports.md has the statement)",
            ),
            Self::Paused => {
                Some("see `aws sesv2 get-account`: AWS has paused or suspended sending")
            }
            Self::Quota => Some(
                "see SendQuota of `aws sesv2 get-account`; a run after 24 hours sends the mail, or request a higher quota",
            ),
            Self::Rejected { .. } => Some(
                "check `mail_from` and the size of the report; `--mail-link` sends a link instead",
            ),
            Self::Service(kind) => kind.hint(),
        }
    }
}

fn ses_error(error: SdkError<SendEmailError, HttpResponse>) -> SesError {
    if credentials_error(&error).is_some() {
        return SesError::Service(RemoteErrorKind::NoCredentials {
            source: source_of(error),
        });
    }
    match &error {
        SdkError::ServiceError(refusal) => refused(
            refusal.raw().status().as_u16(),
            refusal.err().code().unwrap_or_default(),
            refusal.err().message().unwrap_or_default(),
        ),
        SdkError::ResponseError(response) if response.raw().status().is_server_error() => {
            let status = response.raw().status().as_u16();
            SesError::Service(RemoteErrorKind::Unavailable { status })
        }
        _ => SesError::Service(RemoteErrorKind::Unreachable {
            source: source_of(error),
        }),
    }
}

/// The message decides where SES has one code for two causes. It is not kept.
fn refused(status: u16, code: &str, message: &str) -> SesError {
    let service = SesError::Service;
    let named = || {
        if code.is_empty() {
            status.to_string()
        } else {
            code.to_owned()
        }
    };
    match code {
        "MailFromDomainNotVerifiedException" => SesError::NotVerified,
        "MessageRejected" | "BadRequestException" if message.contains("not verified") => {
            SesError::NotVerified
        }
        "AccessDeniedException" | "AccessDenied" => SesError::Denied,
        "AccountSuspendedException" | "SendingPausedException" => SesError::Paused,
        "LimitExceededException" => SesError::Quota,
        // Too many mails a day, or a second: the code is the same.
        "TooManyRequestsException" | "ThrottlingException" | "Throttling"
            if message.to_lowercase().contains("daily") =>
        {
            SesError::Quota
        }
        code if is_expired_token(code) => service(RemoteErrorKind::ExpiredCredentials),
        code if is_invalid_credentials(code) => {
            service(RemoteErrorKind::InvalidCredentials { code: named() })
        }
        code if is_throttled(code) || status == 429 => {
            service(RemoteErrorKind::Throttled { code: named() })
        }
        _ if status >= 500 => service(RemoteErrorKind::Unavailable { status }),
        _ => SesError::Rejected { code: named() },
    }
}

fn source_of(
    error: SdkError<SendEmailError, HttpResponse>,
) -> Box<dyn std::error::Error + Send + Sync> {
    error.into_source().unwrap_or_else(Into::into)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_has_a_cause_and_advice_but_no_address() {
        type Check = fn(&SesError) -> bool;
        let not_verified = "Email address is not verified. The following identities failed the check in region EU-CENTRAL-1: ann@example.com";
        let cases: [(u16, &str, &str, Check); 12] = [
            (400, "MessageRejected", not_verified, |error| {
                matches!(error, SesError::NotVerified)
            }),
            (400, "MessageRejected", "ann@example.com: virus", |error| {
                matches!(error, SesError::Rejected { .. })
            }),
            (400, "MailFromDomainNotVerifiedException", "", |error| {
                matches!(error, SesError::NotVerified)
            }),
            (
                403,
                "AccessDeniedException",
                "User is not authorized on identity/ann@example.com",
                |error| matches!(error, SesError::Denied),
            ),
            (400, "SendingPausedException", "", |error| {
                matches!(error, SesError::Paused)
            }),
            (400, "AccountSuspendedException", "", |error| {
                matches!(error, SesError::Paused)
            }),
            (400, "LimitExceededException", "", |error| {
                matches!(error, SesError::Quota)
            }),
            (
                429,
                "TooManyRequestsException",
                "Daily message quota exceeded.",
                |error| matches!(error, SesError::Quota),
            ),
            (
                429,
                "TooManyRequestsException",
                "Maximum sending rate exceeded.",
                |error| matches!(error, SesError::Service(RemoteErrorKind::Throttled { .. })),
            ),
            (403, "ExpiredTokenException", "", |error| {
                matches!(
                    error,
                    SesError::Service(RemoteErrorKind::ExpiredCredentials)
                )
            }),
            (403, "UnrecognizedClientException", "", |error| {
                matches!(
                    error,
                    SesError::Service(RemoteErrorKind::InvalidCredentials { .. })
                )
            }),
            (503, "", "", |error| {
                matches!(
                    error,
                    SesError::Service(RemoteErrorKind::Unavailable { status: 503 })
                )
            }),
        ];
        for (status, code, message, check) in cases {
            let error = refused(status, code, message);
            assert!(check(&error), "{status} {code}: {error:?}");
            assert!(error.hint().is_some(), "{error:?}");
            assert!(!format!("{error} {error:?}").contains('@'), "{error:?}");
        }
    }
}
