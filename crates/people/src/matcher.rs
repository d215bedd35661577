//! Finds the users that a roster row is about.

use std::collections::{HashMap, HashSet};

use crate::key::{KeyColumn, filled, fold, is_directory_id};
use crate::roster_row::RosterRow;
use crate::seen_user::SeenUsers;
use crate::sources::Sources;

/// All users by id, address and user name.
#[derive(Default)]
pub(crate) struct Matcher<'a> {
    ids: HashSet<&'a str>,
    directory_emails: UsersByText<'a>,
    directory_usernames: UsersByText<'a>,
    seen_emails: UsersByText<'a>,
    former_emails: UsersByText<'a>,
    former_usernames: UsersByText<'a>,
}

/// Users by a text in lower case.
type UsersByText<'a> = HashMap<String, Vec<&'a str>>;

/// The users that a row is about.
pub(crate) enum Match<'m> {
    /// The row's own user id.
    Id,
    /// Users with this address or user name.
    Users(KeyColumn, &'m [&'m str]),
    /// Several users of the directory have this address or user name.
    Ambiguous(KeyColumn, usize),
    None,
}

impl<'a> Matcher<'a> {
    /// For the rows of the roster of `sources`; without a roster it has no users, which saves their memory.
    pub(crate) fn of_roster(sources: &'a Sources, seen: &'a SeenUsers) -> Self {
        if sources.roster.is_empty() {
            Self::default()
        } else {
            Self::new(sources, seen)
        }
    }

    pub(crate) fn new(sources: &'a Sources, seen: &'a SeenUsers) -> Self {
        let users = &sources.directory.users;
        let former = &sources.last_known;
        let former_ids = former.iter().map(|(id, _)| id);
        let seen_emails = seen.ids().flat_map(|id| {
            seen.emails(id)
                .iter()
                .map(move |email| (id, Some(email.as_str())))
        });
        Self {
            ids: sources
                .directory
                .user_ids()
                .chain(former_ids)
                .chain(seen.ids())
                .collect(),
            directory_emails: by_text(
                users
                    .iter()
                    .map(|user| (user.user_id.as_str(), user.email.as_deref())),
            ),
            directory_usernames: by_text(
                users
                    .iter()
                    .map(|user| (user.user_id.as_str(), user.username.as_deref())),
            ),
            seen_emails: by_text(seen_emails),
            former_emails: by_text(
                former
                    .iter()
                    .map(|(id, person)| (id, person.email.as_deref())),
            ),
            former_usernames: by_text(
                former
                    .iter()
                    .map(|(id, person)| (id, person.username.as_deref())),
            ),
        }
    }

    /// Returns true for a user of the directory, a former one, and one of the data.
    pub(crate) fn has_user(&self, id: &str) -> bool {
        self.ids.contains(id)
    }

    /// Matches by user id, else by the address (in the directory, then in the data, then of former users), else by the user
    /// name. A user id that occurs nowhere and does not look like one of Identity Center does not count if the row matches
    /// otherwise: rosters often have their own numbers in a column `id`.
    pub(crate) fn find(&self, row: &RosterRow) -> Match<'_> {
        let has_id = |id: &String| self.ids.contains(id.as_str()) || is_directory_id(id);
        if row.user_id.as_ref().is_some_and(has_id) {
            return Match::Id;
        }
        let texts = [
            (
                KeyColumn::Email,
                &row.email,
                &self.directory_emails,
                [Some(&self.seen_emails), Some(&self.former_emails)],
            ),
            (
                KeyColumn::Username,
                &row.username,
                &self.directory_usernames,
                [Some(&self.former_usernames), None],
            ),
        ];
        for (column, text, directory, others) in texts {
            let Some(text) = text.as_deref().map(fold) else {
                continue;
            };
            match directory.get(&text).map(Vec::as_slice) {
                Some(users @ [_]) => return Match::Users(column, users),
                Some(users) => return Match::Ambiguous(column, users.len()),
                None => {}
            }
            let mut others = others.into_iter().flatten();
            if let Some(users) = others.find_map(|users| users.get(&text)) {
                return Match::Users(column, users);
            }
        }
        Match::None
    }
}

fn by_text<'a>(users: impl Iterator<Item = (&'a str, Option<&'a str>)>) -> UsersByText<'a> {
    let mut by_text: UsersByText<'a> = HashMap::new();
    for (id, text) in users {
        if let Some(text) = filled(text) {
            by_text.entry(fold(text)).or_default().push(id);
        }
    }
    by_text
}
