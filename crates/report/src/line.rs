//! Tells headers, blank lines and lines about the separator from rows.

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
    pub(crate) fn of(record: &Record<'_>) -> Option<Self> {
        let cells = || (0..record.len().min(MAX_COLUMNS)).map(|position| record.cell(position));
        if has_both(cells()) {
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
            has_both(cells().flat_map(|cell| cell.split(|other| Some(*other) == byte)))
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
fn has_both<'a>(cells: impl Iterator<Item = &'a [u8]>) -> bool {
    let (mut has_user, mut has_date) = (false, false);
    for cell in cells {
        has_user |= has_key(cell, USER_KEY);
        has_date |= has_key(cell, DATE_KEY);
        if has_user && has_date {
            return true;
        }
    }
    false
}
