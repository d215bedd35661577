//! Stable names for what is not to be named.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::report::ReportError;

/// Replaces people by pseudonyms such as `User 7F3A-19C2`: the same salt gives the same person the same name.
#[derive(Clone)]
pub struct Pseudonyms {
    salt: String,
}

impl Pseudonyms {
    /// Pseudonyms that are the same in every report with this salt. Whoever knows it and a user id knows the pseudonym.
    pub fn with_salt(salt: impl Into<String>) -> Self {
        Self { salt: salt.into() }
    }

    /// Pseudonyms of this report alone.
    pub fn random() -> Result<Self, ReportError> {
        let mut bytes = [0; 24];
        getrandom::fill(&mut bytes).map_err(|_no_randomness| ReportError::NoRandomness)?;
        Ok(Self::with_salt(URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// The pseudonym of a text. A person and a folder of the same name have nothing in common.
    pub(crate) fn of(&self, noun: &str, text: &str) -> String {
        let digest = Sha256::new()
            .chain_update(self.salt.as_bytes())
            .chain_update([0])
            .chain_update(noun.as_bytes())
            .chain_update([0])
            .chain_update(text.as_bytes())
            .finalize();
        let hex = digest
            .iter()
            .take(4)
            .fold(String::new(), |hex, byte| format!("{hex}{byte:02X}"));
        let (first, second) = hex.split_at(4);
        format!("{noun} {first}-{second}")
    }
}

impl std::fmt::Debug for Pseudonyms {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Pseudonyms(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pseudonym_depends_on_the_person_and_the_salt_alone() {
        let pseudonyms = Pseudonyms::with_salt("salt");
        let name = pseudonyms.of("User", "u-1");
        assert_eq!(name.len(), "User 7F3A-19C2".len());
        assert_eq!(name, pseudonyms.of("User", "u-1"));
        assert_ne!(name, pseudonyms.of("User", "u-2"));
        assert_ne!(name, Pseudonyms::with_salt("other").of("User", "u-1"));
        let folder = pseudonyms.of("Folder", "u-1");
        assert_ne!(name.rsplit(' ').next(), folder.rsplit(' ').next());
    }
}
