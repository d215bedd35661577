//! Ids, addresses and user names in the form that they are compared in.

use std::fmt;

use kiro_report::UserId;

/// What the id of a person without a user id begins with; the address or user name follows in lower case.
const ROSTER_PREFIX: &str = "roster:";

/// A column that a roster row is matched by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum KeyColumn {
    UserId,
    Email,
    Username,
}

impl fmt::Display for KeyColumn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::UserId => "user_id",
            Self::Email => "email",
            Self::Username => "username",
        })
    }
}

/// Removes blanks around a text. `None` if nothing is left.
pub(crate) fn filled(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

/// An address, a user name or a name without blanks around it, in lower case.
pub(crate) fn fold(text: &str) -> String {
    text.trim().to_lowercase()
}

/// The canonical spelling of a user id; `None` if it is blank.
pub(crate) fn canonical_id(text: &str) -> Option<String> {
    UserId::canonical(text).map(|id| id.as_str().to_owned())
}

/// The id of a person, of any spelling: a user id, or `roster:` and an address or user name.
pub(crate) fn person_id(text: &str) -> Option<String> {
    let id = canonical_id(text)?;
    let prefix = id.get(..ROSTER_PREFIX.len());
    if prefix.is_some_and(|prefix| prefix.eq_ignore_ascii_case(ROSTER_PREFIX)) {
        return filled(Some(&id[ROSTER_PREFIX.len()..])).map(roster_id);
    }
    Some(id)
}

/// The id of a person without a user id.
pub(crate) fn roster_id(email_or_username: &str) -> String {
    format!("{ROSTER_PREFIX}{}", fold(email_or_username))
}

/// The address or user name in an id made by [`roster_id`].
pub(crate) fn text_of_roster_id(id: &str) -> Option<&str> {
    id.strip_prefix(ROSTER_PREFIX)
}

/// Returns true for the ids of Identity Center: a UUID, or one after ten hexadecimal digits and a hyphen.
pub(crate) fn is_directory_id(id: &str) -> bool {
    matches!(id.len(), 36 | 47)
        && id
            .bytes()
            .all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_persons_have_one_spelling() {
        const UUID: &str = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb";
        let cases = [
            (
                " \"d-0123456789.AAAAAAAA-1111-4222-8333-BBBBBBBBBBBB\"",
                Some(UUID),
            ),
            ("Roster: Ann@Example.com ", Some("roster:ann@example.com")),
            ("roster:", None),
            (" ", None),
            ("Ann", Some("Ann")),
        ];
        for (text, expected) in cases {
            assert_eq!(person_id(text).as_deref(), expected, "{text:?}");
        }
        assert!(is_directory_id(UUID) && is_directory_id(&format!("0123456789-{UUID}")));
        assert!(!is_directory_id("10023") && !is_directory_id("x"));
    }
}
