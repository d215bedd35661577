//! All that is known about persons, before it is merged.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use crate::assignment::assign;
use crate::directory::Directory;
use crate::forgotten::Forgotten;
use crate::last_known::LastKnown;
use crate::matcher::Matcher;
use crate::roster_row::RosterRow;
use crate::seen_user::{SeenUser, SeenUsers};

/// All that is known about persons, before it is merged.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Sources {
    pub(crate) directory: Directory,
    pub(crate) roster: Vec<RosterRow>,
    pub(crate) last_known: LastKnown,
    pub(crate) forgotten: Forgotten,
}

impl Sources {
    /// Sources without a roster. Former users that the directory has again are left out of `last_known`.
    pub fn new(mut directory: Directory, mut last_known: LastKnown, forgotten: Forgotten) -> Self {
        directory.normalize();
        last_known.discard_present(&directory);
        Self {
            directory,
            roster: Vec::new(),
            last_known,
            forgotten,
        }
    }

    /// Replaces the roster by rows of [`crate::Roster::check`].
    #[must_use]
    pub fn with_roster(mut self, rows: Vec<RosterRow>) -> Self {
        self.roster = rows;
        self
    }

    pub fn directory(&self) -> &Directory {
        &self.directory
    }

    pub fn roster(&self) -> &[RosterRow] {
        &self.roster
    }

    pub fn last_known(&self) -> &LastKnown {
        &self.last_known
    }

    pub fn forgotten(&self) -> &Forgotten {
        &self.forgotten
    }

    /// Removes all about forgotten persons: users, members of groups, former users, roster rows, and cells of other rows
    /// that consist of such a person's id, address, user name or name. Keeps hashes of these.
    pub fn discard_forgotten(&mut self, seen: &[SeenUser]) {
        if self.forgotten.is_empty() {
            return;
        }
        let seen = SeenUsers::new(seen);
        let ids = self.forgotten_users(&seen);
        let mut forgotten = self.forgotten.clone();
        self.learn_users(&ids, &seen, &mut forgotten);
        let mut keeps_row = self.judge_rows(&seen, &mut forgotten).into_iter();
        self.roster.retain(|_| keeps_row.next().unwrap_or(true));
        // Few managers and offices repeat in many rows.
        let mut judged: HashMap<String, bool> = HashMap::new();
        let mut is_reference = |text: &String| match judged.get(text) {
            Some(is_reference) => *is_reference,
            None => *judged
                .entry(text.clone())
                .or_insert(forgotten.is_reference(text)),
        };
        for row in &mut self.roster {
            row.manager.take_if(|text| is_reference(text));
            row.attributes.retain(|_, text| !is_reference(text));
        }
        self.directory.retain_users(|id| !ids.contains(id));
        self.last_known.retain(|id| !ids.contains(id));
        self.forgotten = forgotten;
    }

    /// The ids of all users that are forgotten persons.
    fn forgotten_users(&self, seen: &SeenUsers) -> HashSet<String> {
        let mut texts: HashMap<&str, Vec<&str>> = HashMap::new();
        let members = self
            .directory
            .groups
            .iter()
            .flat_map(|group| &group.members);
        for member in members {
            texts.entry(member).or_default();
        }
        for user in &self.directory.users {
            let user_texts = [user.email.as_deref(), user.username.as_deref()];
            let known = texts.entry(&user.user_id).or_default();
            known.extend(user_texts.into_iter().flatten());
        }
        for (id, person) in self.last_known.iter() {
            let person_texts = [person.email.as_deref(), person.username.as_deref()];
            let known = texts.entry(id).or_default();
            known.extend(person_texts.into_iter().flatten());
        }
        for id in seen.ids() {
            let known = texts.entry(id).or_default();
            known.extend(seen.emails(id).iter().map(String::as_str));
        }
        texts
            .into_iter()
            .filter(|(id, texts)| self.forgotten.contains_user(id, texts.iter().copied()))
            .map(|(id, _)| id.to_owned())
            .collect()
    }

    fn learn_users(&self, ids: &HashSet<String>, seen: &SeenUsers, forgotten: &mut Forgotten) {
        for id in ids {
            forgotten.insert(id);
            for email in seen.emails(id) {
                forgotten.learn(Some(email), None, None);
            }
            if let Some(person) = self.last_known.get(id) {
                forgotten.learn(
                    person.email.as_deref(),
                    person.username.as_deref(),
                    person.display_name.as_deref(),
                );
            }
        }
        for user in &self.directory.users {
            if ids.contains(&user.user_id) {
                forgotten.learn(
                    user.email.as_deref(),
                    user.username.as_deref(),
                    user.display_name.as_deref(),
                );
            }
        }
    }

    /// Learns from the rows that match forgotten persons. Returns for each row whether it is kept.
    fn judge_rows(&self, seen: &SeenUsers, forgotten: &mut Forgotten) -> Vec<bool> {
        let matcher = Matcher::new(self, seen);
        let assignments = assign(self.roster.iter(), &matcher);
        let rows = self.roster.iter().zip(&assignments);
        for (row, assignment) in rows.clone() {
            let mut persons = assignment.persons.iter();
            if persons.any(|person| forgotten.contains(person)) {
                forgotten.learn(
                    row.email.as_deref(),
                    row.username.as_deref(),
                    row.display_name.as_deref(),
                );
            }
        }
        rows.map(|(row, assignment)| !forgotten.contains_row(row, assignment))
            .collect()
    }
}
