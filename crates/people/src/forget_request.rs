//! Requests to forget persons by id, address or user name. Errors and results have positions and counts, never a text of the
//! request.

use std::collections::BTreeSet;

use crate::group_rules::GroupRules;
use crate::key::{person_id, text_of_roster_id};
use crate::merge::merge_cleaned;
use crate::seen_user::{SeenUser, SeenUsers};
use crate::sources::Sources;

/// What a request to forget persons has done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ForgetRequestOutcome {
    /// Persons that the texts name, also those that were forgotten before.
    pub persons: usize,
    /// The positions, from 1, of the texts that name no person.
    pub unmatched: Vec<usize>,
}

/// Why a request to forget persons was refused as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ForgetRequestError {
    #[error("text {position} of those to forget is blank")]
    Blank { position: usize },
    #[error(
        "{persons} persons have the address or user name that is text {position} of those to forget"
    )]
    Ambiguous { position: usize, persons: usize },
}

impl ForgetRequestError {
    /// What to do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Blank { .. } => None,
            Self::Ambiguous { .. } => Some(
                "name each person by the user id, or all of them by `roster:` and the address or user name",
            ),
        }
    }
}

impl Sources {
    /// Forgets persons, each by an id in any spelling, an address or a user name; an address after `roster:` may be that of
    /// several persons. A text that names no person is remembered as both: a person that it names later is forgotten then.
    ///
    /// # Errors
    ///
    /// If a text is blank or names several persons. Nothing is changed then.
    pub fn forget(
        &mut self,
        texts: &[String],
        seen: &[SeenUser],
        rules: &GroupRules,
    ) -> Result<ForgetRequestOutcome, ForgetRequestError> {
        let mut outcome = ForgetRequestOutcome::default();
        if texts.is_empty() {
            return Ok(outcome);
        }
        let rows = merge_cleaned(self, seen, rules);
        let seen = SeenUsers::new(seen);
        let mut forgotten = self.forgotten.clone();
        let mut persons: BTreeSet<String> = BTreeSet::new();
        for (text, position) in texts.iter().zip(1..) {
            let id = person_id(text).ok_or(ForgetRequestError::Blank { position })?;
            let roster_text = text_of_roster_id(&id);
            let found = match self.find_person(&id, &seen, &rows) {
                Some(id) => vec![id],
                None => self.find_persons_by_text(roster_text.unwrap_or(text), &seen, &rows),
            };
            match found.as_slice() {
                [] => {
                    forgotten.insert_unknown(text);
                    outcome.unmatched.push(position);
                }
                [_, _, ..] if roster_text.is_none() => {
                    let persons = found.len();
                    return Err(ForgetRequestError::Ambiguous { position, persons });
                }
                ids => {
                    for id in ids {
                        forgotten.insert(id);
                    }
                    if roster_text.is_some() {
                        forgotten.insert(&id);
                    }
                }
            }
            persons.extend(found);
        }
        outcome.persons = persons.len();
        self.forgotten = forgotten;
        Ok(outcome)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::{Directory, DirectoryUser};
    use crate::forgotten::Forgotten;
    use crate::last_known::LastKnown;
    use crate::roster::Roster;

    fn id(number: usize) -> String {
        format!("{number:08x}-1111-4222-8333-bbbbbbbbbbbb")
    }

    /// Users 1 and 2 of the directory, and 3 with an older and a newer address in the exports. 2 and 3 share an address.
    fn sources() -> (Sources, Vec<SeenUser>) {
        let user = |number: usize| DirectoryUser {
            user_id: id(number),
            username: Some(format!("login{number}")),
            display_name: None,
            email: Some(format!("user{number}@example.com")),
        };
        let directory = Directory {
            users: vec![user(1), user(2)],
            groups: Vec::new(),
        };
        let seen = [
            (1, None),
            (3, Some("old@example.com")),
            (3, Some("user2@example.com")),
        ];
        let seen = seen.map(|(number, email)| SeenUser {
            user_id: id(number),
            email: email.map(str::to_owned),
        });
        let sources = Sources::new(directory, LastKnown::default(), Forgotten::default());
        let roster = Roster::parse(b"email,name\nnew@example.com,New\n").unwrap();
        let rows = roster.check(&sources, &seen).unwrap();
        (sources.with_roster(rows), seen.to_vec())
    }

    fn forget(text: &str) -> (Sources, Result<ForgetRequestOutcome, ForgetRequestError>) {
        let (mut sources, seen) = sources();
        let outcome = sources.forget(&[text.to_owned()], &seen, &GroupRules::default());
        (sources, outcome)
    }

    #[test]
    fn ids_addresses_and_user_names_name_persons() {
        let cases = [
            (format!("d-0123456789.{}", id(1).to_uppercase()), id(1)),
            (" USER1@example.com".to_owned(), id(1)),
            ("Login1".to_owned(), id(1)),
            ("old@example.com".to_owned(), id(3)),
            (
                "New@example.com".to_owned(),
                "roster:new@example.com".to_owned(),
            ),
            (
                "roster:new@example.com".to_owned(),
                "roster:new@example.com".to_owned(),
            ),
            ("roster:user1@example.com".to_owned(), id(1)),
        ];
        for (text, id) in cases {
            let (sources, outcome) = forget(&text);
            let outcome = outcome.unwrap();
            assert_eq!((outcome.persons, outcome.unmatched.len()), (1, 0), "{text}");
            assert!(sources.forgotten().contains(&id), "{text}");
        }
    }

    #[test]
    fn a_text_that_names_nobody_is_counted_and_remembered() {
        for text in ["ann@example.com", "roster:ann@example.com"] {
            let (mut sources, outcome) = forget(text);
            let outcome = outcome.unwrap();
            assert_eq!((outcome.persons, outcome.unmatched), (0, vec![1]), "{text}");
            let again = sources.forget(&[text.to_owned()], &[], &GroupRules::default());
            assert_eq!(again.unwrap().unmatched, [1], "{text}");
            let seen = SeenUser {
                user_id: id(9),
                email: Some("Ann@example.com".to_owned()),
            };
            sources.discard_forgotten(&[seen]);
            assert!(sources.forgotten().contains(&id(9)), "{text}");
        }
    }

    #[test]
    fn an_address_of_several_persons_and_a_blank_change_nothing() {
        let (sources, outcome) = forget("user2@example.com");
        let error = outcome.unwrap_err();
        assert_eq!(
            error,
            ForgetRequestError::Ambiguous {
                position: 1,
                persons: 2
            }
        );
        assert!(!error.to_string().contains("example"), "{error}");
        assert!(sources.forgotten().is_empty());
        let (sources, outcome) = forget("roster:user2@example.com");
        assert_eq!(outcome.unwrap().persons, 2);
        assert!(sources.forgotten().contains(&id(2)) && sources.forgotten().contains(&id(3)));
        let blank = forget(" \"\" ").1.unwrap_err();
        assert_eq!(blank, ForgetRequestError::Blank { position: 1 });
    }
}
