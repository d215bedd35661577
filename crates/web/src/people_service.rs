//! The names of users while the page is open: the local state of people, in step with the users of the data. Asks no directory.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use kiro_catalog::SEEN_USERS;
use kiro_dashboard_sql::Value;
use kiro_ingest::error_chain;
use kiro_people::{
    DirectorySummary, ForgetOutcome, ImportOutcome, ListedPerson, PeopleError, PeopleStore,
    PersonFilter, RosterMeta, RosterSummary, SeenUser, Summary,
};
use serde::Serialize;
use tokio::task::{JoinError, spawn_blocking};

use crate::dashboard_service::{DashboardError, DashboardService};
use crate::export_watcher::Clock;

/// The local state of people and the users of the data, shared by requests and the export watcher.
pub(crate) struct PeopleService {
    service: Arc<DashboardService>,
    clock: Clock,
    /// False if the data folder is read-only: the map stays as it is.
    can_write: bool,
    state: Arc<Mutex<PeopleState>>,
}

struct PeopleState {
    store: PeopleStore,
    seen: Vec<SeenUser>,
    /// The users of the data were read, and the map is in step with them.
    is_current: bool,
}

/// How many users have names, for the header of the page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(crate) struct PeopleStatus {
    /// Users of the data.
    pub(crate) users: usize,
    /// Those of them with a name in the map.
    pub(crate) named: usize,
    /// When the directory was read; without a directory, when the roster was imported.
    pub(crate) as_of: Option<DateTime<Utc>>,
}

/// A page of a list of people.
#[derive(Debug, Serialize)]
pub(crate) struct PeoplePage {
    pub(crate) summary: PeopleSummary,
    /// Number of people that match.
    pub(crate) total: usize,
    pub(crate) persons: Vec<ListedPerson>,
}

/// How many users have names, and from where. The list has the unresolved ids.
#[derive(Debug, Serialize)]
pub(crate) struct PeopleSummary {
    pub(crate) seen_users: usize,
    pub(crate) named_users: usize,
    pub(crate) email_only_users: usize,
    pub(crate) forgotten_users: usize,
    pub(crate) unresolved_users: usize,
    pub(crate) known_persons: usize,
    pub(crate) seats: usize,
    pub(crate) directory: Option<DirectorySummary>,
    pub(crate) roster: Option<RosterSummary>,
}

/// Part of a list.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ListRange {
    pub(crate) offset: usize,
    pub(crate) limit: usize,
}

