//! The local state and the map, below a data folder.

use std::collections::HashSet;
use std::fmt;
use std::path::Path;
use std::time::SystemTime;

use chrono::{DateTime, Utc};

use crate::directory::{Directory, DirectoryUser};
use crate::directory_meta::{DirectoryMeta, is_stale};
use crate::folder::PeopleFolder;
use crate::forgotten::Forgotten;
use crate::group_rules::GroupRules;
use crate::key::{canonical_id, person_id};
use crate::map_row::MapRow;
use crate::merge::merge_cleaned;
use crate::outcome::{ForgetOutcome, ImportOutcome, SyncOutcome};
use crate::people_error::PeopleError;
use crate::roster::Roster;
use crate::seen_user::{SeenUser, SeenUsers};
use crate::shrink::check_shrink;
use crate::state::{RosterMeta, State};
use crate::summary::{Summary, matched_rows};

/// The local state and the map, as of the last read.
///
/// Each change takes the lock, reads the state again, and writes state and map together; a failed change writes nothing.
pub struct PeopleStore {
    folder: PeopleFolder,
    rules: GroupRules,
    state: State,
    rows: Vec<MapRow>,
    /// The file that the state was read from or written to.
    version: Option<(SystemTime, u64)>,
}

/// How a sync judges the answer of the directory.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SyncOptions {
    /// Accepts an answer without most of the users of the last one.
    pub accept_shrink: bool,
}

/// The answers to questions about single users.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lookups {
    pub found: Vec<DirectoryUser>,
    /// Ids that the directory does not have.
    pub not_found: Vec<String>,
}

impl fmt::Debug for PeopleStore {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("PeopleStore")
            .field("folder", &self.folder)
            .field("rows", &self.rows.len())
            .finish_non_exhaustive()
    }
}

impl PeopleStore {
    /// Reads the state and the map below a data folder. Every group is a team, and no group is a seat.
    ///
    /// # Errors
    ///
    /// If a file cannot be read, is damaged or of another version. Missing files are an empty state.
    pub fn open(data: &Path) -> Result<Self, PeopleError> {
        let folder = PeopleFolder::new(data);
        Ok(Self {
            version: folder.state_version(),
            state: folder.read_state()?,
            rows: folder.read_map()?,
            rules: GroupRules::default(),
            folder,
        })
    }

    /// Returns true if a data folder has a state: something was synced, imported or forgotten.
    pub fn exists(data: &Path) -> bool {
        PeopleFolder::new(data).state_version().is_some()
    }

    /// Returns true if the state was read from a file, or written.
    pub fn is_stored(&self) -> bool {
        self.version.is_some()
    }

    /// Returns true if another program has written the state since it was read.
    pub fn is_outdated(&self) -> bool {
        self.folder.state_version() != self.version
    }

    /// Sets which groups are teams and seats, from the next change on.
    #[must_use]
    pub fn with_rules(mut self, rules: GroupRules) -> Self {
        self.rules = rules;
        self
    }

    /// Reads the files again.
    ///
    /// # Errors
    ///
    /// As [`PeopleStore::open`].
    pub fn reload(&mut self) -> Result<(), PeopleError> {
        self.version = self.folder.state_version();
        self.state = self.folder.read_state()?;
        self.rows = self.folder.read_map()?;
        Ok(())
    }

    pub fn state(&self) -> &State {
        &self.state
    }

    /// The rows of the map, by id.
    pub fn rows(&self) -> &[MapRow] {
        &self.rows
    }

    /// Replaces the answer of the directory. Users that it no longer has keep their names if they are in the map.
    ///
    /// # Errors
    ///
    /// `Shrunken` if the answer has lost most of its users, unless the options accept that.
    pub fn sync(
        &mut self,
        mut directory: Directory,
        meta: DirectoryMeta,
        seen: &[SeenUser],
        options: SyncOptions,
    ) -> Result<SyncOutcome, PeopleError> {
        directory.normalize();
        self.change(seen, |store, state| {
            let users: HashSet<&str> = directory.user_ids().collect();
            let seen_users = SeenUsers::new(seen);
            let missing = seen_users.ids().filter(|id| !users.contains(id));
            let not_found = missing.map(|id| (id.to_owned(), meta.read_at)).collect();
            let last_ids = store.replace_directory(state, directory, seen, options)?;
            state.not_found = not_found;
            state.directory_meta = Some(meta);
            Ok(last_ids)
        })
        .map(|last_ids| self.sync_outcome(&last_ids))
    }

