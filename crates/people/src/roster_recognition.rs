//! Recognizes a roster by its header.

use crate::roster::{BYTE_ORDER_MARK, Roster};
use crate::roster_header::{RosterColumn, RosterHeader, normalized_name};
use crate::roster_records::RosterRecords;

/// Names of key columns that other tables do not have. A bare `id` is not enough.
const DISTINCT_KEYS: [&str; 8] = [
    "userid",
    "idcuserid",
    "email",
    "mail",
    "emailaddress",
    "idcemail",
    "username",
    "idcusername",
];

/// Columns of which a roster has at least one besides its key.
const DESCRIPTIONS: [RosterColumn; 5] = [
    RosterColumn::DisplayName,
    RosterColumn::Team,
    RosterColumn::CostCenter,
    RosterColumn::Manager,
    RosterColumn::Status,
];

impl Roster {
    /// Returns true if a text begins with the header of a roster: a user id, an address or a user name, and a name, a team, a
    /// cost centre, a manager or a status. Other tables with people, such as exports, can have such a header, too.
    ///
    /// ```
    /// use kiro_people::Roster;
    ///
    /// assert!(Roster::has_header(b"E-Mail;Team\nann@example.com;Payments\n"));
    /// assert!(!Roster::has_header(b"id,name,price\n1,Screw,0.05\n"));
    /// ```
    pub fn has_header(head: &[u8]) -> bool {
        let mut records = RosterRecords::new(head.strip_prefix(BYTE_ORDER_MARK).unwrap_or(head));
        let Ok(Some((_, record))) = records.next() else {
            return false;
        };
        let cells = record.iter().map(std::str::from_utf8);
        let Ok(cells) = cells.collect::<Result<Vec<&str>, _>>() else {
            return false;
        };
        let is_distinct = |cell: &&str| DISTINCT_KEYS.contains(&normalized_name(cell).as_str());
        let describes = |header: RosterHeader| {
            DESCRIPTIONS
                .into_iter()
                .any(|column| header.position(column).is_some())
        };
        cells.iter().any(is_distinct) && RosterHeader::bind(&cells).is_ok_and(describes)
    }
}
