//! From an event to a new map.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use kiro_directory::UserSelection;
use kiro_people::{
    Directory, ForgetRequestError, GroupRules, LastKnown, MAX_ROSTER_BYTES, MapRow, PersonSource,
    PersonStatus, Roster, SeenUser, Sources, check_shrink, merge, most_rules, read_map, write_map,
};
use kiro_report::ObjectKey;
use kiro_s3::{Replacement, StoredObject};
use serde_json::Value;

use crate::directory_source::DirectorySource;
use crate::error::InvocationError;
use crate::event::RunRequest;
use crate::objects::Objects;
use crate::response::{MapResponse, MapStatus};
use crate::state::MapState;

/// The map, alone below the location of its table.
pub const MAP_KEY: &str = "identity-map/people.parquet";
/// The state, outside that location.
pub const STATE_KEY: &str = "state/people.json";

/// Maximum size of map and state: far above those of a million persons.
const MAX_BYTES: u64 = 1 << 30;
/// Attempts if another invocation has changed state or map in the meantime.
const MAX_ATTEMPTS: u32 = 3;

/// Returns the current time.
pub type Clock = fn() -> DateTime<Utc>;

/// A roster in a bucket.
#[derive(Clone)]
pub struct RosterObject {
    pub objects: Arc<dyn Objects>,
    pub key: ObjectKey,
    /// `s3://bucket/key`, for messages.
    pub url: String,
}

/// Makes the map.
pub struct IdentityMapper {
    /// The parts of the normalizer.
    pub parts: Arc<dyn Objects>,
    /// The address of the parts.
    pub source: String,
    /// The bucket of the map.
    pub map: Arc<dyn Objects>,
    /// `None` if names come from the roster alone.
    pub directory: Option<Arc<dyn DirectorySource>>,
    pub roster: Option<RosterObject>,
    pub rules: GroupRules,
    /// True if groups give persons a seat: these persons may not occur in the data.
    pub has_seat_groups: bool,
    pub clock: Clock,
}

/// State and map as they were read. The map is decoded only where it is needed, and not kept: it is the largest thing in memory.
struct Before {
    state_tag: Option<String>,
    state: MapState,
    map_tag: Option<String>,
    map: Option<Bytes>,
}

impl Before {
    /// The persons of the map. They can be read once.
    fn rows(&mut self) -> Result<Vec<MapRow>, InvocationError> {
        match self.map.take() {
            Some(map) => read_map(map).map_err(|source| InvocationError::DamagedMap {
                key: MAP_KEY,
                source,
            }),
            None => Ok(Vec::new()),
        }
    }
}

impl IdentityMapper {
    /// Handles an event: replaces the map whole, or changes nothing.
    ///
    /// # Errors
    ///
    /// If a source cannot be read or is refused, or if the map cannot be written.
    pub async fn handle(&self, event: Value) -> Result<MapResponse, InvocationError> {
        let request = RunRequest::parse(event).map_err(InvocationError::UnknownEvent)?;
        let mut attempts = 1;
        loop {
            match self.run(&request).await {
                Err(error) if error.is_conflict() && attempts < MAX_ATTEMPTS => {
                    attempts += 1;
                    tracing::info!(
                        "State or map was changed in the meantime; they are read again."
                    );
                }
                outcome => return outcome,
            }
        }
    }

    async fn run(&self, request: &RunRequest) -> Result<MapResponse, InvocationError> {
        let mut before = self.read_before().await?;
        let users = &mut before.state.users;
        if !users.update(self.parts.as_ref(), &self.source).await? {
            return self.without_data(before, request).await;
        }
        let roster = self.read_roster().await?;
        let directory = self.read_directory(&before, roster.is_some()).await?;
        let sources = self.sources(directory, &mut before, request)?;
        let seen = before.state.users.seen_users();
        let mut sources = match roster {
            Some(roster) => with_roster(sources, roster, &seen)?,
            None => sources,
        };
        let asked = sources
            .forget(&request.forget, &seen, &self.rules)
            .map_err(InvocationError::Forget)?;
        sources.discard_forgotten(&seen);
        let rows = merge(&sources, &seen, &self.rules);
        let mut response = response_of(&sources, &seen, &rows);
        response.forgotten_by_call = asked.persons;
        response.unmatched = asked.unmatched;
        let state = &mut before.state;
        state.mapped_at = Some((self.clock)());
        state.last_known = LastKnown::besides_map(&sources, &rows, (self.clock)());
        let forgotten = sources.forgotten().clone();
        state.users.remove_emails(|id| forgotten.contains(id));
        state.forgotten = forgotten;
        drop(sources);
        self.write(before, &rows, &response).await?;
        Ok(response)
    }

    /// Remembers persons to forget. Without data, no source is asked who they are.
    async fn without_data(
        &self,
        mut before: Before,
        request: &RunRequest,
    ) -> Result<MapResponse, InvocationError> {
        let mut is_changed = false;
        for (text, position) in request.forget.iter().zip(1..) {
            if !before.state.forgotten.insert_unknown(text) {
                let error = ForgetRequestError::Blank { position };
                return Err(InvocationError::Forget(error));
            }
            is_changed = true;
        }
        if is_changed {
            self.write_state(&before.state, before.state_tag).await?;
        }
        Ok(MapResponse::noop())
    }

    async fn read_before(&self) -> Result<Before, InvocationError> {
        let state = self.map.read(&ObjectKey::new(STATE_KEY), MAX_BYTES).await?;
        let map = self.map.read(&ObjectKey::new(MAP_KEY), MAX_BYTES).await?;
        let tag = |object: &Option<StoredObject>| object.as_ref().map(|found| found.e_tag.clone());
        let (state_tag, map_tag) = (tag(&state), tag(&map));
        Ok(Before {
            state_tag,
            state: MapState::parse(state.as_ref())?,
            map_tag,
            map: map.map(|map| map.content),
        })
    }

