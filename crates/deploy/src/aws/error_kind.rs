//! The kinds of failures, and how statuses and error codes map to them.

use kiro_s3::{is_expired_token, is_invalid_credentials, is_throttled};

/// The kind of failure, the same for all services.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AwsErrorKind {
    /// The caller has no permission.
    Denied,
    /// A bucket of the deployment belongs to another account.
    ForeignOwner,
    /// Too many requests, after all retries.
    Throttled,
    NotFound,
    /// It already exists, or another operation is changing it.
    Conflict,
    /// The session has expired.
    Expired,
    /// There are no credentials, or wrong ones.
    Credentials,
    /// A configuration file, a profile or the CA bundle cannot be read: no request was made.
    Configuration,
    /// No response from the service.
    Unreachable,
    /// The service reported that it is not available.
    Unavailable,
    /// A quota of the account is used up.
    Limit,
    /// The service rejected the request.
    Invalid,
    Other,
}

impl AwsErrorKind {
    /// Classifies an error of a service by HTTP status, error code and message.
    pub(super) fn of(status: u16, code: &str, message: &str) -> Self {
        match code {
            code if is_expired_token(code) => return Self::Expired,
            code if is_invalid_credentials(code) => return Self::Credentials,
            code if is_throttled(code) => return Self::Throttled,
            "LimitExceeded"
            | "LimitExceededException"
            | "ServiceQuotaExceededException"
            | "ResourceNumberLimitExceededException"
            | "TooManyBuckets"
            | "CodeStorageExceededException" => return Self::Limit,
            "BucketAlreadyExists" => return Self::ForeignOwner,
            "AccessDenied"
            | "AccessDeniedException"
            | "UnauthorizedOperation"
            | "NotAuthorized"
            | "Forbidden"
            | "InsufficientPrivilegesException" => return Self::Denied,
            "EntityNotFoundException"
            | "ResourceNotFoundException"
            | "NoSuchEntity"
            | "NoSuchBucket"
            | "NoSuchKey"
            | "NotFound"
            | "NotFoundException"
            | "ChangeSetNotFound"
            | "ChangeSetNotFoundException" => return Self::NotFound,
            "AlreadyExistsException"
            | "EntityAlreadyExists"
            | "ResourceExistsException"
            | "ConflictException"
            | "ConcurrentModification"
            | "ConcurrentModificationException"
            | "ResourceConflictException"
            | "ResourceInUseException"
            | "OperationAbortedException"
            | "BucketAlreadyOwnedByYou"
            | "BucketNotEmpty"
            | "DeleteConflict"
            | "InvalidChangeSetStatus"
            | "ConcurrentUpdatingException" => return Self::Conflict,
            _ => {}
        }
        // CloudFormation and Athena have no error code of their own for resources that do not exist.
        let says_missing = message.contains("does not exist") || message.contains("is not found");
        if says_missing && matches!(code, "ValidationError" | "InvalidRequestException") {
            return Self::NotFound;
        }
        match status {
            401 | 403 => Self::Denied,
            404 => Self::NotFound,
            409 => Self::Conflict,
            429 => Self::Throttled,
            400..=499 => Self::Invalid,
            500..=599 => Self::Unavailable,
            _ => Self::Other,
        }
    }
}
