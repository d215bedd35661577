//! Short hashes, by which one state is told from another.

use sha2::{Digest, Sha256};

/// The first eight bytes of the SHA-256, in hexadecimal.
pub(crate) fn short_hash(content: impl AsRef<[u8]>) -> String {
    let digest = Sha256::digest(content);
    digest
        .iter()
        .take(8)
        .fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}
