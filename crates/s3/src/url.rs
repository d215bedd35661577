//! `s3://bucket/prefix`.

use std::fmt;
use std::str::FromStr;

use kiro_ingest::key_prefix;
use kiro_report::ObjectKey;

const SCHEME: &str = "s3://";

/// A bucket, or what lies below one of its folders.
///
/// ```
/// let url: kiro_s3::S3Url = "s3://exports/kiro".parse().unwrap();
/// assert_eq!((url.bucket(), url.prefix()), ("exports", "kiro/"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct S3Url {
    bucket: String,
    /// Empty, or ending in `/`.
    prefix: String,
}

/// Why a text is not an S3 URL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum S3UrlError {
    #[error("expected `s3://bucket/prefix`, found `{found}`")]
    NotS3 { found: String },
    #[error("`{found}` is not the name of a bucket")]
    NotABucket { found: String },
}

impl S3Url {
    /// Returns true if a text begins with `s3://`, valid or not.
    pub fn has_scheme(text: &str) -> bool {
        text.get(..SCHEME.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(SCHEME))
    }

    /// The bucket's name.
    pub fn bucket(&self) -> &str {
        &self.bucket
    }

    /// The prefix of all keys in S3: empty, or ending in `/`.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The key of an object in an [`S3Bucket`](crate::S3Bucket); `None` if it is not below this address. If the address is an
    /// `AWSLogs` folder or below one, keys begin at `AWSLogs`.
    pub fn key_of(&self, object_key: &str) -> Option<ObjectKey> {
        let below = object_key.strip_prefix(&self.prefix)?;
        Some(ObjectKey::new(format!("{}{below}", self.key_prefix())))
    }

    /// What every key begins with before the path below the address: empty, or ending in `/`.
    pub(crate) fn key_prefix(&self) -> String {
        let folders: Vec<&str> = self.prefix.trim_end_matches('/').split('/').collect();
        key_prefix(&folders).unwrap_or_default()
    }

    /// Returns true if everything below the other address is below this one.
    pub fn contains(&self, other: &Self) -> bool {
        self.bucket == other.bucket && other.prefix.starts_with(&self.prefix)
    }
}

impl FromStr for S3Url {
    type Err = S3UrlError;

    fn from_str(text: &str) -> Result<Self, S3UrlError> {
        if !Self::has_scheme(text) {
            return Err(S3UrlError::NotS3 {
                found: text.to_owned(),
            });
        }
        let rest = &text[SCHEME.len()..];
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        if !is_bucket_name(bucket) {
            return Err(S3UrlError::NotABucket {
                found: bucket.to_owned(),
            });
        }
        let folders = prefix.trim_end_matches('/');
        Ok(Self {
            bucket: bucket.to_owned(),
            prefix: match folders {
                "" => String::new(),
                folders => format!("{folders}/"),
            },
        })
    }
}

/// The letters and lengths that S3 allows, for old buckets of us-east-1 too.
fn is_bucket_name(name: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    (3..=255).contains(&name.len()) && name.bytes().all(is_allowed)
}

impl fmt::Display for S3Url {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let folders = self.prefix.trim_end_matches('/');
        write!(formatter, "{SCHEME}{}/{folders}", self.bucket)
    }
}

#[cfg(test)]
mod tests {
    use super::{S3Url, S3UrlError};

    #[test]
    fn a_prefix_is_a_folder() {
        let cases = [
            ("s3://exports", "", "s3://exports/"),
            ("s3://exports/", "", "s3://exports/"),
            ("S3://exports/a", "a/", "s3://exports/a"),
            ("s3://exports/a/b//", "a/b/", "s3://exports/a/b"),
            ("s3://exports/a b/ü", "a b/ü/", "s3://exports/a b/ü"),
        ];
        for (text, prefix, shown) in cases {
            let url: S3Url = text.parse().unwrap();
            assert_eq!(
                (url.bucket(), url.prefix(), url.to_string().as_str()),
                ("exports", prefix, shown),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in ["exports", "./s3:/x", "https://exports/a", "s3:/exports"] {
            assert!(!S3Url::has_scheme(text), "{text}");
            assert!(
                matches!(text.parse::<S3Url>(), Err(S3UrlError::NotS3 { .. })),
                "{text}"
            );
        }
        for text in ["s3://", "s3:///a", "s3://a b/c", "s3://ab", "s3://ünder/x"] {
            assert!(S3Url::has_scheme(text), "{text}");
            assert!(
                matches!(text.parse::<S3Url>(), Err(S3UrlError::NotABucket { .. })),
                "{text}"
            );
        }
    }

    #[test]
    fn a_bucket_contains_its_folders_and_no_neighbours() {
        let url = |text: &str| text.parse::<S3Url>().unwrap();
        assert!(url("s3://exports").contains(&url("s3://exports/a")));
        assert!(url("s3://exports/a").contains(&url("s3://exports/a/b")));
        assert!(!url("s3://exports/a").contains(&url("s3://exports/ab")));
        assert!(!url("s3://exports/a").contains(&url("s3://others/a/b")));
    }
}
