//! Small synthetic exports, normalized, behind the embedded engine.

use std::fs;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array, AsArray};
use arrow::datatypes::{DataType, Date32Type, Float64Type, Int64Type};
use chrono::{DateTime, Days, NaiveDate};
use futures::TryStreamExt;
use kiro_catalog::{RenderOptions, RowRules, Settings, UserNames};
use kiro_dashboard::Spec;
use kiro_dashboard_sql::{
    DataWindow, Figure, Request, ResultSet, Selection, TableView, Value, build_figure,
    data_window_query, first_day_query, read_first_day, visual_query,
};
use kiro_datagen::{DIRECTORY_FILE, FleetOptions, ROSTER_FILE, write_fleet, write_people};
use kiro_ingest::{LocalFolder, NoProgress, NormalizeOptions, normalize};
use kiro_people::{
    Forgotten, GroupPatterns, GroupRules, LastKnown, MapRow, Roster, SeenUser, Sources, merge,
    write_map,
};
use kiro_query::{Engine, EngineOptions};

pub(crate) struct Fixture {
    _folder: tempfile::TempDir,
    engine: Engine,
    pub(crate) spec: Spec,
    pub(crate) data: DataWindow,
    /// The identity map.
    pub(crate) people: Vec<MapRow>,
    /// The users of the data.
    pub(crate) seen: Vec<SeenUser>,
}

/// The person who sees everybody in Quick Sight, and is in no map.
pub(crate) const ADMIN: &str = "root@example.com";

/// Fees of some plans; seats are idle after two weeks.
const SETTINGS: &str = r#"{
    "plans": {"PRO": {"monthly_fee_usd": 20}, "PRO_PLUS": {"monthly_fee_usd": 40}, "POWER": {"monthly_fee_usd": 200}},
    "seats": {"idle_days": 14, "default_plan": "PRO"}
}"#;

/// An export of a client, with a plan and a model, that appear on the day before the last.
const NEW_CLIENT: &str = "\
Date,UserId,Client_Type,Chat_Conversations,Credits_Used,Subscription_Tier,Total_Messages,next_model_messages
2026-08-29,crew-0001,KIRO_CREW,2,3.5,ULTRA,8,8
";

/// A person who was active on one day, 46 days before the last: idle, and not yet a former user.
const IDLE_USER: &str = "\
Date,UserId,Client_Type,Chat_Conversations,Credits_Used,Subscription_Tier,Total_Messages
2026-07-15,idle-0001,KIRO_IDE,1,2.5,PRO,5
";

fn write_exports(raw: &Path) {
    for (day, client, text) in [
        ("08/30", "KIRO_CREW", NEW_CLIENT),
        ("07/16", "KIRO_IDE", IDLE_USER),
    ] {
        let folder = raw.join(format!(
            "AWSLogs/123456789012/KiroLogs/user_report/us-east-1/2026/{day}/01"
        ));
        let stamp = format!("2026{}0100", day.replace('/', ""));
        let name = format!("{client}_123456789012_user_report_{stamp}.csv");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(name), text).unwrap();
    }
}

impl Fixture {
    pub(crate) async fn make() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (raw, data) = (folder.path().join("raw"), folder.path().join("data"));
        let fleet = FleetOptions::new(40, 100, 11, "2026-08-30".parse().unwrap());
        write_fleet(&fleet, &raw, &|_| {}).unwrap();
        write_exports(&raw);
        let options = NormalizeOptions {
            since: None,
            until: None,
            reprocess: false,
            jobs: NonZeroUsize::new(2).unwrap(),
            processed_at: DateTime::from_timestamp(1_788_000_000, 0).unwrap(),
            names: Arc::default(),
        };
        let source = Arc::new(LocalFolder::open(&raw).unwrap());
        let destination = Arc::new(LocalFolder::create(&data).unwrap());
        normalize(source, destination, &options, Arc::new(NoProgress))
            .await
            .unwrap();
        let settings: Settings = serde_json::from_str(SETTINGS).unwrap();
        let open = || {
            let render = RenderOptions {
                settings: settings.clone(),
                row_rules: RowRules {
                    names: UserNames::Email,
                    prefix: String::new(),
                    admins: vec![ADMIN.to_owned()],
                },
                ..RenderOptions::default()
            };
            let (data, since, until) = (data.clone(), None, None);
            Engine::open(EngineOptions {
                data,
                render,
                since,
                until,
            })
            .unwrap()
        };
        write_people(&fleet, folder.path()).unwrap();
        let seen = "SELECT user_id, email FROM kiro_analytics.user_dim";
        let seen = seen_users(&rows(&open(), seen).await);
        let people = write_identity_map(folder.path(), &data, &seen);
        let engine = open();
        let spec = Spec::builtin(engine.catalogue(), &settings).unwrap_or_else(|e| panic!("{e}"));
        let mut fixture = Self {
            _folder: folder,
            engine,
            spec,
            data: DataWindow::default(),
            people,
            seen,
        };
        let days = fixture
            .rows(&data_window_query(&fixture.spec).unwrap().statements[0].sql)
            .await;
        fixture.data = DataWindow::from_results(&days);
        fixture
    }

    pub(crate) async fn rows(&self, sql: &str) -> ResultSet {
        rows(&self.engine, sql).await
    }

    pub(crate) fn request(&self, query: &str) -> Request {
        Request {
            selection: Selection::parse(&self.spec, query).unwrap(),
            data: self.data,
            view: TableView::default(),
        }
    }

    pub(crate) async fn figure(&self, visual: &str, request: &Request) -> Figure {
        let mut request = request.clone();
        if let Some(query) = first_day_query(&self.spec, visual).unwrap() {
            let days = self.rows(&query.statements[0].sql).await;
            request.data.first_day = read_first_day(&days);
        }
        let request = &request;
        let mut results = Vec::new();
        for statement in visual_query(&self.spec, visual, request)
            .unwrap()
            .statements
        {
            results.push(self.rows(&statement.sql).await);
        }
        build_figure(&self.spec, visual, request, results).unwrap()
    }
}

