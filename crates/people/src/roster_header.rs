//! The header of a roster: columns by their names.

use std::collections::HashMap;

use crate::roster_error::{RosterColumns, RosterError};

/// A column with a meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RosterColumn {
    UserId,
    Email,
    Username,
    DisplayName,
    Team,
    CostCenter,
    Manager,
    Status,
}

/// Each column with a meaning: its name, and the names that it may have, in lower case, without blanks, hyphens and `_`. Of
/// several columns with the same meaning the first in this order counts.
const COLUMNS: [(RosterColumn, &str, &[&str]); 8] = [
    (
        RosterColumn::UserId,
        "user_id",
        &["userid", "id", "idcuserid"],
    ),
    (
        RosterColumn::Email,
        "email",
        &["email", "mail", "emailaddress", "idcemail"],
    ),
    (
        RosterColumn::Username,
        "username",
        &["username", "login", "idcusername"],
    ),
    (
        RosterColumn::DisplayName,
        "display_name",
        &["displayname", "name", "fullname", "idcdisplayname"],
    ),
    (RosterColumn::Team, "team", &["team", "group", "department"]),
    (
        RosterColumn::CostCenter,
        "cost_center",
        &["costcenter", "costcentre"],
    ),
    (RosterColumn::Manager, "manager", &["manager"]),
    (RosterColumn::Status, "status", &["status"]),
];

/// The columns of a roster, by position.
#[derive(Debug)]
pub(crate) struct RosterHeader {
    positions: [Option<usize>; COLUMNS.len()],
    /// The position and the name of each other column.
    pub(crate) attributes: Vec<(usize, String)>,
    /// The number of columns.
    pub(crate) columns: usize,
}

impl RosterHeader {
    /// Binds the cells of a header.
    ///
    /// # Errors
    ///
    /// If two columns have the same name, or none of `user_id`, `email` and `username` is a column.
    pub(crate) fn bind(cells: &[&str]) -> Result<Self, RosterError> {
        let names: Vec<String> = cells.iter().map(|cell| normalized_name(cell)).collect();
        let mut by_name: HashMap<&str, usize> = HashMap::new();
        for (position, name) in names.iter().enumerate() {
            if name.is_empty() {
                continue;
            }
            if let Some(first) = by_name.insert(name, position) {
                return Err(RosterError::RepeatedColumn {
                    first: first + 1,
                    second: position + 1,
                });
            }
        }
        let positions =
            COLUMNS.map(|(_, _, names)| names.iter().find_map(|name| by_name.get(name)).copied());
        let header = Self {
            positions,
            attributes: cells
                .iter()
                .enumerate()
                .filter(|(position, _)| !positions.contains(&Some(*position)))
                .map(|(position, cell)| (position, attribute_name(cell)))
                .collect(),
            columns: cells.len(),
        };
        let keys = [
            RosterColumn::UserId,
            RosterColumn::Email,
            RosterColumn::Username,
        ];
        if keys.iter().all(|key| header.position(*key).is_none()) {
            let known = COLUMNS
                .iter()
                .filter(|(column, ..)| header.position(*column).is_some());
            return Err(RosterError::NoKeyColumn {
                found: RosterColumns {
                    columns: cells.len(),
                    known: known.map(|(_, name, _)| *name).collect(),
                },
            });
        }
        Ok(header)
    }

    /// The position of a column.
    pub(crate) fn position(&self, column: RosterColumn) -> Option<usize> {
        self.positions[column as usize]
    }
}

/// A name in lower case, without blanks, hyphens and `_`.
pub(crate) fn normalized_name(cell: &str) -> String {
    attribute_name(cell)
        .chars()
        .filter(|letter| !letter.is_whitespace() && !matches!(letter, '-' | '_'))
        .flat_map(char::to_lowercase)
        .collect()
}

/// A name without blanks, quotes and byte order marks around it.
fn attribute_name(cell: &str) -> String {
    let is_around = |letter: char| letter.is_whitespace() || matches!(letter, '"' | '\u{feff}');
    cell.trim_matches(is_around).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_found_by_every_name() {
        let cases = [
            ("User_ID", RosterColumn::UserId),
            ("userid", RosterColumn::UserId),
            ("Id", RosterColumn::UserId),
            ("idc_user_id", RosterColumn::UserId),
            ("E-Mail", RosterColumn::Email),
            ("e_mail", RosterColumn::Email),
            ("Email Address", RosterColumn::Email),
            (" mail ", RosterColumn::Email),
            ("User Name", RosterColumn::Username),
            ("login", RosterColumn::Username),
            ("Full Name", RosterColumn::DisplayName),
            ("NAME", RosterColumn::DisplayName),
            ("Department", RosterColumn::Team),
            ("group", RosterColumn::Team),
            ("Cost Centre", RosterColumn::CostCenter),
            ("costcenter", RosterColumn::CostCenter),
            ("\"Manager\"", RosterColumn::Manager),
            ("\u{feff}status", RosterColumn::Status),
        ];
        for (name, column) in cases {
            // A second key column, as the column may not be one.
            let key = match column {
                RosterColumn::Email => "login",
                _ => "email",
            };
            let header = RosterHeader::bind(&["x", name, key]).unwrap();
            assert_eq!(header.position(column), Some(1), "{name:?}");
            assert_eq!(header.attributes, [(0, "x".to_owned())]);
        }
    }

    #[test]
    fn columns_are_in_the_order_of_their_meaning() {
        for (position, (column, ..)) in COLUMNS.iter().enumerate() {
            assert_eq!(*column as usize, position);
        }
    }

    #[test]
    fn the_first_name_counts_and_the_other_column_is_an_attribute() {
        let header = RosterHeader::bind(&["Department", "id", "Team", "user-id"]).unwrap();
        assert_eq!(header.position(RosterColumn::Team), Some(2));
        assert_eq!(header.position(RosterColumn::UserId), Some(3));
        let attributes = [(0, "Department".to_owned()), (1, "id".to_owned())];
        assert_eq!(header.attributes, attributes);
    }

    #[test]
    fn headers_that_cannot_be_bound_are_refused() {
        let error = RosterHeader::bind(&["Ann Adams", "team", "ann@example.com"]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "expected a column `user_id`, `email` or `username`, found 3 columns, among them `team`"
        );
        let error = RosterHeader::bind(&["Ann Adams"]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "expected a column `user_id`, `email` or `username`, found 1 column, none with a known name"
        );
        let error = RosterHeader::bind(&["email", "team", "E-Mail"]).unwrap_err();
        assert_eq!(error.to_string(), "columns 1 and 3 have the same name");
    }
}
