//! The local state of people, and the users of the data beside it.

use chrono::{DateTime, Utc};
use kiro_catalog::SEEN_USERS;
use kiro_config::Config;
use kiro_people::{
    GroupPatterns, GroupRules, PeopleError, PeopleStore, RosterError, RowErrors, SeenUser,
};
use kiro_query::{Engine, ResultFormat};
use serde::Deserialize;

use crate::args::Window;
use crate::command_error::{CommandError, note};
use crate::commands::normalize::now;
use crate::engine;
use crate::exit::Exit;

/// The local state of people, and the users of the data.
pub(crate) struct PeopleData {
    pub(crate) store: PeopleStore,
    pub(crate) seen: Vec<SeenUser>,
    pub(crate) now: DateTime<Utc>,
}

#[derive(Deserialize)]
struct SeenRow {
    user_id: String,
    email: Option<String>,
}

impl PeopleData {
    /// Reads the state below the configured folder, and the users of the data there.
    pub(crate) async fn open(config: &Config) -> Result<Self, CommandError> {
        let store = open_store(config)?;
        let engine = engine::open(&with_plain_emails(config), Window::ALL)?;
        Ok(Self {
            store,
            seen: seen_users(&engine).await?,
            now: now(),
        })
    }
}

/// The state below the configured folder, with the groups of the settings.
pub(crate) fn open_store(config: &Config) -> Result<PeopleStore, CommandError> {
    let store = PeopleStore::open(&config.data).map_err(command_error)?;
    Ok(store.with_rules(group_rules(config)))
}

/// Which groups of the directory are teams and seats.
pub(crate) fn group_rules(config: &Config) -> GroupRules {
    GroupRules {
        team_groups: GroupPatterns::new(&config.team_groups),
        seat_groups: GroupPatterns::new(&config.seat_groups),
    }
}

/// Brings the map up to date with the users of the data, if there is a state. Asks no directory. A failure is a remark: what
/// the command has done stays done.
pub(crate) async fn refresh_map(config: &Config) {
    if !PeopleStore::exists(&config.data) {
        return;
    }
    let refresh = async {
        let mut store = open_store(config)?;
        let options = engine::options(&with_plain_emails(config), Window::ALL);
        let engine = Engine::open(options).map_err(engine::command_error)?;
        let seen = seen_users(&engine).await?;
        store.refresh_map(&seen).map_err(command_error)
    };
    if let Err(failure) = refresh.await {
        let causes = failure.errors.iter().map(|error| format!("{error:#}"));
        note(format_args!(
            "warning: the names could not be brought up to date: {}",
            causes.collect::<Vec<_>>().join("; ")
        ));
    }
}

/// The configuration without hashed addresses: a roster is matched by the address.
fn with_plain_emails(config: &Config) -> Config {
    Config {
        hash_emails: false,
        ..config.clone()
    }
}

async fn seen_users(engine: &Engine) -> Result<Vec<SeenUser>, CommandError> {
    let mut json = Vec::new();
    let rows = engine.query(SEEN_USERS).await;
    let rows = rows.map_err(engine::command_error)?;
    let written = ResultFormat::Json.write(rows, &mut json).await;
    written.map_err(engine::command_error)?;
    let rows: Vec<SeenRow> = serde_json::from_slice(&json).map_err(CommandError::data)?;
    let users = rows.into_iter().map(|row| SeenUser {
        user_id: row.user_id,
        email: row.email,
    });
    Ok(users.collect())
}

/// Maps an error of the state to the exit code. Wrong rows of a roster have a line each.
pub(crate) fn command_error(error: PeopleError) -> CommandError {
    let hint = error.hint();
    let exit = match &error {
        PeopleError::BlankId => Exit::Usage,
        _ => Exit::Data,
    };
    let errors = match &error {
        PeopleError::Roster {
            file_name,
            source: RosterError::Rows(rows),
        } => row_errors(file_name, rows),
        _ => vec![anyhow::Error::new(error)],
    };
    CommandError { exit, errors, hint }
}

fn row_errors(file_name: &str, rows: &RowErrors) -> Vec<anyhow::Error> {
    let listed = rows.listed.iter();
    let mut errors: Vec<anyhow::Error> = listed
        .map(|row| anyhow::anyhow!("{file_name}:{}: {}", row.line, row.kind))
        .collect();
    let more = rows.count - rows.listed.len();
    if more > 0 {
        errors.push(anyhow::anyhow!("… and {more} more wrong rows"));
    }
    errors
}
