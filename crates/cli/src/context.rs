//! What a command gets besides its own arguments.

use std::path::PathBuf;
use std::sync::Arc;

use kiro_config::Config;
#[cfg(feature = "aws")]
use kiro_config::Layers;
use kiro_report::Names;

use crate::args::DataArgs;
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

    /// The configured names, for a command that reads exports.
    pub(crate) fn names(&self) -> Result<Arc<Names>, CommandError> {
        let config = config::local_settings(self.config_file.as_deref())?;
        Ok(Arc::new(config.views.names.lookups()))
    }

    /// The settings of a command of a deployment, without those that a deployed stack remembers.
    #[cfg(feature = "aws")]
    pub(crate) fn layers(&self, args: &CloudArgs) -> Result<Layers<'static>, CommandError> {
        config::layers(self.config_file.as_deref(), args.flags())
    }
}
