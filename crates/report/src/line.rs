//! Tells headers, blank lines and lines about the separator from rows.

use crate::Names;
use crate::column_name::{has_key, is_nameless};
use crate::header::{DATE_KEY, MAX_COLUMNS, USER_KEY};
use crate::read_error::Separator;
use crate::records::Record;

/// What a record is that is no row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Line {
    Header,
    /// Cells without content.
    Blank,
    /// `sep=` and a comma.
    CommaSeparator,
    OtherSeparator(Separator),
}

impl Line {
    /// What the record is; `None` if it is a row, or what is no header where one should be.
    pub(crate) fn of(record: &Record<'_>, rules: &Names) -> Option<Self> {
        let cells = || (0..record.len().min(MAX_COLUMNS)).map(|position| record.cell(position));
        if has_both(cells(), rules) {
            return Some(Self::Header);
        }
        if cells().all(is_nameless) {
            return Some(Self::Blank);
        }
        if let Some(line) = Self::naming_separator(record) {
            return Some(line);
        }
        let is_separated_by = |separator: &Separator| {
            let byte = separator.byte();
            let parts = cells().flat_map(|cell| cell.split(|other| Some(*other) == byte));
            has_both(parts, rules)
        };
        let separator = Separator::USUAL.into_iter().find(is_separated_by);
        separator.map(Self::OtherSeparator)
    }

    /// A line `sep=…`, which some programs put before the header.
    fn naming_separator(record: &Record<'_>) -> Option<Self> {
        const START: &[u8] = b"sep=";
        let cell = record.cell(0);
        let start = cell
            .iter()
            .position(|byte| *byte != b'"' && *byte != b' ')?;
        let (name, rest) = cell[start..].split_at_checked(START.len())?;
        if !name.eq_ignore_ascii_case(START) {
            return None;
        }
        Some(match rest {
            [] | b"," | b"\"" | b",\"" => Self::CommaSeparator,
            [byte, ..] => {
                let mut usual = Separator::USUAL.into_iter();
                let named = usual.find(|usual| usual.byte() == Some(*byte));
                Self::OtherSeparator(named.unwrap_or(Separator::Other))
            }
        })
    }
}

/// Returns true if one of the cells is the name of the user column and one that of the date column.
fn has_both<'a>(cells: impl Iterator<Item = &'a [u8]>, rules: &Names) -> bool {
    let (mut has_user, mut has_date) = (false, false);
    for cell in cells {
        let is = |key, aliases: &[String]| {
            has_key(cell, key) || aliases.iter().any(|alias| has_key(cell, alias))
        };
        has_user |= is(USER_KEY, rules.user_aliases());
        has_date |= is(DATE_KEY, rules.date_aliases());
        if has_user && has_date {
            return true;
        }
    }
    false
}
