//! Stable names for people who are not to be named.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kiro_dashboard::{ColumnRole, Figure, Value};
use sha2::{Digest, Sha256};

use crate::report::ReportError;

/// Columns that name a person, and are replaced by the pseudonym.
const NAMES: [&str; 2] = ["user_id", "user_label"];
/// Columns that tell more about a person, and are left out.
const DETAILS: [&str; 7] = [
    "email",
    "idc_email",
    "idc_username",
    "idc_display_name",
    "user_email",
    "display_name",
    "profile_id",
];

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

    pub(crate) fn of(&self, user_id: &str) -> String {
        let digest = Sha256::new()
            .chain_update(self.salt.as_bytes())
            .chain_update([0])
            .chain_update(user_id.as_bytes())
            .finalize();
        let hex = digest
            .iter()
            .take(4)
            .fold(String::new(), |hex, byte| format!("{hex}{byte:02X}"));
        let (first, second) = hex.split_at(4);
        format!("User {first}-{second}")
    }

    /// Takes every person out of a figure.
    pub(crate) fn hide(&self, figure: &mut Figure) {
        let columns = &figure.columns;
        let id = columns
            .iter()
            .position(|column| column.role == ColumnRole::UserId || column.name == "user_id");
        let is_name = |place: usize| {
            columns.get(place).is_some_and(|column| {
                column.role == ColumnRole::UserId || NAMES.contains(&column.name.as_str())
            })
        };
        let is_detail = |place: usize| {
            columns
                .get(place)
                .is_some_and(|column| DETAILS.contains(&column.name.as_str()))
        };
        let previous = figure.previous.as_mut().map(|part| &mut part.rows);
        for row in std::iter::once(&mut figure.rows).chain(previous).flatten() {
            let pseudonym = match id.and_then(|id| row.get(id)) {
                Some(Value::Text(id)) if !id.starts_with('~') => Some(Value::Text(self.of(id))),
                Some(other) => Some(other.clone()),
                None => None,
            };
            for (place, cell) in row.iter_mut().enumerate() {
                if is_detail(place) {
                    *cell = Value::Null;
                } else if is_name(place) {
                    *cell = pseudonym.clone().unwrap_or_default();
                }
            }
        }
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
        assert_eq!(pseudonyms.of("u-1"), pseudonyms.of("u-1"));
        assert_ne!(pseudonyms.of("u-1"), pseudonyms.of("u-2"));
        assert_ne!(
            pseudonyms.of("u-1"),
            Pseudonyms::with_salt("other").of("u-1")
        );
        assert_eq!(pseudonyms.of("u-1").len(), "User 7F3A-19C2".len());
    }
}