/// A request about people failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PeopleServiceError {
    #[error(transparent)]
    People(#[from] PeopleError),
    #[error(transparent)]
    Dashboard(#[from] DashboardError),
    #[error("the work was not finished")]
    Stopped(#[from] JoinError),
}

impl From<Summary> for PeopleSummary {
    fn from(summary: Summary) -> Self {
        Self {
            seen_users: summary.seen_users,
            named_users: summary.named_users,
            email_only_users: summary.email_only_users,
            forgotten_users: summary.forgotten_users,
            unresolved_users: summary.unresolved_ids.len(),
            known_persons: summary.known_persons,
            seats: summary.seats,
            directory: summary.directory,
            roster: summary.roster,
        }
    }
}

impl PeopleServiceError {
    /// Why a roster was refused; the error and its causes for all else. The engine's texts are left out: they may repeat a
    /// value of the data.
    pub(crate) fn message(&self) -> String {
        match self {
            Self::People(PeopleError::Roster { source, .. }) => source.to_string(),
            Self::Dashboard(error) => error.message(),
            other => error_chain(other),
        }
    }
}

impl PeopleService {
    pub(crate) fn new(
        service: Arc<DashboardService>,
        store: PeopleStore,
        clock: Clock,
        can_write: bool,
    ) -> Self {
        Self {
            service,
            clock,
            can_write,
            state: Arc::new(Mutex::new(PeopleState {
                store,
                seen: Vec::new(),
                is_current: false,
            })),
        }
    }

    /// Returns true if the users of the data have to be read, or another program has changed the state.
    pub(crate) fn is_outdated(&self) -> bool {
        let state = lock(&self.state);
        !state.is_current || state.store.is_outdated()
    }

    /// Reads the users of the data and what other programs have changed, and brings the map in step. Without a state, no file
    /// is written. Returns true if the map has changed.
    pub(crate) async fn refresh(&self) -> Result<bool, PeopleServiceError> {
        let seen = self.seen_users().await?;
        let can_write = self.can_write;
        self.run(move |state| {
            state.is_current = false;
            let before = state.store.rows().to_vec();
            if state.store.is_outdated() {
                state.store.reload()?;
            }
            state.seen = seen;
            if state.store.is_stored() && can_write {
                state.store.refresh_map(&state.seen)?;
            }
            state.is_current = true;
            Ok(state.store.rows() != before)
        })
        .await
    }

    /// Replaces the roster.
    pub(crate) async fn import_roster(
        &self,
        content: Vec<u8>,
        file_name: String,
    ) -> Result<ImportOutcome, PeopleServiceError> {
        self.ensure_current().await?;
        let meta = RosterMeta {
            file_name,
            imported_at: (self.clock)(),
        };
        self.run(move |state| state.store.import_roster(&content, &meta, &state.seen))
            .await
    }

    /// Removes the roster. Returns false if there was none.
    pub(crate) async fn remove_roster(&self) -> Result<bool, PeopleServiceError> {
        self.ensure_current().await?;
        self.run(|state| state.store.remove_roster(&state.seen))
            .await
    }

    /// Removes all about a person.
    pub(crate) async fn forget(
        &self,
        user_id: String,
    ) -> Result<ForgetOutcome, PeopleServiceError> {
        self.ensure_current().await?;
        self.run(move |state| state.store.forget(&user_id, &state.seen))
            .await
    }

    /// A page of the people that match, and how many users have names.
    pub(crate) async fn list(
        &self,
        filter: PersonFilter,
        range: ListRange,
    ) -> Result<PeoplePage, PeopleServiceError> {
        let now = (self.clock)();
        self.run(move |state| {
            let persons = state.store.list(&state.seen, &filter);
            Ok(PeoplePage {
                summary: state.store.summary(&state.seen, now).into(),
                total: persons.len(),
                persons: persons
                    .into_iter()
                    .skip(range.offset)
                    .take(range.limit)
                    .collect(),
            })
        })
        .await
    }

    /// How many users have names.
    pub(crate) async fn status(&self) -> Result<PeopleStatus, PeopleServiceError> {
        let now = (self.clock)();
        self.run(move |state| {
            let summary = state.store.summary(&state.seen, now);
            let read_at = summary.directory.map(|directory| directory.meta.read_at);
            let imported_at = summary.roster.map(|roster| roster.meta.imported_at);
            Ok(PeopleStatus {
                users: summary.seen_users,
                named: summary.named_users,
                as_of: read_at.or(imported_at),
            })
        })
        .await
    }

    /// Reads the users of the data, if the first listing of the exports has not done so yet: a roster is matched with them.
    async fn ensure_current(&self) -> Result<(), PeopleServiceError> {
        if self.is_outdated() {
            self.refresh().await?;
        }
        Ok(())
    }

    /// Runs work on files and many people beside the requests.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut PeopleState) -> Result<T, PeopleError> + Send + 'static,
    ) -> Result<T, PeopleServiceError> {
        let state = Arc::clone(&self.state);
        let done = spawn_blocking(move || work(&mut lock(&state))).await?;
        Ok(done?)
    }

    async fn seen_users(&self) -> Result<Vec<SeenUser>, PeopleServiceError> {
        let rows = self.service.rows(SEEN_USERS).await?.rows.into_iter();
        let users = rows.filter_map(|row| match <[Value; 2]>::try_from(row) {
            Ok([Value::Text(user_id), email]) => Some(SeenUser {
                user_id,
                email: match email {
                    Value::Text(email) => Some(email),
                    _ => None,
                },
            }),
            Ok(_) | Err(_) => None,
        });
        Ok(users.collect())
    }
}

/// A panic leaves the state as it was: changes replace it at their end.
fn lock(state: &Mutex<PeopleState>) -> MutexGuard<'_, PeopleState> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
