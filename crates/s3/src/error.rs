//! Maps errors of the SDK to `StoreErrorKind`.

use std::error::Error;

use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use kiro_ingest::{RemoteErrorKind, StoreErrorKind};

use crate::error_code::{
    credentials_error, is_expired_token, is_invalid_credentials, is_throttled,
};

/// The header that names the Region of a bucket, even in an error.
const BUCKET_REGION: &str = "x-amz-bucket-region";

/// An error of any operation of S3.
pub(crate) trait ServiceError: Error + ProvideErrorMetadata + Send + Sync + 'static {}

impl<E: Error + ProvideErrorMetadata + Send + Sync + 'static> ServiceError for E {}

/// Maps an error of the SDK. `region` is that of the request.
pub(crate) fn store_error_kind<E: ServiceError>(
    error: SdkError<E, HttpResponse>,
    region: &str,
) -> StoreErrorKind {
    if credentials_error(&error).is_some() {
        return StoreErrorKind::Remote(RemoteErrorKind::NoCredentials {
            source: source_of(error),
        });
    }
    match &error {
        SdkError::ServiceError(refusal) => {
            let status = refusal.raw().status().as_u16();
            let code = refusal.err().code().unwrap_or_default();
            let message = refusal.err().message().unwrap_or_default();
            service_error_kind(status, code, message, region)
        }
        SdkError::ResponseError(response) if response.raw().status().is_server_error() => {
            let status = response.raw().status().as_u16();
            StoreErrorKind::Remote(RemoteErrorKind::Unavailable { status })
        }
        SdkError::ConstructionFailure(_) => {
            let source = source_of(error);
            StoreErrorKind::Remote(RemoteErrorKind::Refused {
                code: "InvalidRequest".to_owned(),
                message: source.to_string(),
            })
        }
        _ => StoreErrorKind::Remote(RemoteErrorKind::Unreachable {
            source: source_of(error),
        }),
    }
}

/// Returns true if a conditional write found an object of the same key.
pub(crate) fn object_exists<E: ServiceError>(error: &SdkError<E, HttpResponse>) -> bool {
    status_of(error) == Some(412)
}

/// Returns true if a conditional write met a concurrent one of the same key.
pub(crate) fn is_write_conflict<E: ServiceError>(error: &SdkError<E, HttpResponse>) -> bool {
    status_of(error) == Some(409)
}

/// Returns true if a multipart upload does not exist any more.
pub(crate) fn is_upload_missing<E: ServiceError>(error: &SdkError<E, HttpResponse>) -> bool {
    status_of(error) == Some(404)
}

/// The Region of the bucket, if the response names another one than `region`.
pub(crate) fn other_region<E: ServiceError>(
    error: &SdkError<E, HttpResponse>,
    region: &str,
) -> Option<String> {
    let other = error.raw_response()?.headers().get(BUCKET_REGION)?;
    (!other.is_empty() && other != region).then(|| other.to_owned())
}

fn status_of<E: ServiceError>(error: &SdkError<E, HttpResponse>) -> Option<u16> {
    Some(error.raw_response()?.status().as_u16())
}

fn service_error_kind(status: u16, code: &str, message: &str, region: &str) -> StoreErrorKind {
    let code_text = if code.is_empty() {
        status.to_string()
    } else {
        code.to_owned()
    };
    let message = if message.is_empty() {
        format!("status {status} without a reason")
    } else {
        message.to_owned()
    };
    StoreErrorKind::Remote(match (code, status) {
        ("NoSuchBucket", _) => RemoteErrorKind::NoBucket,
        ("NoSuchKey", _) | ("NotFound" | "", 404) => return StoreErrorKind::NotFound,
        ("PreconditionFailed", _) | ("", 412) => return StoreErrorKind::Changed,
        (code, _) if is_expired_token(code) => RemoteErrorKind::ExpiredCredentials,
        (code, _) if is_invalid_credentials(code) => {
            RemoteErrorKind::InvalidCredentials { code: code_text }
        }
        (
            "AuthorizationHeaderMalformed"
            | "IncorrectEndpoint"
            | "PermanentRedirect"
            | "TemporaryRedirect",
            _,
        )
        | (_, 301 | 307) => RemoteErrorKind::OtherRegion {
            region: region.to_owned(),
        },
        // The status is that of a denial, but no permission helps.
        ("InvalidObjectState", _) => RemoteErrorKind::Archived,
        ("RequestTimeTooSkewed", _) => RemoteErrorKind::ClockSkew { message },
        (code, status) if is_throttled(code) || matches!(status, 429 | 503) => {
            RemoteErrorKind::Throttled { code: code_text }
        }
        ("ConditionalRequestConflict" | "OperationAborted" | "RequestTimeout", _)
        | (_, 500..=599) => RemoteErrorKind::Unavailable { status },
        (_, 401 | 403) => RemoteErrorKind::Denied { message },
        _ => RemoteErrorKind::Refused {
            code: code_text,
            message,
        },
    })
}

