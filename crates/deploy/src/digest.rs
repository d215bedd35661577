//! Hashes of content, to compare states.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// The SHA-256 in base64, as S3 and Lambda write it.
pub(crate) fn sha256_base64(content: impl AsRef<[u8]>) -> String {
    STANDARD.encode(Sha256::digest(content))
}

/// The first eight bytes of the SHA-256, in hexadecimal.
pub(crate) fn short_hash(content: impl AsRef<[u8]>) -> String {
    hex::encode(&Sha256::digest(content)[..8])
}
