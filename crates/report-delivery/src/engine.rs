//! The engine over the rows of some people.

use kiro_people::Visibility;
use kiro_query::{Engine, EngineOptions, QueryError};

/// Opens the engine with the rows of these people alone.
///
/// # Errors
///
/// As [`Engine::open`].
pub fn open_engine(options: EngineOptions, visibility: &Visibility) -> Result<Engine, QueryError> {
    match visibility {
        Visibility::Everybody => Engine::open(options),
        Visibility::Persons(persons) => Engine::open_for_users(options, persons.clone()),
    }
}
