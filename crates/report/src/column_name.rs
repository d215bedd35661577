//! The names of an export's columns.

use std::sync::Arc;

/// A longer name is no name.
const MAX_LETTERS: usize = 100;

/// The name of a column in lower case, without blanks, byte order marks and literal quotes around it. A column without a name,
/// or whose name can be the content of other cells, is named by its position.
pub(crate) fn normalize_name(cell: &[u8], position: usize) -> Arc<str> {
    let name = String::from_utf8_lossy(cell);
    let name = name.trim_matches(is_around_name).to_lowercase();
    if name.is_empty() || !is_name(&name) {
        format!("column_{}", position + 1).into()
    } else {
        name.into()
    }
}

/// Names stand in issues. A quote that closes too late makes one cell of a header and rows, and a row may stand where names
/// should: no column has an address, a line break or hundreds of letters as its name.
fn is_name(text: &str) -> bool {
    !text.contains(|letter: char| letter == '@' || letter.is_control())
        && text.chars().nth(MAX_LETTERS).is_none()
}

/// What names are compared by: lower case, without blanks, hyphens and `_`.
pub(crate) fn name_key(name: &str) -> String {
    let letters = name.chars().flat_map(char::to_lowercase);
    letters.filter(|letter| !is_separator(*letter)).collect()
}

/// Returns true if a cell is a name with this key. Does not allocate.
pub(crate) fn has_key(cell: &[u8], key: &str) -> bool {
    let Ok(text) = std::str::from_utf8(cell) else {
        return false;
    };
    let name = text.trim_matches(is_around_name).chars();
    let letters = name.filter(|letter| !is_separator(*letter));
    letters.flat_map(char::to_lowercase).eq(key.chars())
}

/// Returns true if a header would have no name here: blanks, byte order marks, quotes, or nothing.
pub(crate) fn is_nameless(cell: &[u8]) -> bool {
    std::str::from_utf8(cell).is_ok_and(|text| text.trim_matches(is_around_name).is_empty())
}

fn is_around_name(letter: char) -> bool {
    letter.is_whitespace() || matches!(letter, '\u{feff}' | '"')
}

fn is_separator(letter: char) -> bool {
    letter.is_whitespace() || matches!(letter, '-' | '_')
}

#[cfg(test)]
mod tests {
    use super::{has_key, is_nameless, name_key, normalize_name};

    #[test]
    fn every_spelling_of_a_name_has_one_key() {
        for name in [
            "ProfileId",
            "Profile Id",
            "profile-id",
            "PROFILE_ID",
            " ProfileID ",
            "\u{feff}\"Profile_Id\"",
        ] {
            let normal = normalize_name(name.as_bytes(), 0);
            assert_eq!(name_key(&normal), "profileid", "{name:?}");
            assert!(has_key(name.as_bytes(), "profileid"), "{name:?}");
        }
        for name in ["Profile", "Profiles Id", "", "ProfileId,", "\u{fc}"] {
            assert!(!has_key(name.as_bytes(), "profileid"), "{name:?}");
        }
        assert!(!has_key(b"\xff", "profileid"));
        assert!(is_nameless("\u{feff}\" \u{a0}\"".as_bytes()) && !is_nameless(b"x"));
    }

    #[test]
    fn what_can_be_the_content_of_cells_is_no_name() {
        let long = "x".repeat(101);
        for cell in [
            "",
            " \"\" ",
            "ann@example.com",
            "note\n2026-07-10,u1",
            &long,
        ] {
            assert_eq!(&*normalize_name(cell.as_bytes(), 2), "column_3", "{cell:?}");
        }
        assert_eq!(&*normalize_name("Tool Calls".as_bytes(), 2), "tool calls");
    }
}