    /// Returns the ids of the data that the directory should be asked for: those it has not answered within 24 hours.
    pub fn ids_to_look_up(&self, seen: &[SeenUser], now: DateTime<Utc>) -> Vec<String> {
        let sources = &self.state.sources;
        let meta = self.state.directory_meta.as_ref();
        let is_directory_fresh = meta.is_some_and(|meta| !meta.is_stale(now));
        let users: HashSet<&str> = sources.directory.user_ids().collect();
        let is_answered = |id: &str| {
            let not_found_at = self.state.not_found.get(id);
            let is_missing = not_found_at.is_some_and(|at| !is_stale(*at, now));
            is_missing || (is_directory_fresh && users.contains(id))
        };
        SeenUsers::new(seen)
            .ids()
            .filter(|id| !is_answered(id) && !sources.forgotten.contains(id))
            .map(str::to_owned)
            .collect()
    }

    /// Adds the answers to questions about single users to the answer of the directory, which counts as read at
    /// `meta.read_at` if it is the first one, or if each user of the data was looked up within 24 hours.
    ///
    /// # Errors
    ///
    /// As [`PeopleStore::sync`].
    pub fn add_lookups(
        &mut self,
        lookups: Lookups,
        meta: DirectoryMeta,
        seen: &[SeenUser],
        options: SyncOptions,
    ) -> Result<SyncOutcome, PeopleError> {
        let mut found = Directory {
            users: lookups.found,
            groups: Vec::new(),
        };
        found.normalize();
        let answered: HashSet<String> = lookups
            .not_found
            .iter()
            .filter_map(|id| canonical_id(id))
            .chain(found.user_ids().map(str::to_owned))
            .collect();
        let found_ids: HashSet<String> = found.user_ids().map(str::to_owned).collect();
        self.change(seen, |store, state| {
            let mut directory = state.sources.directory.clone();
            directory
                .users
                .retain(|user| !answered.contains(&user.user_id));
            directory.users.append(&mut found.users);
            directory.normalize();
            let last_ids = store.replace_directory(state, directory, seen, options)?;
            for id in &answered {
                if found_ids.contains(id) {
                    state.not_found.remove(id);
                } else {
                    state.not_found.insert(id.clone(), meta.read_at);
                }
            }
            let is_answered = |id: &str| {
                let not_found_at = state.not_found.get(id);
                answered.contains(id)
                    || not_found_at.is_some_and(|at| !is_stale(*at, meta.read_at))
                    || state.sources.forgotten.contains(id)
            };
            let has_all = SeenUsers::new(seen).ids().all(is_answered);
            if has_all || state.directory_meta.is_none() {
                state.directory_meta = Some(meta);
            }
            Ok(last_ids)
        })
        .map(|last_ids| self.sync_outcome(&last_ids))
    }

    /// Replaces the roster.
    ///
    /// # Errors
    ///
    /// `Roster` if a single row is wrong, or there is none.
    pub fn import_roster(
        &mut self,
        bytes: &[u8],
        meta: &RosterMeta,
        seen: &[SeenUser],
    ) -> Result<ImportOutcome, PeopleError> {
        let failed = |source| PeopleError::Roster {
            file_name: meta.file_name.clone(),
            source,
        };
        let roster = Roster::parse(bytes).map_err(failed)?;
        let rows = self.change(seen, |_, state| {
            let rows = roster.check(&state.sources, seen).map_err(failed)?;
            let row_count = rows.len();
            state.sources.roster = rows;
            state.roster_meta = Some(meta.clone());
            Ok(row_count)
        })?;
        Ok(ImportOutcome {
            rows,
            matched_rows: matched_rows(&self.state, &SeenUsers::new(seen)),
            forgotten_rows: rows - self.state.sources.roster.len(),
            map_rows: self.rows.len(),
        })
    }

    /// Removes the roster. Returns false if there was none.
    ///
    /// # Errors
    ///
    /// If the files cannot be written.
    pub fn remove_roster(&mut self, seen: &[SeenUser]) -> Result<bool, PeopleError> {
        self.change(seen, |_, state| {
            state.sources.roster = Vec::new();
            Ok(state.roster_meta.take().is_some())
        })
    }

