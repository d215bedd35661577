//! Reports that arrive: for which days, under which names, in a folder or a bucket, and by mail.
//!
//! Writes a file only if it is new or has changed, and deletes nothing. Does not know what is in a report, and reads no clock.
//! Buckets and Amazon SES are behind the feature `aws`.

#[cfg(feature = "aws")]
mod bucket;
mod destination;
mod folder;
pub mod mail;
mod period;
mod report_file;
mod report_name;
mod scheduled_reports;

#[cfg(feature = "aws")]
pub use bucket::BucketDestination;
pub use destination::{Destination, Link, StoreStatus, StoredFile, VersionedContent, store};
pub use folder::FolderDestination;
pub use period::{Period, PeriodChoice, PeriodError};
pub use report_file::{ReportFile, sha256};
pub use report_name::{Audience, ReportName};
pub use scheduled_reports::{
    ReportFormat, SCHEDULED_REPORTS_FILE, ScheduledMail, ScheduledReports, ScheduledReportsError,
};
