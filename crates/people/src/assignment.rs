//! The persons that each row of a roster is about.

use std::borrow::Cow;
use std::collections::HashSet;

use crate::key::KeyColumn;
use crate::matcher::{Match, Matcher};
use crate::roster_row::RosterRow;

/// The persons that a row of a roster is about.
pub(crate) struct Assignment<'a> {
    /// One, or all users of the data with the row's address.
    pub(crate) persons: Vec<Cow<'a, str>>,
    /// The column by which the row matches a user; `None` if it matches none.
    pub(crate) matched_by: Option<KeyColumn>,
    /// The column by which the row matches several users of the directory, and their number.
    pub(crate) ambiguous: Option<(KeyColumn, usize)>,
}

impl Assignment<'_> {
    /// The order in which several rows of a person count.
    pub(crate) fn rank(&self) -> u8 {
        match self.matched_by {
            Some(KeyColumn::UserId) => 0,
            Some(KeyColumn::Email) => 1,
            Some(KeyColumn::Username) => 2,
            None => 3,
        }
    }
}

/// Assigns rows to persons, in the order of the rows. Of several users with an address, those with a row of their own id are
/// left to that row.
pub(crate) fn assign<'a>(
    rows: impl Iterator<Item = &'a RosterRow> + Clone,
    matcher: &'a Matcher<'_>,
) -> Vec<Assignment<'a>> {
    let own_ids: HashSet<&str> = rows
        .clone()
        .filter(|row| matches!(matcher.find(row), Match::Id))
        .filter_map(|row| row.user_id.as_deref())
        .collect();
    rows.map(|row| assignment(row, matcher, &own_ids)).collect()
}

fn assignment<'a>(
    row: &'a RosterRow,
    matcher: &'a Matcher<'_>,
    own_ids: &HashSet<&str>,
) -> Assignment<'a> {
    let own = || row.unmatched_id().map(Cow::Owned).into_iter().collect();
    let (persons, matched_by, ambiguous) = match matcher.find(row) {
        Match::Id => (own(), Some(KeyColumn::UserId), None),
        Match::Users(column, users) => (unclaimed(users, own_ids), Some(column), None),
        Match::Ambiguous(column, users) => (own(), None, Some((column, users))),
        Match::None => (own(), None, None),
    };
    Assignment {
        persons,
        matched_by,
        ambiguous,
    }
}

/// The users without a row of their own id; all users if each has one.
fn unclaimed<'a>(users: &'a [&'a str], own_ids: &HashSet<&str>) -> Vec<Cow<'a, str>> {
    let has_others = users.iter().any(|user| !own_ids.contains(user));
    users
        .iter()
        .filter(|user| !has_others || !own_ids.contains(*user))
        .map(|user| Cow::Borrowed(*user))
        .collect()
}
