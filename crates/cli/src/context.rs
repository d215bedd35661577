//! What a command gets besides its own arguments.

use std::path::PathBuf;

use crate::config::Config;
use crate::failure::Failure;
use crate::interrupt::Interrupt;

pub(crate) struct CommandContext<'a> {
    /// The file that `--config` names.
    pub(crate) config_file: Option<PathBuf>,
    pub(crate) interrupt: &'a Interrupt,
}

impl CommandContext<'_> {
    /// Reads the configuration file. A command that needs none runs beside a broken one.
    pub(crate) fn config(&self) -> Result<Config, Failure> {
        Config::load(self.config_file.as_deref())
    }
}
