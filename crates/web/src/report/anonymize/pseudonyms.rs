//! Stable pseudonyms, made of a salt and a text.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::report::ReportError;

/// Makes pseudonyms such as `User 7F3A-19C2`. The same salt and text give the same pseudonym.
#[derive(Clone)]
pub struct Pseudonyms {
    salt: String,
}

impl Pseudonyms {
    /// Pseudonyms that are the same in every report with this salt. Keep the salt secret: with it, the pseudonym of a known
    /// user id can be computed.
    pub fn with_salt(salt: impl Into<String>) -> Self {
        Self { salt: salt.into() }
    }

    /// Pseudonyms that are unique to one report.
    ///
    /// # Errors
    ///
    /// If the system has no random source.
    pub fn random() -> Result<Self, ReportError> {
        let mut bytes = [0; 24];
        getrandom::fill(&mut bytes).map_err(|_no_randomness| ReportError::NoRandomness)?;
        Ok(Self::with_salt(URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// The pseudonym of a text. Different nouns give different pseudonyms for the same text.
    pub(crate) fn of(&self, noun: &str, text: &str) -> String {
        let digest = Sha256::new()
            .chain_update(self.salt.as_bytes())
            .chain_update([0])
            .chain_update(noun.as_bytes())
            .chain_update([0])
            .chain_update(text.as_bytes())
            .finalize();
        let digits = hex::encode_upper(&digest[..4]);
        let (first, second) = digits.split_at(4);
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
    fn a_pseudonym_depends_on_the_noun_the_text_and_the_salt() {
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
