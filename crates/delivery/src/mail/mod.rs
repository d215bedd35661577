//! Reports by mail: addresses, the message, who takes it, and that it is sent once.
//!
//! No error, log or receipt has an address. Amazon SES is behind the feature `aws`.

mod address;
mod mailer;
mod message;
mod receipt;
mod recipients;
mod report_mail;
mod sendmail;
#[cfg(feature = "aws")]
mod ses;

pub use address::{MailAddress, MailAddressError};
pub use mailer::{MailDeliveryError, MailError, MailMode, MailStatus, Mailer, deliver};
pub use message::Mail;
pub use receipt::{MailClaim, MailReceipt};
pub use recipients::{Recipients, RecipientsError};
pub use report_mail::{ReportCopy, ReportMail};
pub use sendmail::{Sendmail, SendmailError, SendmailErrorKind};
#[cfg(feature = "aws")]
pub use ses::{Ses, SesError};
