//! The embedded engine, opened the way flags, environment and file say.

use kiro_query::{Engine, QueryError};

use crate::args::{DataArgs, Window};
use crate::config::Config;
use crate::exit::Exit;
use crate::failure::{Failure, note};

/// Opens the engine; a folder that does not exist is worth a remark, its tables are empty.
pub(crate) fn open(config: &Config, data: &DataArgs, window: Window) -> Result<Engine, Failure> {
    let options = config.engine_options(data, window);
    if !options.data.exists() {
        note(format_args!(
            "note: `{}` does not exist, so every table is empty; name your data with --data, or make it with \
             `kiro-analytics normalize SOURCE {}`",
            options.data.display(),
            options.data.display()
        ));
    }
    Engine::open(options).map_err(failure)
}

/// Whose turn it is: the person who wrote the query, or the data.
pub(crate) fn failure(error: QueryError) -> Failure {
    let exit = if error.is_user_error() {
        Exit::Usage
    } else {
        Exit::Data
    };
    let hint = match &error {
        QueryError::UnknownRelation { .. } | QueryError::UnknownColumn { .. } => {
            Some("`kiro-analytics views` lists all tables, views and columns".to_owned())
        }
        QueryError::NotAQuery { .. } => {
            Some("write a SELECT; `kiro-analytics normalize` is what adds data".to_owned())
        }
        _ => None,
    };
    Failure {
        exit,
        errors: vec![anyhow::Error::new(error)],
        hint,
    }
}
