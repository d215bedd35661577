//! Recognizes a roster among uploaded exports.

use std::sync::Arc;

use kiro_people::Roster;
use kiro_report::{CodeRow, FactRow, Issue, Names, ReadError, ReadOptions, ReportReader, RowSink};

/// Bytes of a file that decide.
pub(crate) const HEAD_BYTES: usize = 64 << 10;

/// The columns of exports that a roster may have.
const SHARED_COLUMNS: [&str; 2] = ["UserId", "User_Email"];

/// Returns true for the first bytes of a roster: it names people, and has no date and no other column of exports.
pub(crate) fn is_roster(head: &[u8], names: &Arc<Names>) -> bool {
    if !Roster::has_header(head) {
        return false;
    }
    let options = ReadOptions {
        names: Arc::clone(names),
        ..ReadOptions::default()
    };
    match ReportReader::new(options).read(head, &mut NoRows) {
        Err(ReadError::NoDateColumn { found } | ReadError::NoUserColumn { found }) => found
            .known
            .iter()
            .all(|column| SHARED_COLUMNS.contains(column)),
        Err(ReadError::OtherSeparator { .. }) => true,
        Ok(()) | Err(_) => false,
    }
}

/// Ignores rows.
struct NoRows;

impl RowSink for NoRows {
    fn models(&mut self, _names: Vec<String>) {}
    fn fact(&mut self, _row: &FactRow<'_>) {}
    fn code(&mut self, _row: &CodeRow<'_>) {}
    fn issue(&mut self, _issue: Issue) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_roster_has_people_and_no_columns_of_exports() {
        let names = Arc::default();
        for roster in [
            "email,display_name,team\na@example.com,A,T\n",
            "E-Mail;Team\r\na@example.com;T\r\n",
            "user_id\tmanager\nu\tm\n",
            "UserId,User_Email,name\nu,a@example.com,A\n",
        ] {
            assert!(is_roster(roster.as_bytes(), &names), "{roster}");
        }
        for other in [
            "",
            "Date,UserId,Client_Type,Total_Messages\n2026-08-01,u,KIRO_IDE,1\n",
            // An export whose date column is missing is a broken export.
            "UserId,Client_Type,Total_Messages,name\nu,KIRO_IDE,1,x\n",
            "Date,UserId,User_Email,name\n2026-08-01,u,a@example.com,A\n",
            "id,name,price\n1,Screw,0.05\n",
            "email\na@example.com\n",
            "\u{0}\u{1}",
        ] {
            assert!(!is_roster(other.as_bytes(), &names), "{other}");
        }
    }
}
