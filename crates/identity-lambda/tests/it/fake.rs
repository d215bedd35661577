//! Objects in memory, a directory without calls, and parts of exports.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;
use std::sync::{Arc, Mutex};

use arrow::array::{ArrayRef, RecordBatch, StringArray};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use kiro_directory::{DirectoryError, UserSelection};
use kiro_identity_lambda::{
    DirectorySource, IdentityMapper, InvocationError, MAP_KEY, MapResponse, Objects, RosterObject,
};
use kiro_ingest::{ObjectMeta, StoreError, StoreErrorKind};
use kiro_people::{
    Directory, DirectoryGroup, DirectoryUser, GroupPatterns, GroupRules, MapRow, read_map,
};
use kiro_report::ObjectKey;
use kiro_s3::{Replacement, StoredObject};
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;
use serde_json::Value;

/// Objects in memory, with a count of the requests of each kind.
#[derive(Default)]
pub(crate) struct FakeObjects {
    pub(crate) objects: Mutex<BTreeMap<String, (Bytes, u64)>>,
    pub(crate) requests: Mutex<Vec<String>>,
    /// Another writer that changes this object before the next replacement.
    pub(crate) rival: Mutex<Option<String>>,
    pub(crate) metadata: Mutex<HashMap<String, String>>,
}

impl FakeObjects {
    pub(crate) fn put(&self, key: &str, content: impl Into<Bytes>) {
        let mut objects = self.objects.lock().unwrap();
        let version = objects.get(key).map_or(0, |(_, version)| version + 1);
        objects.insert(key.to_owned(), (content.into(), version));
    }

    pub(crate) fn content(&self, key: &str) -> Option<Bytes> {
        let objects = self.objects.lock().unwrap();
        objects.get(key).map(|(content, _)| content.clone())
    }

    pub(crate) fn count(&self, kind: &str) -> usize {
        let requests = self.requests.lock().unwrap();
        requests.iter().filter(|found| *found == kind).count()
    }

    fn note(&self, kind: &str) {
        self.requests.lock().unwrap().push(kind.to_owned());
    }
}

impl Objects for FakeObjects {
    fn list<'a>(&'a self, prefix: &'a str) -> BoxFuture<'a, Result<Vec<ObjectMeta>, StoreError>> {
        self.note("list");
        let objects = self.objects.lock().unwrap();
        let found = objects.iter().filter(|(key, _)| key.starts_with(prefix));
        let found = found.map(|(key, (content, version))| ObjectMeta {
            key: ObjectKey::new(key.as_str()),
            bytes: content.len() as u64,
            last_modified: DateTime::UNIX_EPOCH,
            e_tag: Some(version.to_string()),
        });
        let found = found.collect();
        Box::pin(async move { Ok(found) })
    }

    fn read_range<'a>(
        &'a self,
        object: &'a ObjectMeta,
        range: Range<u64>,
    ) -> BoxFuture<'a, Result<Bytes, StoreError>> {
        self.note("read_range");
        let content = self.content(object.key.as_str()).unwrap();
        let range = usize::try_from(range.start).unwrap()..usize::try_from(range.end).unwrap();
        Box::pin(async move { Ok(content.slice(range)) })
    }

    fn read<'a>(
        &'a self,
        key: &'a ObjectKey,
        _max_bytes: u64,
    ) -> BoxFuture<'a, Result<Option<StoredObject>, StoreError>> {
        self.note("read");
        let objects = self.objects.lock().unwrap();
        let found = objects
            .get(key.as_str())
            .map(|(content, version)| StoredObject {
                content: content.clone(),
                e_tag: version.to_string(),
            });
        Box::pin(async move { Ok(found) })
    }

    fn replace<'a>(
        &'a self,
        key: &'a ObjectKey,
        replacement: Replacement,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        self.note("replace");
        if let Some(rival) = self.rival.lock().unwrap().take() {
            let content = self.content(&rival).unwrap();
            self.put(&rival, content);
        }
        let existing = self.objects.lock().unwrap().get(key.as_str()).cloned();
        let tag = existing.map(|(_, version)| version.to_string());
        let is_expected = tag == replacement.e_tag;
        if is_expected {
            self.put(key.as_str(), replacement.content);
            if key.as_str() == MAP_KEY {
                *self.metadata.lock().unwrap() = replacement.metadata;
            }
        }
        Box::pin(async move {
            if is_expected {
                Ok(())
            } else {
                Err(StoreError::new("write", key, StoreErrorKind::Changed))
            }
        })
    }
}

/// A directory without calls. Notes which users were asked for.
#[derive(Default)]
pub(crate) struct FakeDirectory {
    pub(crate) directory: Mutex<Directory>,
    pub(crate) selections: Mutex<Vec<String>>,
}

impl DirectorySource for FakeDirectory {
    fn read<'a>(
        &'a self,
        users: UserSelection<'a>,
    ) -> BoxFuture<'a, Result<Directory, DirectoryError>> {
        let mut answer = self.directory.lock().unwrap().clone();
        self.selections.lock().unwrap().push(format!("{users:?}"));
        if let UserSelection::Ids(ids) = users {
            let ids: HashSet<&String> = ids.iter().collect();
            answer.users.retain(|user| ids.contains(&user.user_id));
        }
        Box::pin(async move { Ok(answer) })
    }
}