fn source_of<E: ServiceError>(error: SdkError<E, HttpResponse>) -> Box<dyn Error + Send + Sync> {
    error.into_source().unwrap_or_else(Into::into)
}

#[cfg(test)]
mod tests {
    use kiro_ingest::{RemoteErrorKind as Remote, StoreErrorKind};

    use super::service_error_kind;

    #[test]
    fn codes_of_the_service_become_causes_with_advice() {
        type Check = fn(&StoreErrorKind) -> bool;
        let cases: [(u16, &str, Check); 18] = [
            (404, "NoSuchBucket", |kind| {
                matches!(kind, StoreErrorKind::Remote(Remote::NoBucket))
            }),
            (404, "NoSuchKey", |kind| {
                matches!(kind, StoreErrorKind::NotFound)
            }),
            (404, "", |kind| matches!(kind, StoreErrorKind::NotFound)),
            (412, "PreconditionFailed", |kind| {
                matches!(kind, StoreErrorKind::Changed)
            }),
            (400, "ExpiredToken", |kind| {
                matches!(kind, StoreErrorKind::Remote(Remote::ExpiredCredentials))
            }),
            (403, "InvalidAccessKeyId", |kind| {
                matches!(
                    kind,
                    StoreErrorKind::Remote(Remote::InvalidCredentials { .. })
                )
            }),
            (301, "PermanentRedirect", |kind| {
                matches!(kind, StoreErrorKind::Remote(Remote::OtherRegion { .. }))
            }),
            (400, "AuthorizationHeaderMalformed", |kind| {
                matches!(kind, StoreErrorKind::Remote(Remote::OtherRegion { .. }))
            }),
            (403, "RequestTimeTooSkewed", |kind| {
                matches!(kind, StoreErrorKind::Remote(Remote::ClockSkew { .. }))
            }),
            (503, "SlowDown", |kind| {
                matches!(kind, StoreErrorKind::Remote(Remote::Throttled { .. }))
            }),
            (429, "", |kind| {
                matches!(kind, StoreErrorKind::Remote(Remote::Throttled { .. }))
            }),
            (500, "InternalError", |kind| {
                matches!(
                    kind,
                    StoreErrorKind::Remote(Remote::Unavailable { status: 500 })
                )
            }),
            (409, "ConditionalRequestConflict", |kind| {
                matches!(kind, StoreErrorKind::Remote(Remote::Unavailable { .. }))
            }),
            (403, "AccessDenied", |kind| {
                matches!(kind, StoreErrorKind::Remote(Remote::Denied { .. }))
            }),
            (403, "InvalidObjectState", |kind| {
                matches!(kind, StoreErrorKind::Remote(Remote::Archived))
            }),
            (403, "", |kind| {
                matches!(kind, StoreErrorKind::Remote(Remote::Denied { .. }))
            }),
            (400, "KMS.DisabledException", |kind| {
                matches!(kind, StoreErrorKind::Remote(Remote::Refused { .. }))
            }),
            (400, "", |kind| {
                matches!(kind, StoreErrorKind::Remote(Remote::Refused { .. }))
            }),
        ];
        for (status, code, check) in cases {
            let kind = service_error_kind(status, code, "the message", "us-east-1");
            assert!(check(&kind), "{status} {code}: {kind:?}");
        }
    }

    #[test]
    fn an_archived_object_must_be_restored_and_no_permission_helps() {
        let kind = service_error_kind(403, "InvalidObjectState", "", "us-east-1");
        let StoreErrorKind::Remote(kind) = kind else {
            panic!("{kind:?}");
        };
        assert_eq!(kind.to_string(), "the object is archived (S3 Glacier)");
        let hint = kind.hint().unwrap();
        assert!(hint.contains("restore") && !hint.contains("s3:"), "{hint}");
        assert!(!kind.is_transient());
    }

    #[test]
    fn an_answer_without_a_code_is_named_by_its_status() {
        let kind = service_error_kind(400, "", "", "us-east-1");
        assert_eq!(
            kind.to_string(),
            "refused with `400`: status 400 without a reason"
        );
    }
}