async fn rows(engine: &Engine, sql: &str) -> ResultSet {
    let stream = engine
        .query(sql)
        .await
        .unwrap_or_else(|error| panic!("{error:?}\n{sql}"));
    let columns = stream
        .schema()
        .fields()
        .iter()
        .map(|field| field.name().clone())
        .collect();
    let batches: Vec<_> = stream
        .try_collect()
        .await
        .unwrap_or_else(|error| panic!("{error:?}\n{sql}"));
    let mut rows = Vec::new();
    for batch in batches {
        for row in 0..batch.num_rows() {
            rows.push(
                batch
                    .columns()
                    .iter()
                    .map(|column| value(column, row))
                    .collect(),
            );
        }
    }
    ResultSet { columns, rows }
}

fn seen_users(users: &ResultSet) -> Vec<SeenUser> {
    let text = |value: &Value| match value {
        Value::Text(text) => Some(text.clone()),
        _ => None,
    };
    let users = users.rows.iter();
    users
        .map(|row| SeenUser {
            user_id: text(&row[0]).unwrap(),
            email: text(&row[1]),
        })
        .collect()
}

/// Merges the directory and the roster of the fleet for the users of the data. One user is forgotten.
fn write_identity_map(folder: &Path, data: &Path, seen: &[SeenUser]) -> Vec<MapRow> {
    let json = fs::read(folder.join(DIRECTORY_FILE)).unwrap();
    let directory = serde_json::from_slice(&json).unwrap();
    let mut forgotten = Forgotten::default();
    forgotten.insert(&seen[5].user_id);
    let sources = Sources::new(directory, LastKnown::default(), forgotten);
    let roster = Roster::parse(&fs::read(folder.join(ROSTER_FILE)).unwrap()).unwrap();
    let roster = roster.check(&sources, seen).unwrap();
    let rules = GroupRules {
        team_groups: GroupPatterns::all(),
        seat_groups: GroupPatterns::none(),
    };
    let map = merge(&sources.with_roster(roster), seen, &rules);
    fs::create_dir(data.join("identity")).unwrap();
    fs::write(data.join("identity/map.parquet"), write_map(&map).unwrap()).unwrap();
    map
}

fn value(column: &arrow::array::ArrayRef, row: usize) -> Value {
    if column.is_null(row) {
        return Value::Null;
    }
    match column.data_type() {
        DataType::Boolean => Value::Flag(column.as_boolean().value(row)),
        DataType::Int64 => Value::Whole(column.as_primitive::<Int64Type>().value(row)),
        DataType::Float64 => Value::Number(column.as_primitive::<Float64Type>().value(row)),
        DataType::Date32 => {
            let days = u64::from(
                column
                    .as_primitive::<Date32Type>()
                    .value(row)
                    .unsigned_abs(),
            );
            Value::Date(NaiveDate::from_ymd_opt(1970, 1, 1).unwrap() + Days::new(days))
        }
        _ => {
            let text = arrow::compute::cast(column, &DataType::Utf8).unwrap();
            Value::Text(text.as_string::<i32>().value(row).to_owned())
        }
    }
}
