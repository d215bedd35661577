//! Errors of an object store behind a network.

use std::error::Error;

/// Why an operation of an object store behind a network failed.
#[derive(Debug, thiserror::Error)]
pub enum RemoteErrorKind {
    #[error("the bucket does not exist")]
    NoBucket,
    #[error("access denied: {message}")]
    Denied { message: String },
    #[error("the object is archived (S3 Glacier)")]
    Archived,
    #[error("no credentials could be loaded")]
    NoCredentials {
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    #[error("the credentials have expired")]
    ExpiredCredentials,
    #[error("the credentials are not valid ({code})")]
    InvalidCredentials { code: String },
    #[error("the bucket is in another Region than `{region}`")]
    OtherRegion { region: String },
    #[error("the clock of this machine is wrong: {message}")]
    ClockSkew { message: String },
    #[error("too many requests ({code})")]
    Throttled { code: String },
    #[error("the service failed with status {status}")]
    Unavailable { status: u16 },
    #[error("the service cannot be reached")]
    Unreachable {
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    #[error("the connection was lost after {bytes} bytes")]
    BrokenOff {
        bytes: u64,
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    #[error("refused with `{code}`: {message}")]
    Refused { code: String, message: String },
}

impl RemoteErrorKind {
    /// Returns true if the same request may succeed later without a change.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Throttled { .. }
            | Self::Unavailable { .. }
            | Self::Unreachable { .. }
            | Self::BrokenOff { .. } => true,
            Self::NoBucket
            | Self::Denied { .. }
            | Self::Archived
            | Self::NoCredentials { .. }
            | Self::ExpiredCredentials
            | Self::InvalidCredentials { .. }
            | Self::OtherRegion { .. }
            | Self::ClockSkew { .. }
            | Self::Refused { .. } => false,
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::NoBucket => {
                Some("check the bucket's name, and that AWS_PROFILE names the account it is in")
            }
            Self::Denied { .. } => Some(
                "allow s3:ListBucket on the bucket, s3:GetObject or s3:PutObject on its objects, and kms:Decrypt or \
                 kms:GenerateDataKey where a KMS key encrypts them",
            ),
            Self::Archived => Some(
                "restore it (in the S3 console: Initiate restore) and run the command again, or change the lifecycle rule that archives exports",
            ),
            Self::NoCredentials { .. } => {
                Some("run `aws sso login` or `aws configure`, or name a profile in AWS_PROFILE")
            }
            Self::ExpiredCredentials => {
                Some("sign in again, for example with `aws sso login`, and run the command again")
            }
            Self::InvalidCredentials { .. } => Some(
                "check AWS_PROFILE and the AWS_… variables: `aws sts get-caller-identity` must work",
            ),
            Self::OtherRegion { .. } => Some("set AWS_REGION to the Region the bucket is in"),
            Self::ClockSkew { .. } => Some("set the clock of this machine"),
            Self::Throttled { .. } | Self::Unavailable { .. } | Self::BrokenOff { .. } => {
                Some("run the command again later: complete parts are kept")
            }
            Self::Unreachable { .. } => {
                Some("check the network, the proxy and the Region, and run the command again")
            }
            Self::Refused { .. } => None,
        }
    }
}