    /// Removes all about a person, now and in each later change: the person is shown by a mask. Takes an id in any spelling.
    ///
    /// # Errors
    ///
    /// `BlankId`, or if the files cannot be written.
    pub fn forget(&mut self, id: &str, seen: &[SeenUser]) -> Result<ForgetOutcome, PeopleError> {
        let id = person_id(id).ok_or(PeopleError::BlankId)?;
        let was_known = self.change(seen, |store, state| {
            let sources = &mut state.sources;
            let was_known = sources.directory.user_ids().any(|user| user == id)
                || sources.last_known.get(&id).is_some()
                || SeenUsers::new(seen).contains(&id)
                || merge_cleaned(sources, seen, &store.rules)
                    .iter()
                    .any(|row| row.user_id == id);
            sources.forgotten.insert(&id);
            Ok(was_known)
        })?;
        Ok(ForgetOutcome {
            mask: Forgotten::mask(&id),
            was_known,
            map_rows: self.rows.len(),
        })
    }

    /// Writes the map again, for other users of the data or other rules. Returns the number of its rows.
    ///
    /// # Errors
    ///
    /// If the files cannot be written.
    pub fn refresh_map(&mut self, seen: &[SeenUser]) -> Result<usize, PeopleError> {
        self.change(seen, |_, _| Ok(()))?;
        Ok(self.rows.len())
    }

    /// Counts the users with names as a refresh of the map would show them.
    pub fn summary(&self, seen: &[SeenUser], now: DateTime<Utc>) -> Summary {
        let rows = merge_cleaned(&self.state.sources, seen, &self.rules);
        Summary::new(&self.state, &rows, &SeenUsers::new(seen), now)
    }

    /// Returns the persons of the map whose id, name, address, user name or team contain each word of a text, by label.
    pub fn search(&self, text: &str) -> Vec<&MapRow> {
        let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
        let matches = self.rows.iter().filter(|row| row.contains_words(&words));
        let mut found: Vec<&MapRow> = matches.collect();
        found.sort_by_cached_key(|row| (row.label().to_lowercase(), &row.user_id));
        found
    }

    /// Returns the person of the map with an id in any spelling.
    pub fn person(&self, id: &str) -> Option<&MapRow> {
        let id = person_id(id)?;
        let index = self
            .rows
            .binary_search_by(|row| row.user_id.as_str().cmp(&id));
        index.ok().map(|index| &self.rows[index])
    }

    /// Changes the state under the lock, applies forgotten ids, and writes state and map.
    fn change<T>(
        &mut self,
        seen: &[SeenUser],
        change: impl FnOnce(&Self, &mut State) -> Result<T, PeopleError>,
    ) -> Result<T, PeopleError> {
        let lock = self.folder.lock()?;
        let mut state = self.folder.read_state()?;
        let outcome = change(self, &mut state)?;
        state.discard_forgotten(seen);
        let rows = merge_cleaned(&state.sources, seen, &self.rules);
        lock.write(&state, &rows)?;
        self.version = self.folder.state_version();
        drop(lock);
        self.state = state;
        self.rows = rows;
        Ok(outcome)
    }

    /// Replaces the answer of the directory, if it has not shrunk, and keeps the names of former users of the map.
    /// Returns the ids of the last answer.
    fn replace_directory(
        &self,
        state: &mut State,
        directory: Directory,
        seen: &[SeenUser],
        options: SyncOptions,
    ) -> Result<HashSet<String>, PeopleError> {
        let sources = &mut state.sources;
        if !options.accept_shrink {
            check_shrink(sources.directory.user_ids(), &directory)
                .map_err(PeopleError::Shrunken)?;
        }
        let in_map: HashSet<String> = merge_cleaned(sources, seen, &self.rules)
            .into_iter()
            .chain(self.folder.read_map()?)
            .map(|row| row.user_id)
            .collect();
        let before = std::mem::replace(&mut sources.directory, directory);
        if let Some(meta) = &state.directory_meta {
            let is_in_map = |id: &str| in_map.contains(id);
            let before = (&before, meta.read_at);
            sources
                .last_known
                .keep_former(before, &sources.directory, is_in_map);
        }
        sources.last_known.discard_present(&sources.directory);
        Ok(before.user_ids().map(str::to_owned).collect())
    }

    /// Compares the answer of the directory with the ids of the last one.
    fn sync_outcome(&self, last_ids: &HashSet<String>) -> SyncOutcome {
        let directory = &self.state.sources.directory;
        let ids: HashSet<&str> = directory.user_ids().collect();
        SyncOutcome {
            users: directory.users.len(),
            groups: directory.groups.len(),
            new_users: ids.iter().filter(|id| !last_ids.contains(**id)).count(),
            former_users: last_ids
                .iter()
                .filter(|id| !ids.contains(id.as_str()))
                .count(),
            map_rows: self.rows.len(),
        }
    }
}
