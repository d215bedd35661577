//! Who the users are: names, teams and seats.
//!
//! Merges the answer of a directory, a roster and the users of the data into the identity map. Owns the local state of it.
//! Knows no AWS service, no SQL engine and no network; reads no clock. Only `folder` reads and writes files.

mod assignment;
mod directory;
mod directory_meta;
mod folder;
mod forgotten;
mod group_membership;
mod group_rules;
mod key;
mod last_known;
mod listed_person;
mod map;
mod map_row;
mod matcher;
mod merge;
mod outcome;
mod people_error;
mod person;
mod person_detail;
mod roster;
mod roster_error;
mod roster_header;
mod roster_recognition;
mod roster_records;
mod roster_row;
mod row_error;
mod seen_user;
mod shrink;
mod sources;
mod state;
mod store;
mod summary;
mod sync_plan;
mod text_hash;
mod visibility;

pub use directory::{Directory, DirectoryGroup, DirectoryUser};
pub use directory_meta::{CACHE_AGE, DirectoryMeta};
pub use forgotten::Forgotten;
pub use group_rules::{GroupPatterns, GroupRules};
pub use key::KeyColumn;
pub use last_known::{LastKnown, LastKnownPerson};
pub use listed_person::{ListSource, ListedPerson, PersonFilter, UnknownSource, UnknownStatus};
pub use map::{MapError, read_map, write_map};
pub use map_row::MapRow;
pub use merge::merge;
pub use outcome::{ForgetOutcome, ImportOutcome, SyncOutcome};
pub use people_error::PeopleError;
pub use person::{PersonSource, PersonStatus};
pub use person_detail::PersonDetail;
pub use roster::{MAX_ROSTER_BYTES, MAX_ROSTER_ROWS, Roster};
pub use roster_error::{RosterColumns, RosterError};
pub use roster_row::RosterRow;
pub use row_error::{RowError, RowErrorKind, RowErrors};
pub use seen_user::SeenUser;
pub use shrink::{ShrunkenDirectory, check_shrink};
pub use sources::Sources;
pub use state::{RosterMeta, State};
pub use store::{Lookups, PeopleStore, SyncOptions};
pub use summary::{DirectorySummary, RosterSummary, Summary};
pub use sync_plan::{SyncPlan, SyncRequest};
pub use visibility::Visibility;
