//! What a sync asks the directory for.

use std::fmt;

use chrono::{DateTime, Utc};

use crate::seen_user::SeenUser;
use crate::store::PeopleStore;

/// What a sync asks the directory for.
#[derive(Clone, PartialEq, Eq)]
pub enum SyncPlan {
    /// All users and groups: the whole answer replaces the last one.
    All,
    /// Users of the data that are new since the last answer. Their answers are added to it.
    Ids(Vec<String>),
    /// Nothing: all users of the data were answered within 24 hours.
    Nothing,
}

/// What the command says about a sync.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SyncRequest<'a> {
    /// Asks for all users whatever the age of the last answer.
    pub refresh: bool,
    /// The configured Identity Store, if there is one. Another one than that of the last answer is asked for all users.
    pub store_id: Option<&'a str>,
    /// The configured Region, if there is one, likewise.
    pub region: Option<&'a str>,
    /// Most ids that are asked for one by one. A listing is quicker for more.
    pub max_ids: usize,
}

impl PeopleStore {
    /// Decides what a sync asks for. Without an answer, with one of 24 hours or older, and on request it asks for all users.
    pub fn plan_sync(
        &self,
        request: SyncRequest<'_>,
        seen: &[SeenUser],
        now: DateTime<Utc>,
    ) -> SyncPlan {
        let meta = self.state().directory_meta();
        let is_same =
            |configured: Option<&str>, last: &str| configured.is_none_or(|one| one == last);
        let is_fresh = meta.is_some_and(|meta| {
            !meta.is_stale(now)
                && is_same(request.store_id, &meta.store_id)
                && is_same(request.region, &meta.region)
        });
        if request.refresh || !is_fresh {
            return SyncPlan::All;
        }
        let ids = self.ids_to_look_up(seen, now);
        match ids.len() {
            0 => SyncPlan::Nothing,
            count if count <= request.max_ids => SyncPlan::Ids(ids),
            _ => SyncPlan::All,
        }
    }
}

impl fmt::Debug for SyncPlan {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => formatter.write_str("All"),
            Self::Ids(ids) => formatter.debug_tuple("Ids").field(&ids.len()).finish(),
            Self::Nothing => formatter.write_str("Nothing"),
        }
    }
}
