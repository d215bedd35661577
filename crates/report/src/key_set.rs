//! Which keys the last rows of an export had, to report a key that comes again.

use hashbrown::HashTable;

/// Maximum number of keys that are remembered: they stay in a processor's cache. Then all are forgotten.
const MAX_KEYS: usize = 1 << 14;
/// Odd, and without a pattern in its bits.
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

/// The hashes of the keys of an export.
#[derive(Debug, Default)]
pub(crate) struct KeySet {
    hashes: HashTable<u64>,
}

/// The hash of a key, made from its parts. The same in every run.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct KeyHash(u64);

impl KeySet {
    /// Returns true if the key was among the last ones.
    #[inline]
    pub(crate) fn is_repeated(&mut self, key: KeyHash) -> bool {
        let is_repeated = self.hashes.find(key.0, |other| *other == key.0).is_some();
        if !is_repeated {
            if self.hashes.len() == MAX_KEYS {
                self.hashes.clear();
            }
            self.hashes.insert_unique(key.0, key.0, |hash| *hash);
        }
        is_repeated
    }
}

impl KeyHash {
    #[inline]
    #[must_use]
    pub(crate) fn number(self, number: u64) -> Self {
        let product = u128::from(self.0 ^ number) * u128::from(FACTOR);
        #[expect(
            clippy::cast_possible_truncation,
            reason = "both halves of the product are used"
        )]
        let folded = (product as u64) ^ ((product >> 64) as u64);
        Self(folded.rotate_left(23) ^ FACTOR)
    }

    #[inline]
    #[must_use]
    pub(crate) fn text(self, text: &[u8]) -> Self {
        let mut hash = self.number(text.len() as u64);
        let Some(last) = text.last_chunk::<8>() else {
            let short = text
                .iter()
                .fold(0, |word, byte| word << 8 | u64::from(*byte));
            return hash.number(short);
        };
        for word in text.as_chunks::<8>().0 {
            hash = hash.number(u64::from_le_bytes(*word));
        }
        // Overlaps the word before it.
        hash.number(u64::from_le_bytes(*last))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{KeyHash, KeySet, MAX_KEYS};

    #[test]
    fn a_key_is_repeated_if_all_its_parts_are() {
        let mut keys = KeySet::default();
        let key = |user: &str, client: &str| {
            KeyHash::default()
                .text(user.as_bytes())
                .text(client.as_bytes())
        };
        assert!(!keys.is_repeated(key("u1", "KIRO_IDE")));
        assert!(!keys.is_repeated(key("u1", "KIRO_CLI")));
        assert!(!keys.is_repeated(key("u1K", "IRO_IDE")));
        assert!(!keys.is_repeated(key("u1\0", "KIRO_IDE")));
        assert!(keys.is_repeated(key("u1", "KIRO_IDE")));
    }

    #[test]
    fn similar_keys_differ_and_memory_is_bounded() {
        let mut keys = KeySet::default();
        let mut all = HashSet::new();
        for user in 0..(MAX_KEYS as u64 + 1000) {
            let key = KeyHash::default()
                .number(user % 7)
                .text(format!("{user:036}").as_bytes());
            assert!(all.insert(key.0), "{user}");
            assert!(!keys.is_repeated(key), "{user}");
            assert!(keys.is_repeated(key), "{user}");
        }
        assert_eq!(keys.hashes.len(), 1000);
    }
}