/// The id of the user with this number.
pub(crate) fn id(number: usize) -> String {
    format!("{number:08x}-1111-4222-8333-bbbbbbbbbbbb")
}

pub(crate) fn user(number: usize) -> DirectoryUser {
    DirectoryUser {
        user_id: id(number),
        username: Some(format!("user-{number}")),
        display_name: Some(format!("User {number}")),
        email: Some(format!("user-{number}@example.com")),
    }
}

pub(crate) fn group(name: &str, members: &[usize]) -> DirectoryGroup {
    DirectoryGroup {
        group_id: format!("id of {name}"),
        name: name.to_owned(),
        members: members.iter().map(|member| id(*member)).collect(),
    }
}

/// A part as the normalizer writes it, with row groups of two rows or more.
pub(crate) fn part(users: &[(usize, Option<&str>)]) -> Vec<u8> {
    let ids: StringArray = users.iter().map(|(user, _)| Some(id(*user))).collect();
    let emails: StringArray = users.iter().map(|(_, email)| *email).collect();
    // A column that is not read, so large that the parts of a test are larger than one request.
    let padding = "x".repeat(if users.len() > 1000 { 1 } else { 100_000 });
    let padding: StringArray = users.iter().map(|_| Some(padding.as_str())).collect();
    let columns: [(&str, ArrayRef); 3] = [
        ("user_id", Arc::new(ids)),
        ("extra", Arc::new(padding)),
        ("email", Arc::new(emails)),
    ];
    let batch = RecordBatch::try_from_iter_with_nullable(
        columns.map(|(name, column)| (name, column, true)),
    );
    let batch = batch.unwrap();
    let properties = WriterProperties::builder()
        .set_max_row_group_row_count(Some(users.len().max(6) / 3))
        .set_dictionary_enabled(false)
        .build();
    let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.into_inner().unwrap()
}

/// A function over fakes.
pub(crate) struct Function {
    pub(crate) parts: Arc<FakeObjects>,
    pub(crate) map: Arc<FakeObjects>,
    pub(crate) roster: Arc<FakeObjects>,
    pub(crate) directory: Arc<FakeDirectory>,
    pub(crate) mapper: IdentityMapper,
}

fn now() -> DateTime<Utc> {
    "2026-07-11T03:30:00Z".parse().unwrap()
}

impl Function {
    /// Over a directory of the users with the numbers below `users`, and data of those below `active`.
    pub(crate) fn new(users: usize, active: usize) -> Self {
        let parts = Arc::new(FakeObjects::default());
        if active > 0 {
            let rows: Vec<(usize, Option<&str>)> = (0..active).map(|user| (user, None)).collect();
            parts.put("facts/export_date=2026-07-10/part-1.parquet", part(&rows));
        }
        let (map, roster) = (Arc::default(), Arc::default());
        let directory = Arc::new(FakeDirectory {
            directory: Mutex::new(Directory {
                users: (0..users).map(user).collect(),
                groups: vec![group("team-a", &[0, 1]), group("kiro-seats", &[0, 5])],
            }),
            ..FakeDirectory::default()
        });
        let mapper = IdentityMapper {
            parts: Arc::<FakeObjects>::clone(&parts),
            source: "s3://results/normalized".to_owned(),
            map: Arc::<FakeObjects>::clone(&map),
            directory: Some(Arc::<FakeDirectory>::clone(&directory)),
            roster: None,
            rules: GroupRules {
                team_groups: GroupPatterns::new(["team-*"]),
                seat_groups: GroupPatterns::none(),
            },
            has_seat_groups: false,
            clock: now,
        };
        Self {
            parts,
            map,
            roster,
            directory,
            mapper,
        }
    }

    pub(crate) fn put_roster(&mut self, text: &str) {
        self.roster.put("roster.csv", text.to_owned());
        self.mapper.roster = Some(RosterObject {
            objects: Arc::<FakeObjects>::clone(&self.roster),
            key: ObjectKey::new("roster.csv"),
            url: "s3://people/roster.csv".to_owned(),
        });
    }

    pub(crate) async fn run(&self, event: Value) -> Result<MapResponse, InvocationError> {
        self.mapper.handle(event).await
    }

    pub(crate) fn rows(&self) -> Vec<MapRow> {
        read_map(self.map.content(MAP_KEY).unwrap()).unwrap()
    }

    pub(crate) fn row(&self, number: usize) -> Option<MapRow> {
        let mut rows = self.rows().into_iter();
        rows.find(|row| row.user_id == id(number))
    }

    /// The directory keeps the users that a test chooses.
    pub(crate) fn retain_users(&self, keep: impl Fn(usize) -> bool) {
        let mut directory = self.directory.directory.lock().unwrap();
        let mut number = 0;
        directory.users.retain(|_| {
            number += 1;
            keep(number - 1)
        });
    }
}
