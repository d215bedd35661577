//! What a command gets besides its own arguments.

use std::path::PathBuf;

use kiro_config::Config;
#[cfg(feature = "aws")]
use kiro_config::Layers;

use crate::args::{DataArgs, FolderArgs};
use crate::cancellation::CancellationToken;
#[cfg(feature = "aws")]
use crate::cloud::args::CloudArgs;
use crate::command_error::CommandError;
use crate::config;

pub(crate) struct CommandContext<'a> {
    /// The file that `--config` names.
    pub(crate) config_file: Option<PathBuf>,
    pub(crate) cancellation: &'a CancellationToken,
}

impl CommandContext<'_> {
    /// The configuration of a command about local data. A command that needs none runs beside a broken file.
    pub(crate) fn config(&self, args: &DataArgs) -> Result<Config, CommandError> {
        config::local(self.config_file.as_deref(), args)
    }

    /// The configuration of a command about a data folder.
    pub(crate) fn folder_config(&self, args: &FolderArgs) -> Result<Config, CommandError> {
        config::local_folder(self.config_file.as_deref(), args)
    }

    /// The configuration without arguments.
    pub(crate) fn settings(&self) -> Result<Config, CommandError> {
        config::local_settings(self.config_file.as_deref())
    }

    /// The settings of a command of a deployment, without those that a deployed stack remembers.
    #[cfg(feature = "aws")]
    pub(crate) fn layers(&self, args: &CloudArgs) -> Result<Layers<'static>, CommandError> {
        config::layers(self.config_file.as_deref(), args.flags())
    }
}
