//! The kinds of failures of a call, and how statuses, codes and reasons map to them.

use aws_sdk_identitystore::Error as StoreError;
use aws_sdk_identitystore::types::ResourceType;
use kiro_s3::{is_expired_token, is_invalid_credentials, is_throttled};

use crate::denial::Denial;

/// The kind of failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallErrorKind {
    /// The caller has no permission.
    Denied(Denial),
    /// The caller has no permission for the KMS key that encrypts the directory.
    KeyDenied,
    /// IAM Identity Center itself cannot use the KMS key.
    KeyUnusable,
    /// Too many requests, after all retries.
    Throttled,
    /// No such Identity Store in this Region for this caller.
    StoreNotFound,
    UserNotFound,
    GroupNotFound,
    /// An Active Directory without configurable AD sync, which cannot be listed.
    ListingUnsupported,
    /// The session has expired.
    Expired,
    /// There are no credentials, or wrong ones. The cause names no caller.
    Credentials {
        cause: Option<String>,
    },
    /// No response from the service.
    Unreachable {
        cause: Option<String>,
    },
    /// The service reported that it is not available.
    Unavailable,
    /// The service rejected the request.
    Invalid,
    /// The service returned the token of a page twice.
    RepeatedPage,
    Other,
}

/// What a refusal says about itself, without the reasons that only the Identity Store has.
pub(crate) struct Refusal<'a> {
    pub(crate) status: u16,
    pub(crate) code: &'a str,
}

impl CallErrorKind {
    /// Returns true if the same call can succeed later.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Throttled | Self::Unreachable { .. } | Self::Unavailable => true,
            Self::Denied(_)
            | Self::KeyDenied
            | Self::KeyUnusable
            | Self::StoreNotFound
            | Self::UserNotFound
            | Self::GroupNotFound
            | Self::ListingUnsupported
            | Self::Expired
            | Self::Credentials { .. }
            | Self::Invalid
            | Self::RepeatedPage
            | Self::Other => false,
        }
    }

    /// Classifies a refusal. `denial` makes the kind of a denied call.
    pub(crate) fn of(refusal: &Refusal<'_>, denial: impl FnOnce() -> Denial) -> Self {
        match refusal.code {
            code if is_expired_token(code) => return Self::Expired,
            code if is_invalid_credentials(code) => return Self::Credentials { cause: None },
            code if is_throttled(code) => return Self::Throttled,
            "AccessDenied" | "AccessDeniedException" => return Self::Denied(denial()),
            _ => {}
        }
        match refusal.status {
            401 | 403 => Self::Denied(denial()),
            429 => Self::Throttled,
            400..=499 => Self::Invalid,
            500..=599 => Self::Unavailable,
            _ => Self::Other,
        }
    }

    /// The kind of an error with a reason or a type of resource, which only the Identity Store names.
    pub(crate) fn of_store(error: &StoreError) -> Option<Self> {
        match error {
            StoreError::AccessDeniedException(denied) => denied.reason().map(|_| Self::KeyDenied),
            StoreError::ThrottlingException(_) => Some(Self::Throttled),
            StoreError::ValidationException(invalid) if invalid.reason().is_some() => {
                Some(Self::KeyUnusable)
            }
            // Without a code or a reason of its own.
            StoreError::ValidationException(invalid) => {
                let message = invalid.message().unwrap_or_default();
                let wants_filter = message.contains("Filter is required");
                wants_filter.then_some(Self::ListingUnsupported)
            }
            StoreError::ResourceNotFoundException(missing) => Some(match missing.resource_type() {
                _ if missing.reason().is_some() => Self::KeyUnusable,
                Some(ResourceType::User) => Self::UserNotFound,
                Some(ResourceType::Group) => Self::GroupNotFound,
                Some(_) => Self::StoreNotFound,
                None => Self::of_missing(missing.message().unwrap_or_default()),
            }),
            _ => None,
        }
    }

    /// The kind of a missing resource without a type: "USER not found."
    fn of_missing(message: &str) -> Self {
        if message.starts_with("USER ") {
            Self::UserNotFound
        } else if message.starts_with("GROUP ") {
            Self::GroupNotFound
        } else {
            Self::StoreNotFound
        }
    }
}
