//! Reads a roster: CSV text with one person per row.

use std::collections::{HashMap, HashSet};
use std::fmt;

use csv::ByteRecord;
use kiro_report::Signature;

use crate::assignment::{Assignment, assign};
use crate::key::{KeyColumn, canonical_id, filled};
use crate::matcher::Matcher;
use crate::roster_error::RosterError;
use crate::roster_header::{RosterColumn, RosterHeader};
use crate::roster_records::RosterRecords;
use crate::roster_row::RosterRow;
use crate::row_error::{RowError, RowErrorKind, RowErrors};
use crate::seen_user::{SeenUser, SeenUsers};
use crate::sources::Sources;

/// Maximum size of a roster.
pub const MAX_ROSTER_BYTES: usize = 64 << 20;

/// Maximum number of rows of a roster.
pub const MAX_ROSTER_ROWS: usize = 1_000_000;

pub(crate) const BYTE_ORDER_MARK: &[u8] = &[0xef, 0xbb, 0xbf];

/// A roster as read, with the lines of its rows. [`Roster::check`] gives the rows.
pub struct Roster {
    rows: Vec<(u64, RosterRow)>,
    errors: Vec<RowError>,
}

impl Roster {
    /// Reads a roster: UTF-8, columns by name, separated by commas, semicolons or tabs. Wrong rows are reported by
    /// [`Roster::check`].
    ///
    /// # Errors
    ///
    /// If it is not such a file, or is too large.
    pub fn parse(bytes: &[u8]) -> Result<Self, RosterError> {
        if bytes.len() > MAX_ROSTER_BYTES {
            return Err(RosterError::TooLarge {
                bytes: bytes.len(),
                max_bytes: MAX_ROSTER_BYTES,
            });
        }
        if let Some(signature) = Signature::of(bytes) {
            return Err(RosterError::NotText(signature));
        }
        let mut records = RosterRecords::new(bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes));
        let Some((_, record)) = records.next()? else {
            return Err(RosterError::NoRows);
        };
        let cells = texts(record).ok_or(RosterError::HeaderNotUtf8)?;
        let header = RosterHeader::bind(&cells)?;
        let mut roster = Self {
            rows: Vec::new(),
            errors: Vec::new(),
        };
        while let Some((line, record)) = records.next()? {
            if record.iter().all(|cell| cell.trim_ascii().is_empty()) {
                continue;
            }
            if roster.rows.len() + roster.errors.len() == MAX_ROSTER_ROWS {
                return Err(RosterError::TooManyRows {
                    line,
                    max_rows: MAX_ROSTER_ROWS,
                });
            }
            match read_row(record, &header) {
                Ok(row) => roster.rows.push((line, row)),
                Err(kind) => roster.errors.push(RowError { line, kind }),
            }
        }
        Ok(roster)
    }

    /// Checks the rows against each other, the directory and the users of the data, and returns them in a fixed order.
    ///
    /// # Errors
    ///
    /// `NoRows` without a row, `Rows` if one is wrong.
    pub fn check(
        self,
        sources: &Sources,
        seen: &[SeenUser],
    ) -> Result<Vec<RosterRow>, RosterError> {
        let Self { rows, mut errors } = self;
        errors.extend(repeated_keys(&rows));
        let seen = SeenUsers::new(seen);
        let matcher = Matcher::new(sources, &seen);
        let assignments = assign(rows.iter().map(|(_, row)| row), &matcher);
        errors.extend(wrong_matches(&rows, &assignments, &errors));
        if let Some(errors) = RowErrors::new(errors) {
            return Err(RosterError::Rows(errors));
        }
        if rows.is_empty() {
            return Err(RosterError::NoRows);
        }
        let mut rows: Vec<RosterRow> = rows.into_iter().map(|(_, row)| row).collect();
        rows.sort_unstable();
        Ok(rows)
    }
}

impl fmt::Debug for Roster {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Roster")
            .field("rows", &self.rows.len())
            .field("errors", &self.errors.len())
            .finish()
    }
}

/// Rows with the key of an earlier row.
fn repeated_keys(rows: &[(u64, RosterRow)]) -> Vec<RowError> {
    let mut first_lines: HashMap<(KeyColumn, String), u64> = HashMap::new();
    let mut errors = Vec::new();
    for (line, row) in rows {
        let Some(key) = row.key() else { continue };
        let column = key.0;
        let first_line = *first_lines.entry(key).or_insert(*line);
        if first_line != *line {
            errors.push(RowError {
                line: *line,
                kind: RowErrorKind::RepeatedKey { column, first_line },
            });
        }
    }
    errors
}

/// Rows that match several users, or the person of an earlier row with other content. `known` are the errors so far.
fn wrong_matches(
    rows: &[(u64, RosterRow)],
    assignments: &[Assignment<'_>],
    known: &[RowError],
) -> Vec<RowError> {
    let known: HashSet<u64> = known.iter().map(|error| error.line).collect();
    let mut first_rows: HashMap<&str, (u64, &RosterRow)> = HashMap::new();
    let mut errors = Vec::new();
    for ((line, row), assignment) in rows.iter().zip(assignments) {
        if let Some((column, users)) = assignment.ambiguous {
            let kind = RowErrorKind::Ambiguous { column, users };
            errors.push(RowError { line: *line, kind });
            continue;
        }
        let mut contradicted = None;
        for person in &assignment.persons {
            let (first_line, first) = *first_rows.entry(person).or_insert((*line, row));
            if !first.has_same_content(row) {
                contradicted = contradicted.or(Some(first_line));
            }
        }
        if let Some(first_line) = contradicted
            && !known.contains(line)
        {
            let kind = RowErrorKind::RepeatedPerson { first_line };
            errors.push(RowError { line: *line, kind });
        }
    }
    errors
}

fn read_row(record: &ByteRecord, header: &RosterHeader) -> Result<RosterRow, RowErrorKind> {
    if record.len() != header.columns {
        return Err(RowErrorKind::Ragged {
            found: record.len(),
            expected: header.columns,
        });
    }
    let cells = texts(record).ok_or(RowErrorKind::NotUtf8)?;
    let text = |column| {
        let position: usize = header.position(column)?;
        filled(cells.get(position).copied()).map(str::to_owned)
    };
    let mut row = RosterRow {
        user_id: text(RosterColumn::UserId).and_then(|id| canonical_id(&id)),
        email: text(RosterColumn::Email),
        username: text(RosterColumn::Username),
        display_name: text(RosterColumn::DisplayName),
        team: text(RosterColumn::Team),
        cost_center: text(RosterColumn::CostCenter),
        manager: text(RosterColumn::Manager),
        status: text(RosterColumn::Status),
        ..RosterRow::default()
    };
    if row.key().is_none() {
        return Err(RowErrorKind::NoKey);
    }
    for (position, name) in &header.attributes {
        let Some(content) = filled(cells.get(*position).copied()) else {
            continue;
        };
        if name.is_empty() {
            let column = position + 1;
            return Err(RowErrorKind::UnnamedColumn { column });
        }
        row.attributes.insert(name.clone(), content.to_owned());
    }
    Ok(row)
}

fn texts(record: &ByteRecord) -> Option<Vec<&str>> {
    record
        .iter()
        .map(|cell| std::str::from_utf8(cell).ok())
        .collect()
}

#[cfg(test)]
mod tests;
