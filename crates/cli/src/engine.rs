//! Opens the embedded engine with the settings of flags, environment and file.

use kiro_config::Config;
use kiro_query::{Engine, EngineOptions, QueryError};

use crate::args::Window;
use crate::command_error::{CommandError, note};
use crate::exit::Exit;

/// Opens the engine; a folder that does not exist is worth a remark, its tables are empty.
pub(crate) fn open(config: &Config, window: Window) -> Result<Engine, CommandError> {
    let options = options(config, window);
    if !options.data.exists() {
        note(format_args!(
            "note: `{}` does not exist, so every table is empty; name your data with --data, or make it with \
             `kiro-analytics normalize SOURCE {}`",
            options.data.display(),
            options.data.display()
        ));
    }
    Engine::open(options).map_err(command_error)
}

/// The options of an engine over the configured folder.
pub(crate) fn options(config: &Config, window: Window) -> EngineOptions {
    EngineOptions {
        data: config.data.clone(),
        render: config.render_options(),
        since: window.since,
        until: window.until,
    }
}

/// Maps an error of the engine to the exit code: the query or the data is at fault.
pub(crate) fn command_error(error: QueryError) -> CommandError {
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
    CommandError {
        exit,
        errors: vec![anyhow::Error::new(error)],
        hint,
    }
}
