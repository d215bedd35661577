//! Reports that arrive: for which days, under which names, in a folder or a bucket, and by mail.
//!
//! Writes a file only if it is new or has changed, and deletes nothing. Does not know what is in a report, and reads no clock.
//! Buckets are behind the feature `aws`, mail behind `mail`.

#[cfg(feature = "aws")]
mod bucket;
mod destination;
mod folder;
#[cfg(feature = "mail")]
mod mail;
mod mail_receipt;
#[cfg(feature = "mail")]
mod mail_server;
mod period;
mod report_file;
mod report_name;

#[cfg(feature = "aws")]
pub use bucket::BucketDestination;
pub use destination::{Destination, Link, StoreStatus, StoredFile, VersionedContent, store};
pub use folder::FolderDestination;
#[cfg(feature = "mail")]
pub use mail::{Mail, MailError};
pub use mail_receipt::{MailClaim, MailReceipt};
#[cfg(feature = "mail")]
pub use mail_server::{Encryption, MailLogin, MailServer, SendError};
pub use period::{Period, PeriodChoice, PeriodError};
pub use report_file::{ReportFile, sha256};
pub use report_name::{Audience, ReportName};
