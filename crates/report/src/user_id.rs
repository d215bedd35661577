//! The user of a row: one spelling per user.

use std::borrow::Cow;
use std::fmt;

/// A user id in its canonical spelling.
///
/// ```
/// use kiro_report::UserId;
///
/// let bare = UserId::canonical("aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb");
/// let prefixed = UserId::canonical("\"d-0123456789.AAAAAAAA-1111-4222-8333-BBBBBBBBBBBB\"");
/// assert_eq!(bare, prefixed);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct UserId<'a>(Cow<'a, str>);

impl<'a> UserId<'a> {
    /// Removes blanks, literal quotes and the prefix `d-<hex>.` of an identity store. Lower-cases a UUID, also one after ten
    /// hexadecimal digits and a hyphen (such an id stays whole). `None` if nothing is left.
    pub fn canonical(text: &'a str) -> Option<Self> {
        if is_plain(text) {
            return Some(Self(Cow::Borrowed(text)));
        }
        let mut id = strip_quotes(text);
        if let Some(rest) = strip_store_prefix(id) {
            id = strip_quotes(rest);
        }
        if id.is_empty() {
            return None;
        }
        let has_upper = id.bytes().any(|byte| byte.is_ascii_uppercase());
        if has_upper && is_uuid_shaped(id) {
            return Some(Self(Cow::Owned(id.to_ascii_lowercase())));
        }
        Some(Self(Cow::Borrowed(id)))
    }

    /// Takes an id that is canonical already.
    #[inline]
    pub fn from_canonical(id: &'a str) -> Self {
        Self(Cow::Borrowed(id))
    }

    /// The id.
    #[inline]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UserId<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Returns true for lower-case hexadecimal digits and hyphens, as nearly all ids are. Reads all bytes, because without an early
/// exit the loop is vectorized.
fn is_plain(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f') || byte == b'-';
    text.len() >= 36
        && text
            .bytes()
            .fold(true, |plain, byte| plain & is_plain(byte))
}

fn strip_quotes(text: &str) -> &str {
    text.trim_matches(|letter: char| letter == '"' || letter.is_whitespace())
}

/// Removes `d-<hex>.`, which names the identity store.
fn strip_store_prefix(id: &str) -> Option<&str> {
    let (store, rest) = id
        .strip_prefix("d-")
        .or_else(|| id.strip_prefix("D-"))?
        .split_once('.')?;
    (!store.is_empty() && store.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(rest)
}

fn is_uuid_shaped(id: &str) -> bool {
    let uuid = match id.split_at_checked(11) {
        Some((store, uuid)) if store.ends_with('-') && are_hex(&store[..10]) => uuid,
        _ => id,
    };
    let mut groups = uuid.split('-');
    [8, 4, 4, 4, 12].iter().all(|length| {
        groups
            .next()
            .is_some_and(|group| group.len() == *length && are_hex(group))
    }) && groups.next().is_none()
}

fn are_hex(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::UserId;

    #[test]
    fn every_spelling_of_a_person_is_one_id() {
        const UUID: &str = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb";
        let cases = [
            (UUID, Some(UUID)),
            ("  aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb ", Some(UUID)),
            ("\"aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb\"", Some(UUID)),
            ("\"\" aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb\"", Some(UUID)),
            ("AAAAAAAA-1111-4222-8333-BBBBBBBBBBBB", Some(UUID)),
            (
                "d-0123456789.aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb",
                Some(UUID),
            ),
            (
                "D-0123456789.AAAAAAAA-1111-4222-8333-BBBBBBBBBBBB",
                Some(UUID),
            ),
            (
                "\"d-0123456789.aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb\"",
                Some(UUID),
            ),
            (
                "d-9a67.\"aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb\"",
                Some(UUID),
            ),
            (
                "0123456789-AAAAAAAA-1111-4222-8333-bbbbbbbbbbbb",
                Some("0123456789-aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"),
            ),
            ("DOMAIN\\User", Some("DOMAIN\\User")),
            ("Alice@Example.com", Some("Alice@Example.com")),
            ("d-xyz.alice", Some("d-xyz.alice")),
            ("d-.alice", Some("d-.alice")),
            ("d-0123456789.", None),
            ("d-ab", Some("d-ab")),
            ("\u{fc}ber-lang-id", Some("\u{fc}ber-lang-id")),
            ("", None),
            ("\"\"", None),
            ("  ", None),
        ];
        for (text, expected) in cases {
            assert_eq!(
                UserId::canonical(text).as_ref().map(UserId::as_str),
                expected,
                "{text:?}"
            );
        }
    }
}
