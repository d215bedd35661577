//! What a command gets besides its own arguments.

use std::path::PathBuf;

use crate::cancellation::CancellationToken;
use crate::command_error::CommandError;
use crate::config::Config;

pub(crate) struct CommandContext<'a> {
    /// The file that `--config` names.
    pub(crate) config_file: Option<PathBuf>,
    pub(crate) cancellation: &'a CancellationToken,
}

impl CommandContext<'_> {
    /// Reads the configuration file. A command that needs none runs beside a broken one.
    pub(crate) fn config(&self) -> Result<Config, CommandError> {
        Config::load(self.config_file.as_deref())
    }
}