    async fn read_roster(&self) -> Result<Option<(String, Roster)>, InvocationError> {
        let Some(RosterObject { objects, key, url }) = &self.roster else {
            return Ok(None);
        };
        // One byte more: the roster itself reports its limit.
        let object = objects.read(key, MAX_ROSTER_BYTES as u64 + 1).await?;
        let object = object.ok_or_else(|| InvocationError::NoRoster {
            roster: url.clone(),
        })?;
        let roster = Roster::parse(&object.content).map_err(|source| InvocationError::Roster {
            roster: url.clone(),
            source,
        })?;
        Ok(Some((url.clone(), roster)))
    }

    /// Asks the directory for the users of the data. Only a roster, which is matched by address or user name, and groups with
    /// seats need all users; none of the others stays.
    async fn read_directory(
        &self,
        before: &Before,
        has_roster: bool,
    ) -> Result<Option<Directory>, InvocationError> {
        let Some(directory) = &self.directory else {
            return Ok(None);
        };
        let mut answer = if has_roster || self.has_seat_groups {
            directory.read(UserSelection::All).await?
        } else {
            let ids: Vec<String> = before.state.users.ids().map(str::to_owned).collect();
            directory.read(UserSelection::Ids(&ids)).await?
        };
        answer.normalize();
        Ok(Some(answer))
    }

    fn sources(
        &self,
        directory: Option<Directory>,
        before: &mut Before,
        request: &RunRequest,
    ) -> Result<Sources, InvocationError> {
        let forgotten = before.state.forgotten.clone();
        let mut rows = before.rows()?;
        let Some(directory) = directory else {
            let (directory, last_known) = (Directory::default(), LastKnown::default());
            return Ok(Sources::new(directory, last_known, forgotten));
        };
        if !request.accept_shrink {
            let of_directory = rows.iter().filter(|row| is_of_directory(row));
            let ids = of_directory.map(|row| row.user_id.as_str());
            check_shrink(ids, &directory).map_err(InvocationError::Shrunken)?;
        }
        let known_at = before.state.mapped_at.unwrap_or_else(self.clock);
        let present: HashSet<&str> = directory.user_ids().collect();
        rows.retain(|row| !present.contains(row.user_id.as_str()));
        // A roster's names in the map are not those of the directory.
        let last_known =
            std::mem::take(&mut before.state.last_known).or(LastKnown::from_map(&rows, known_at));
        Ok(Sources::new(directory, last_known, forgotten))
    }

    /// Writes the state, then the map. A concurrent invocation fails at the state, before it has written anything. After an
    /// interruption between both, the next invocation makes the map from the same state.
    async fn write(
        &self,
        before: Before,
        rows: &[MapRow],
        response: &MapResponse,
    ) -> Result<(), InvocationError> {
        let map = write_map(rows).map_err(InvocationError::Encode)?;
        let map = Replacement {
            content: Bytes::from(map),
            e_tag: before.map_tag,
            metadata: response.metadata(),
            ..Replacement::default()
        };
        self.write_state(&before.state, before.state_tag).await?;
        self.map.replace(&ObjectKey::new(MAP_KEY), map).await?;
        Ok(())
    }

    async fn write_state(
        &self,
        state: &MapState,
        e_tag: Option<String>,
    ) -> Result<(), InvocationError> {
        let state = Replacement {
            content: Bytes::from(state.to_json()),
            e_tag,
            ..Replacement::default()
        };
        self.map.replace(&ObjectKey::new(STATE_KEY), state).await?;
        Ok(())
    }
}

/// The counts of a map.
fn response_of(sources: &Sources, seen: &[SeenUser], rows: &[MapRow]) -> MapResponse {
    let count =
        |is_counted: &dyn Fn(&MapRow) -> bool| rows.iter().filter(|row| is_counted(row)).count();
    let by_id: HashMap<&str, &MapRow> =
        rows.iter().map(|row| (row.user_id.as_str(), row)).collect();
    let mut ids: Vec<&str> = seen.iter().map(|user| user.user_id.as_str()).collect();
    ids.dedup();
    let named = ids.iter().filter(|id| {
        let row = by_id.get(*id);
        row.is_some_and(|row| row.status != PersonStatus::Forgotten && row.is_named())
    });
    MapResponse {
        status: MapStatus::Ok,
        users: ids.len(),
        named: named.count(),
        rows: rows.len(),
        seats: count(&|row| row.is_seat),
        left: count(&|row| row.status == PersonStatus::Left),
        forgotten: count(&|row| row.status == PersonStatus::Forgotten),
        forgotten_by_call: 0,
        unmatched: Vec::new(),
        groups: sources.directory().groups.len(),
        roster_rows: sources.roster().len(),
        most_rules: most_rules(rows),
    }
}

/// Returns true for a person that the directory had when the map was made.
fn is_of_directory(row: &MapRow) -> bool {
    matches!(
        row.source,
        PersonSource::Directory | PersonSource::RosterAndDirectory
    )
}

fn with_roster(
    sources: Sources,
    (url, roster): (String, Roster),
    seen: &[SeenUser],
) -> Result<Sources, InvocationError> {
    let rows = roster.check(&sources, seen);
    let rows = rows.map_err(|source| InvocationError::Roster {
        roster: url,
        source,
    })?;
    Ok(sources.with_roster(rows))
}
